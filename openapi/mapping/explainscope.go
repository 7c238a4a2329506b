package mapping

import (
	"cmp"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
)

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
