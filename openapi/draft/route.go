package draft

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// route is a route of the draft.
type route struct {
	path  string
	id    string
	tree  bool
	note  string
	calls []*call
}

// call is a call of a route, or what stands in a comment in its place.
type call struct {
	verb string
	op   *openapi.Operation // nil: static
	keys []key              // besides op
	note string
	// leads is the id of the route that the entries of a list are paths of.
	leads string
	off   string // why it is only a comment; empty: it is not
}

// key is a key of a call with its value, or with the items of a list.
type key struct {
	name  string
	value flow
	list  []flow
}

// add adds a call.
func (r *route) add(c *call) { r.calls = append(r.calls, c) }

// newCall makes a call of an operation, with what its parameters need. body: the call
// sends one.
func newCall(verb string, op *openapi.Operation, n *node, body bool) *call {
	c := &call{verb: verb, op: op}
	var params []flow
	names := pathNames(op.Path)
	vars := n.variables()
	bound := map[string]bool{}
	for i, v := range vars[:min(len(vars), len(names))] {
		name := names[i]
		if name == v.segment && !v.multi {
			bound[v.segment] = true
			continue
		}
		key := "path." + name
		if v.multi && name == v.segment && declaredMulti(op, name) {
			bound[v.segment] = true
			continue
		}
		if v.multi {
			key += "..."
		}
		params = append(params, quote(key), quote("="+v.segment))
	}
	if verb == "read" || verb == "stat" {
		if accept := acceptOf(op); accept != "" {
			params = append(params, "header.Accept", quote(accept))
		}
	}
	if len(params) > 0 {
		c.keys = append(c.keys, key{name: "params", value: flowMap(params...)})
	}
	for _, p := range op.Parameters {
		if p.Required && p.In != "path" && !(bound[p.Name] && p.In != "cookie") {
			c.off = fmt.Sprintf("it needs the %s parameter %q; say its value under params", p.In, p.Name)
		}
	}
	if op.BodyRequired && !body {
		c.off = "it needs a body"
	}
	return c
}

func declaredMulti(op *openapi.Operation, name string) bool {
	return slices.ContainsFunc(op.Parameters, func(p openapi.Parameter) bool { return p.In == "path" && p.Name == name && p.MultiSegment })
}

// pathNames are the names of the variables in the path of an operation.
func pathNames(path string) []string {
	var names []string
	for _, segment := range segments(path) {
		if m := wholeVariable.FindStringSubmatch(segment); m != nil {
			names = append(names, m[1])
		}
	}
	return names
}

// acceptOf is the media type to ask for where there are several.
func acceptOf(op *openapi.Operation) string {
	types := answerTypes(op)
	if len(types) < 2 {
		return ""
	}
	return cmp.Or(first(types, isContent), first(types, isJSON), types[0])
}

func first(types []string, fits func(string) bool) string {
	for _, t := range types {
		if fits(t) && !strings.Contains(t, "*") {
			return t
		}
	}
	return ""
}

// hasFiles reports whether an operation is about the content of files rather than
// documents of the API.
func hasFiles(op *openapi.Operation) bool {
	if op == nil {
		return false
	}
	if op.Method == "PUT" || op.Method == "POST" {
		return slices.ContainsFunc(op.BodyTypes, isContent)
	}
	return slices.ContainsFunc(answerTypes(op), isContent)
}

// upload makes a call that stores a file.
func upload(verb string, op *openapi.Operation, n *node) *call {
	c := newCall(verb, op, n, true)
	mediaType := cmp.Or(first(op.BodyTypes, func(t string) bool { return t == "application/octet-stream" }),
		first(op.BodyTypes, isContent), first(op.BodyTypes, isJSON))
	switch {
	case len(op.BodyTypes) == 0:
		c.off = "it takes no body"
	case mediaType != "":
		c.keys = append(c.keys, key{name: "body", value: "stream"}, key{name: "content_type", value: quote(mediaType)})
	case slices.Contains(op.BodyTypes, "*/*"):
		c.keys = append(c.keys, key{name: "body", value: "stream"})
	case slices.Contains(op.BodyTypes, "multipart/form-data"):
		c.form(op.Bodies["multipart/form-data"])
	default:
		c.off = "it takes " + strings.Join(op.BodyTypes, ", ") + ", which is not what a file holds"
	}
	return c
}

// form makes the body of a form with a file in it.
func (c *call) form(s *openapi.Schema) {
	file := ""
	if s != nil {
		file, _ = typed(s, allNames(s), func(p *openapi.Schema) bool { return p.Type == "string" && p.Format == "binary" })
	}
	if file == "" {
		c.off = "which field of its form is the file?"
		return
	}
	for _, name := range s.Required {
		if name != file {
			c.off = fmt.Sprintf("its form needs the field %q; say its value under body.multipart.fields", name)
		}
	}
	c.keys = append(c.keys, key{name: "body", value: flowMap("multipart", flowMap("file", flowMap("field", quote(file))))})
}

func allNames(s *openapi.Schema) []string {
	var names []string
	for name := range s.Properties {
		names = append(names, plain(name))
	}
	slices.Sort(names)
	return names
}

// readable makes the read of a file.
func readable(op *openapi.Operation, n *node) *call {
	c := newCall("read", op, n, false)
	if !op.HasContent() {
		c.off = cmp.Or(c.off, "it answers without content")
	}
	return c
}
