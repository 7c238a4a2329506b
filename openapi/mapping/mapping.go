package mapping

import "github.com/ftpbridge/bridge/openapi"

// Mapping is a checked and compiled mapping file, joined with its document. It is
// not changed after loading and may be used concurrently.
type Mapping struct {
	// Name is what positions in the mapping are prefixed with.
	Name     string
	Document *openapi.Document
	// Server is the base URL of the requests, from the mapping or else from the
	// document; empty if neither has one.
	Server string
	// Auth names the credential for each security scheme of the document. A
	// scheme that is not in it has the credential of its own name.
	Auth map[string]string
	// Routes, the most specific first.
	Routes []*Route
}

// Route is the calls for the paths of one template.
type Route struct {
	Pos      openapi.Position
	Template *Template
	// Tree: every path of the template may be a file or a directory.
	Tree  bool
	Calls map[Verb]*Call
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

// verbs are those that this version executes, in the order of the documentation.
func verbs() []Verb {
	return []Verb{List, Stat, Read, Write, Append, Create, Delete, MakeDir, RemoveDir, Rename, SetTime, Hash, Space}
}

// Resolve finds the call for verb at path (absolute and clean): that of the most
// specific route that matches path and has the verb. vars are the variables of path
// by that route.
func (m *Mapping) Resolve(path string, verb Verb) (call *Call, vars map[string]any, ok bool) {
	for _, r := range m.Routes {
		c, has := r.Calls[verb]
		if !has {
			continue
		}
		if vars, ok := r.Template.Match(path); ok {
			return c, vars, true
		}
	}
	return nil, nil, false
}

// Credential returns the name of the credential for a security scheme.
func (m *Mapping) Credential(scheme string) string {
	if name, ok := m.Auth[scheme]; ok {
		return name
	}
	return scheme
}
