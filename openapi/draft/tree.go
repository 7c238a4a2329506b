package draft

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// node is a place in the paths of the API. Paths that differ in the names of their
// variables only are one.
type node struct {
	parent   *node
	segment  string // of the draft: a literal, or the name of the variable
	variable bool
	multi    bool   // the variable stands for several segments
	typ      string // of the variable, from its parameters
	ops      map[string]*openapi.Operation
	children []*node
}

// left is an operation that the draft leaves out.
type left struct {
	op  *openapi.OperationInfo
	why string
}

// grow makes the tree of all operations, and returns what has no place in it.
func grow(d *openapi.Document) (*node, []left) {
	root := &node{ops: map[string]*openapi.Operation{}}
	var out []left
	infos := d.Operations()
	skip := versions(infos)
	for _, info := range infos {
		op, ok := d.Operation(info.Name())
		if !ok || op.Method != info.Method || op.Path != info.Path {
			out = append(out, left{info, "another operation has this name"})
			continue
		}
		n, why := root.place(op, segments(op.Path)[skip:])
		switch {
		case why != "":
			out = append(out, left{info, why})
		case n.ops[op.Method] != nil:
			out = append(out, left{info, "its place is taken by " + n.ops[op.Method].Name()})
		default:
			n.ops[op.Method] = op
		}
	}
	return root, out
}

func segments(path string) []string {
	if path = strings.Trim(path, "/"); path == "" {
		return nil
	}
	return strings.Split(path, "/")
}

var version = regexp.MustCompile(`^(?i:api|rest|v[0-9][0-9a-z.]*)$`)

// versions counts the segments that all paths begin with and that say nothing to
// users, as in /api/v1.
func versions(infos []*openapi.OperationInfo) int {
	if len(infos) == 0 {
		return 0
	}
	first := segments(infos[0].Path)
	for n := 0; ; n++ {
		for _, info := range infos {
			s := segments(info.Path)
			if len(s) < n+2 || s[n] != first[n] || !version.MatchString(s[n]) {
				return n
			}
		}
	}
}

var (
	wholeVariable = regexp.MustCompile(`^\{([^{}]*)\}$`)
	// literal is what can be a name of a directory without a doubt.
	literal = regexp.MustCompile(`^[^\x00-\x1f\x7f/{}\\]+$`)
)

// place finds or makes the node of an operation.
func (n *node) place(op *openapi.Operation, path []string) (*node, string) {
	for i, segment := range path {
		m := wholeVariable.FindStringSubmatch(segment)
		switch {
		case n.multi:
			return nil, "something follows a variable of several segments"
		case m != nil:
			n = n.variableChild(m[1], isMulti(op, m[1]))
			n.narrow(typeOf(op, m[1]))
		case !literal.MatchString(segment) || segment == "." || segment == "..":
			return nil, fmt.Sprintf("%q is no plain name", segment)
		default:
			n = n.child(segment)
		}
		if n.multi && i+1 < len(path) {
			return nil, "something follows a variable of several segments"
		}
	}
	return n, ""
}

// isMulti reports whether a variable stands for several segments: the document says
// so, or its name does, as in {path*}, {+path} and {proxy+}.
func isMulti(op *openapi.Operation, name string) bool {
	return strings.ContainsAny(name, "*+") || slices.ContainsFunc(op.Parameters, func(p openapi.Parameter) bool {
		return p.In == "path" && p.Name == name && p.MultiSegment
	})
}

func (n *node) child(segment string) *node {
	for _, c := range n.children {
		if !c.variable && c.segment == segment {
			return c
		}
	}
	c := &node{parent: n, segment: segment, ops: map[string]*openapi.Operation{}}
	n.children = append(n.children, c)
	return c
}

func (n *node) variableChild(name string, multi bool) *node {
	if c := n.item(multi); c != nil {
		return c
	}
	c := &node{parent: n, segment: n.freeName(name), variable: true, multi: multi, ops: map[string]*openapi.Operation{}}
	n.children = append(n.children, c)
	return c
}

// typeOf is the type of a variable by its parameter.
func typeOf(op *openapi.Operation, name string) string {
	for _, p := range op.Parameters {
		switch {
		case p.In != "path" || p.Name != name:
		case p.Type == "integer":
			return "int"
		case p.Type == "string" && p.Schema.Format == "uuid":
			return "uuid"
		}
	}
	return "str"
}

// narrow takes the type that one more operation gives the variable; where they
// differ it is text.
func (n *node) narrow(typ string) {
	if n.typ != "" && n.typ != typ {
		typ = "str"
	}
	n.typ = typ
}

// item is the variable below n.
func (n *node) item(multi bool) *node {
	for _, c := range n.children {
		if c.variable && c.multi == multi {
			return c
		}
	}
	return nil
}

// reserved are names that mean something else in a mapping.
var reserved = []string{"item", "resp", "problem", "ftp", "user", "session", "from", "to", "transfer", "server"}

// freeName makes the name of a variable out of that of a parameter.
func (n *node) freeName(name string) string {
	name = strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_]+`).ReplaceAllString(name, "_"), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "v" + name
	}
	for n.hasVariable(name) || slices.Contains(reserved, name) {
		name += "_"
	}
	return name
}

func (n *node) hasVariable(name string) bool {
	for ; n != nil; n = n.parent {
		if n.variable && n.segment == name {
			return true
		}
	}
	return false
}

// dir is the template of n as a directory, with a slash at its end.
func (n *node) dir() string {
	if n.parent == nil {
		return "/"
	}
	return n.parent.dir() + n.text() + "/"
}

// text is the segment as it stands in a template.
func (n *node) text() string {
	switch {
	case n.multi:
		return "{" + n.segment + "...}"
	case n.variable && n.typ != "" && n.typ != "str":
		return "{" + n.segment + ":" + n.typ + "}"
	case n.variable:
		return "{" + n.segment + "}"
	}
	return n.segment
}

// variables are those of the path of n, the first at the top.
func (n *node) variables() []*node {
	var vs []*node
	for ; n != nil; n = n.parent {
		if n.variable {
			vs = append(vs, n)
		}
	}
	slices.Reverse(vs)
	return vs
}

// id names a route in the draft, as in customers-id.
func (n *node) id() string {
	var parts []string
	for ; n.parent != nil; n = n.parent {
		parts = append(parts, n.segment)
	}
	slices.Reverse(parts)
	return strings.Trim(regexp.MustCompile(`[^A-Za-z0-9_]+`).ReplaceAllString(strings.Join(parts, "-"), "-"), "-")
}
