package mapping

import (
	"cmp"
	"fmt"
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
	e.aroundMounts(q)
	return e.b.String()
}

// aroundMounts explains q at a path that may have mounts in it.
func (e *explainer) aroundMounts(q Question) {
	var at []string
	for _, mount := range e.m.Mounts {
		if isBelow(mount.At, q.Path) {
			at = append(at, mount.At)
		}
	}
	_, lists := e.m.Resolve(q.Path, List)
	switch {
	case len(at) > 0 && q.Verb == Stat:
		e.line("no request: it is a folder, as there are the mounts %s", strings.Join(at, ", "))
	case len(at) > 0 && q.Verb == List && !lists && len(e.children(q.Path)) == 0:
		e.line("no request: it leads to the mounts %s", strings.Join(at, ", "))
	case len(at) > 0 && q.Verb == List:
		e.answer(q)
		e.line("it leads to the mounts %s too", strings.Join(at, ", "))
	default:
		e.answer(q)
	}
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
	case found && q.Verb == Stat && q.Path != "/" && e.m.StatByList(q.Path):
		e.line("if there is nothing: it is looked for in the listing of %s", path.Dir(q.Path))
		e.answer(Question{Verb: List, Path: path.Dir(q.Path)})
	case found:
	case q.Verb == Stat:
		e.statElsewhere(q)
	case q.Verb == List && (q.Path == "/" || len(e.children(q.Path)) > 0):
		e.line("no route lists %s; in it is what follows from the routes: %s", q.Path, cmp.Or(strings.Join(e.children(q.Path), ", "), "nothing"))
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

// missing says that nothing answers, which routes match, and what reply that is.
func (e *explainer) missing(q Question) {
	code, matching := 550, []string{}
	if slices.Contains(uploads(), q.Verb) || q.Verb == MakeDir {
		code = 553
	}
	for _, r := range e.m.Routes {
		if !r.Template.Matches(q.Path) {
			continue
		}
		var has []Verb
		for _, v := range verbs() {
			if len(r.Calls[v]) > 0 {
				has = append(has, v)
			}
		}
		matching = append(matching, fmt.Sprintf("%s (%s) matches, and has %s", r.Template, r.Pos, cmp.Or(wordsOf(has), "nothing")))
	}
	switch {
	case len(matching) > 0:
		code = 502
	case q.Path == "/" || e.routesBelow(q.Path):
		code, matching = 502, []string{"it is a folder on the way to other routes"}
	default:
		matching = []string{"no route matches this path at all"}
	}
	e.line("%d: no route has %s at %s", code, q.Verb, q.Path)
	for _, text := range matching {
		e.line("  %s", text)
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

func (e *explainer) routesBelow(dir string) bool {
	return slices.ContainsFunc(e.m.Routes, func(r *Route) bool { return r.Template.Below(dir) })
}

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
	if r.Route.Lookup != nil && r.Route.MayMiss(q.Verb) {
		e.line("  if it finds nothing: the same, without those names")
	}
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
