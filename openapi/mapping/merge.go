package mapping

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/ftpbridge/bridge/openapi"
)

// extension is the key under which an OpenAPI document carries parts of a mapping.
const extension = "x-ftp"

// mergeRoutes lays the routes of a layer over those below: by path and key, the
// later wins, and a key that is null goes.
func mergeRoutes(routes []*object, layer *object) []*object {
	n, ok := layer.take("routes")
	if !ok {
		return routes
	}
	own := map[string]openapi.Position{}
	for _, item := range n.list("routes") {
		o, ok := item.object("route")
		if !ok {
			continue
		}
		path, pos, ok := o.takeText("path")
		if pos.ast == nil {
			item.fault(`route: "path" is missing: which paths is it for?`)
		}
		if !ok {
			continue
		}
		if at, twice := own[path]; twice {
			pos.fault("path %s is there already at %s; put the two routes together", path, at)
			continue
		}
		own[path] = pos.pos()
		routes = mergeRoute(routes, o)
	}
	return routes
}

func mergeRoute(routes []*object, o *object) []*object {
	path := o.peekText("path")
	for _, r := range routes {
		if r.peekText("path") == path {
			for _, f := range o.fields {
				r.set(f)
			}
			return routes
		}
	}
	return append(routes, o)
}

// set puts a field in the place of the one of its key.
func (o *object) set(f field) {
	for i := range o.fields {
		if o.fields[i].key == f.key {
			o.fields[i] = f
			return
		}
	}
	o.fields = append(o.fields, f)
}

// peek returns the value of a key without marking it as known.
func (o *object) peek(key string) (node, bool) {
	for _, f := range o.fields {
		if f.key == key {
			return f.value, true
		}
	}
	return node{}, false
}

// peekText is peek for text; anything else is empty.
func (o *object) peekText(key string) string {
	n, ok := o.peek(key)
	if !ok {
		return ""
	}
	v, _ := n.scalar()
	text, _ := v.(string)
	return text
}

// quiet returns a node whose faults nobody hears, for looking ahead.
func (n node) quiet() node {
	r := *n.reader
	r.faults, r.warnings = &openapi.Problems{}, &openapi.Problems{}
	return node{reader: &r, ast: n.ast, fields: n.fields, items: n.items}
}

// carried returns the layers that the document carries under x-ftp: that of its
// root, then one for each operation.
func (m *Mapping) carried(o *object) []*object {
	if m.Document == nil || m.Document.Source() == nil {
		return nil
	}
	r := o.other(m.documentName)
	top, ok := r.parseYAML(m.Document.Source())
	if !ok {
		return nil
	}
	doc, ok := top.object("document")
	if !ok {
		return nil
	}
	var layers []*object
	if n, ok := doc.peek(extension); ok {
		if root, ok := n.object(extension); ok {
			if _, ok := root.peek("ftpmap"); ok {
				checkVersion(n, root)
			}
			layers = append(layers, root)
		}
	}
	paths, ok := doc.peek("paths")
	if !ok || !paths.isObject() {
		return layers
	}
	all, _ := paths.object("paths")
	for _, path := range all.fields {
		if !path.value.isObject() {
			continue
		}
		item, _ := path.value.object("path")
		for _, method := range item.fields {
			layers = append(layers, carriedBy(method, path.key)...)
		}
	}
	return layers
}

// carriedBy returns a layer for each place that one operation names under x-ftp.
func carriedBy(method field, path string) []*object {
	if !method.value.isObject() {
		return nil
	}
	op, _ := method.value.object("operation")
	n, ok := op.peek(extension)
	if !ok {
		return nil
	}
	places := []node{n}
	if _, isList := n.ast.(*ast.SequenceNode); isList {
		places = n.list(extension)
	}
	name := op.peekText("operationId")
	if name == "" {
		name = strings.ToUpper(method.key) + " " + path
	}
	var layers []*object
	for _, place := range places {
		if layer, ok := place.operationLayer(name); ok {
			layers = append(layers, layer)
		}
	}
	return layers
}

// operationLayer makes the layer {routes: [{path, verb: {op: name, …}}]} of one place.
func (n node) operationLayer(name string) (*object, bool) {
	o, ok := n.object(extension)
	if !ok {
		return nil, false
	}
	path, at, ok := o.require("path", extension, "at which path is the operation?")
	verb, verbNode, hasVerb := o.require("verb", extension, "what does the operation do there, as in read?")
	if !ok || !hasVerb {
		return nil, false
	}
	if !slices.Contains(verbWords(), verb) {
		verbNode.fault("unknown verb %q%s", verb, didYouMean(verb, verbWords()))
		return nil, false
	}
	call := []field{{key: "op", pos: n.pos(), value: n.made(name)}}
	for _, f := range o.fields {
		if !f.taken {
			call = append(call, f)
		}
	}
	route := []field{
		{key: "path", pos: at.pos(), value: at},
		{key: verb, pos: n.pos(), value: node{reader: n.reader, ast: n.ast, fields: call}},
	}
	if strings.HasSuffix(path, "...}") {
		route = append(route, field{key: "tree", pos: at.pos(), value: n.madeFlag()})
	}
	layer := node{reader: n.reader, ast: n.ast, items: []node{{reader: n.reader, ast: n.ast, fields: route}}}
	return &object{node: n, fields: []field{{key: "routes", pos: n.pos(), value: layer}}}, true
}

// made is a text that stands at n's place without being written there.
func (n node) made(text string) node {
	at := *n.ast.GetToken().Position
	return node{reader: n.reader, ast: ast.String(token.New(text, text, &at))}
}

// madeFlag is a true that is not written anywhere either.
func (n node) madeFlag() node {
	at := *n.ast.GetToken().Position
	return node{reader: n.reader, ast: ast.Bool(token.New("true", "true", &at))}
}
