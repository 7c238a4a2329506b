package mapping

import (
	"path"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// Mapping is a checked and compiled mapping file, joined with its document. It is
// not changed after loading and may be used concurrently.
type Mapping struct {
	// Name is what positions in the mapping are prefixed with.
	Name     string
	Document *openapi.Document // nil if there is none
	// Server is the base URL of the requests, from the mapping or else from the
	// document; empty if neither has one. Names in braces that Variables does not
	// have are filled by the executor's configuration.
	Server string
	// ServerPos is where Server is named, else where the mapping begins.
	ServerPos openapi.Position
	// Variables are those of the server's URL, which values see as server.
	Variables map[string]string
	// Origins are the other origins that computed URLs and next links may lead to.
	Origins []string
	// Auth names the credential for each security scheme of the document. A
	// scheme that is not in it has the credential of its own name.
	Auth map[string]string
	// Routes, the most specific first.
	Routes []*Route
	// Mounts have their own mapping. None lies in another.
	Mounts []*Mount
	// Warnings are what is allowed and seldom meant.
	Warnings openapi.Problems

	documentName string
}

// Mount is a folder with a mapping of its own, whose paths begin at the folder.
type Mount struct {
	Pos openapi.Position
	// At is the folder: absolute and clean, never the root.
	At      string
	Mapping *Mapping
}

// Route is the calls for the paths of one template.
type Route struct {
	Pos openapi.Position
	// ID is empty if the route has none.
	ID       string
	Template *Template
	// Tree: every path of the template may be a file or a directory.
	Tree bool
	// Parent is the route whose lookup runs before that of this one; it may be nil.
	Parent *Route
	// Lookup runs before each call; it may be nil. Its Verb is empty.
	Lookup *Call
	// Calls of a verb: the first whose When holds is made.
	Calls map[Verb][]*Call
}

// Verb is what can be done at a path.
type Verb string

// The verbs of a route.
const (
	List      Verb = "list"
	Stat      Verb = "stat"
	Read      Verb = "read"
	Write     Verb = "write"
	Append    Verb = "append"
	Create    Verb = "create"
	Delete    Verb = "delete"
	MakeDir   Verb = "mkdir"
	RemoveDir Verb = "rmdir"
	Rename    Verb = "rename"
	SetTime   Verb = "mtime"
	Hash      Verb = "hash"
	Space     Verb = "space"
)

// verbs are all of them, in the order of the documentation.
func verbs() []Verb {
	return []Verb{List, Stat, Read, Write, Append, Create, Delete, MakeDir, RemoveDir, Rename, SetTime, Hash, Space}
}

// Verbs returns all verbs, in the order of the documentation.
func Verbs() []Verb { return verbs() }

// Resolution is where a path leads to.
type Resolution struct {
	Route *Route
	Calls []*Call
	// Vars are the variables of the path by the route.
	Vars map[string]any
}

// Resolve finds the calls for verb at path (absolute and clean, of this mapping
// and none of its mounts): those of the most specific route that matches path and
// has the verb.
func (m *Mapping) Resolve(path string, verb Verb) (Resolution, bool) {
	for r := range m.All(path, verb) {
		return r, true
	}
	return Resolution{}, false
}

// All yields every route that matches path and has the verb, the most specific first.
func (m *Mapping) All(path string, verb Verb) func(yield func(Resolution) bool) {
	return func(yield func(Resolution) bool) {
		for _, r := range m.Routes {
			calls := r.Calls[verb]
			if len(calls) == 0 {
				continue
			}
			if vars, ok := r.Template.Match(path); ok && !yield(Resolution{r, calls, vars}) {
				return
			}
		}
	}
}

// MayMiss reports whether the calls of verb are made too where the lookup finds nothing,
// without the names that it saves: those that make what is not there yet, and a write
// that asks for such a name in when.
func (r *Route) MayMiss(verb Verb) bool {
	switch verb {
	case Create, MakeDir:
		return true
	case Write:
		return slices.ContainsFunc(r.Calls[Write], func(c *Call) bool {
			return slices.ContainsFunc(r.Lookup.Save, func(s Saved) bool { return len(c.When.UsesOf(s.Name)) > 0 })
		})
	}
	return false
}

// StatByList reports whether the listing of the directory above tells what a path is
// where no stat has found anything: there is one, and a route of the path has no stat.
func (m *Mapping) StatByList(name string) bool {
	if _, ok := m.Resolve(path.Dir(name), List); !ok {
		return false
	}
	return slices.ContainsFunc(m.Routes, func(r *Route) bool { return len(r.Calls[Stat]) == 0 && r.Template.Matches(name) })
}

// Credential returns the name of the credential for a security scheme.
func (m *Mapping) Credential(scheme string) string {
	if name, ok := m.Auth[scheme]; ok {
		return name
	}
	return scheme
}

// Each calls f with every call of the mapping and its steps, but not of its mounts.
func (m *Mapping) Each(f func(*Call)) {
	for _, r := range m.Routes {
		if r.Lookup != nil {
			f(r.Lookup)
		}
		for _, verb := range verbs() {
			for _, c := range r.Calls[verb] {
				c.each(f)
			}
		}
	}
}

func (c *Call) each(f func(*Call)) {
	f(c)
	for _, s := range c.Steps {
		f(s)
	}
	if c.OnAbort != nil {
		f(c.OnAbort)
	}
}
