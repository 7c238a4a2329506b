package mapping

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Asker is on whose behalf [Mapping.Explain] answers, and where the service is.
type Asker struct {
	// User is what values see as user.
	User map[string]any
	// Server and MountServers are base URLs in place of those of the mapping and its
	// mounts; Variables are values for the names in their braces.
	Server       string
	MountServers map[string]string
	Variables    map[string]string
	// Credentials are those that there are, by name; nil takes any to be there, as an
	// Authorization header.
	Credentials map[string]Shown
}

// Shown is where a request carries a credential: a header or a query parameter; none
// for a credential that shows nothing.
type Shown struct{ Header, Query string }

// Explain tells how a command is answered: by which route, with which variables, lookups
// and requests. It sends nothing; what only an answer can tell stands as <name>.
func (m *Mapping) Explain(q Question, a Asker) string {
	e := &explainer{m: m, a: a, server: a.Server}
	e.line("%s", q.Text)
	for _, mount := range m.Mounts {
		if inner, ok := within(q.Path, mount.At); ok {
			return e.mounted(mount, q, inner)
		}
	}
	e.answer(q)
	return e.b.String()
}

// within returns path as it is inside a folder.
func within(path, dir string) (string, bool) {
	if path == dir {
		return "/", true
	}
	return strings.TrimPrefix(path, dir), isBelow(path, dir)
}

// mounted goes on in the mapping of a mount.
func (e *explainer) mounted(mount *Mount, q Question, inner string) string {
	e.line("in the mount %s (%s)", mount.At, mount.Pos)
	if q.Verb == Rename {
		to, ok := within(q.To, mount.At)
		if !ok {
			e.line("553: %s does not lie in the mount; nothing is moved from one server to another", q.To)
			return e.b.String()
		}
		q.To = to
	}
	e.m, e.server, q.Path = mount.Mapping, e.a.MountServers[mount.At], inner
	e.answer(q)
	return e.b.String()
}

// explainer writes one explanation.
type explainer struct {
	m      *Mapping
	a      Asker
	server string // in place of the mapping's
	base   string // the server's URL
	b      strings.Builder
	scope  Scope
	// unknown are the names whose values only answers tell.
	unknown []string
}

func (e *explainer) line(format string, args ...any) { fmt.Fprintf(&e.b, format+"\n", args...) }

// answer explains q, whose path is of the mapping itself.
func (e *explainer) answer(q Question) {
	found := false
	for r := range e.m.All(q.Path, q.Verb) {
		if found {
			e.line("if there is nothing:")
		}
		found = true
		e.resolved(q, r)
		if q.Verb != Stat { // of which the less specific routes are asked too
			break
		}
	}
	switch {
	case found:
	case q.Verb == Stat:
		e.statElsewhere(q)
	case q.Verb == List && e.routesBelow(q.Path):
		e.line("no route lists %s: it has what follows from the routes: %s", q.Path, strings.Join(e.children(q.Path), ", "))
	default:
		e.missing(q)
	}
}

// statElsewhere explains a stat that no route has.
func (e *explainer) statElsewhere(q Question) {
	dir := path.Dir(q.Path)
	_, lists := e.m.Resolve(dir, List)
	switch {
	case q.Path == "/" || slices.Contains(e.children(dir), path.Base(q.Path)):
		e.line("no request: the routes themselves say that there is %s", q.Path)
	case lists:
		e.line("no route has stat at %s; it is looked for in the listing of %s", q.Path, dir)
		e.answer(Question{Verb: List, Path: dir})
	case e.routesBelow(q.Path):
		e.line("no request: a folder on the way to other routes exists by itself")
	default:
		e.missing(q)
	}
}

// missing says that nothing answers, and which routes match.
func (e *explainer) missing(q Question) {
	e.line("502: no route has %s at %s", q.Verb, q.Path)
	matched := false
	for _, r := range e.m.Routes {
		if !r.Template.Matches(q.Path) {
			continue
		}
		matched = true
		var has []Verb
		for _, v := range verbs() {
			if len(r.Calls[v]) > 0 {
				has = append(has, v)
			}
		}
		e.line("  %s (%s) matches, and has %s", r.Template, r.Pos, cmp.Or(wordsOf(has), "nothing"))
	}
	if !matched {
		e.line("  no route matches this path at all")
	}
}

// children are the names in dir that follow from the routes.
func (e *explainer) children(dir string) []string {
	var names []string
	for _, r := range e.m.Routes {
		if name, _, ok := r.Template.Child(dir); ok && name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func (e *explainer) routesBelow(dir string) bool { return len(e.children(dir)) > 0 }

// resolved explains the calls of a route.
func (e *explainer) resolved(q Question, r Resolution) {
	e.line("%s of %s (%s)", q.Verb, r.Route.Template, r.Route.Pos)
	for _, name := range r.Route.Template.Vars() {
		e.line("  %s = %s", name, asWritten(r.Vars[name]))
	}
	e.newScope(q, r)
	if q.Verb == Rename {
		vars, ok := r.Route.Template.Match(q.To)
		if !ok {
			e.line("553: %s is no path of this route, and nothing is moved from one route to another", q.To)
			return
		}
		e.scope["from"], e.scope["to"] = e.scope["ftp"], pathScope(q.To, vars)
	}
	if q.Verb == Append && q.Offset == 0 && atOffset(r.Calls) {
		e.line("the size of the file is where it goes on; if there is no file, it is created. First:")
		e.answer(Question{Verb: Stat, Path: q.Path})
		e.newScope(q, r)
		e.tell("offset", "<size>")
	}
	e.lookups(r.Route)
	for i, c := range r.Calls {
		e.call(c, q, i+1 < len(r.Calls))
	}
}

// atOffset reports whether any of the calls says where to write.
func atOffset(calls []*Call) bool {
	for _, c := range calls {
		for _, part := range append([]*Call{c}, c.Steps...) {
			if part.Resume != NoOffset || part.UsesOffset() {
				return true
			}
		}
	}
	return false
}

// lookups explains the lookups of r and of the routes above it.
func (e *explainer) lookups(r *Route) {
	if r.Parent != nil {
		e.lookups(r.Parent)
	}
	if r.Lookup == nil {
		return
	}
	e.head("lookup", r.Lookup)
	e.request(r.Lookup, Question{Verb: Stat})
}

// newScope is what values see at a path.
func (e *explainer) newScope(q Question, r Resolution) {
	e.scope = Scope{
		"user": e.a.User, "session": map[string]any{"id": "<session.id>"}, "ftp": pathScope(q.Path, r.Vars),
		"transfer": map[string]any{"seq": "<seq>", "bytes": "<bytes>", "sha256": "<sha256>"},
	}
	e.tell("offset", q.Offset)
	e.tell("size", "<size>")
	e.tell("mtime", q.Time)
	e.tell("algorithm", q.Algorithm)
	e.unknown = []string{"item", "resp", "problem", "session", "transfer"}
	for name := range e.m.saved() {
		e.scope[name] = "<" + name + ">"
		e.unknown = append(e.unknown, name)
	}
	maps.Copy(e.scope, r.Vars)
	e.setServer()
}

func (e *explainer) tell(key string, value any) { e.scope["ftp"].(map[string]any)[key] = value }

func pathScope(name string, vars map[string]any) map[string]any {
	return map[string]any{"path": name, "name": path.Base(name), "dir": path.Dir(name), "vars": vars}
}

// setServer puts the server into the scope. What has no value stands as <name>.
func (e *explainer) setServer() {
	text, vars := cmp.Or(e.server, e.m.Server, "<server>"), map[string]string{}
	maps.Copy(vars, e.m.Variables)
	maps.Copy(vars, e.a.Variables)
	for _, name := range slices.Concat(placeholders(text), slices.Collect(maps.Keys(vars))) {
		vars[name] = cmp.Or(vars[name], "<"+name+">")
	}
	text, _ = FillServer(text, vars)
	e.base = strings.TrimRight(text, "/")
	server := map[string]any{"url": e.base, "path": ""}
	if u, err := url.Parse(e.base); err == nil {
		server["path"] = u.Path
	}
	for name, v := range vars {
		server[name] = v
	}
	e.scope["server"] = server
}

// saved are the names that calls and rules of the mapping keep.
func (m *Mapping) saved() map[string]bool {
	names := map[string]bool{}
	m.Each(func(c *Call) {
		for _, s := range c.Save {
			names[s.Name] = true
		}
		for _, l := range c.Listings {
			for _, rule := range l.Rules {
				for _, s := range rule.Save {
					names[s.Name] = true
				}
			}
		}
	})
	return names
}
