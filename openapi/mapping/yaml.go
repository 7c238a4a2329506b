package mapping

import (
	"errors"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/ftpbridge/bridge/openapi"
)

// reader walks the syntax tree of one file and collects what is wrong with it.
type reader struct {
	file   string
	faults openapi.Problems
}

// node is a value in the file.
type node struct {
	*reader
	ast ast.Node
}

// object is a node that is a mapping of keys. What nobody has taken by the time
// of done is an unknown key.
type object struct {
	node
	fields []field
}

type field struct {
	key   string
	pos   openapi.Position
	value node
	taken bool
}

// parseYAML returns the top node of the only document in data.
func (r *reader) parseYAML(data []byte) (node, bool) {
	f, err := parser.ParseBytes(data, 0)
	if err != nil {
		pos := openapi.Position{File: r.file}
		text := err.Error()
		if ye, ok := errors.AsType[yaml.Error](err); ok && ye.GetToken() != nil {
			pos.Line, pos.Column = ye.GetToken().Position.Line, ye.GetToken().Position.Column
			text = ye.GetMessage()
		}
		r.faults.Add(pos, "%s", text)
		return node{}, false
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.faults.Add(openapi.Position{File: r.file}, "want one YAML document")
		return node{}, false
	}
	return node{r, f.Docs[0].Body}, true
}

func (n node) pos() openapi.Position {
	p := openapi.Position{File: n.file}
	t := n.ast.GetToken()
	if m, ok := n.ast.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		t = m.Values[0].Key.GetToken() // the token of a block mapping is its first colon
	}
	if m, ok := n.ast.(*ast.MappingValueNode); ok {
		t = m.Key.GetToken()
	}
	if t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

func (n node) fault(format string, args ...any) { n.faults.Add(n.pos(), format, args...) }

// object reads n as a mapping; it reports anything else.
func (n node) object(what string) (*object, bool) {
	var values []*ast.MappingValueNode
	switch m := n.ast.(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	default:
		n.fault("%s: want keys and values, not %s", what, kindName(n.ast))
		return nil, false
	}
	o := &object{node: n}
	for _, v := range values {
		key := node{n.reader, v.Key}
		o.fields = append(o.fields, field{key: keyText(v.Key), pos: key.pos(), value: node{n.reader, v.Value}})
	}
	return o, true
}

// take returns the value of key and marks it as known.
func (o *object) take(key string) (node, bool) {
	for i := range o.fields {
		if o.fields[i].key == key {
			o.fields[i].taken = true
			return o.fields[i].value, true
		}
	}
	return node{}, false
}

// done reports the keys that were not taken: those in later as keys of the
// language that this version does not execute, others as unknown.
func (o *object) done(known, later []string) {
	for _, f := range o.fields {
		switch {
		case f.taken:
		case slices.Contains(later, f.key):
			o.faults.Add(f.pos, "%q is not supported by this version", f.key)
		default:
			o.faults.Add(f.pos, "unknown key %q%s", f.key, didYouMean(f.key, slices.Concat(known, later)))
		}
	}
}

// list reads n as a sequence; it reports anything else.
func (n node) list(what string) []node {
	s, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		n.fault("%s: want a list, not %s", what, kindName(n.ast))
		return nil
	}
	items := make([]node, len(s.Values))
	for i, v := range s.Values {
		items[i] = node{n.reader, v}
	}
	return items
}

// text reads n as a string; it reports anything else.
func (n node) text(what string) (string, bool) {
	switch v := n.ast.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	}
	n.fault("%s: want text, not %s", what, kindName(n.ast))
	return "", false
}

// positive reads n as a whole number of at least 1; it reports anything else.
func (n node) positive(what string) int {
	if v, ok := n.scalar(); ok {
		if i, ok := v.(int64); ok && i > 0 && i <= 1<<31-1 {
			return int(i)
		}
	}
	n.fault("%s: want a number above 0", what)
	return 0
}

// scalar returns text, a bool, an int64, a float64 or nil, false for anything else.
func (n node) scalar() (any, bool) {
	switch v := n.ast.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.BoolNode:
		return v.Value, true
	case *ast.NullNode:
		return nil, true
	case *ast.FloatNode:
		return v.Value, true
	case *ast.IntegerNode:
		switch i := v.Value.(type) {
		case int64:
			return i, true
		case uint64:
			if i <= 1<<63-1 {
				return int64(i), true
			}
		}
	}
	return nil, false
}

// isQuoted reports whether text stands in quotes, which its position counts.
func (n node) isQuoted() bool {
	switch n.ast.GetToken().Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		return true
	}
	return false
}

func keyText(k ast.MapKeyNode) string {
	if s, ok := k.(*ast.StringNode); ok {
		return s.Value
	}
	return k.String()
}

func kindName(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "nothing"
	}
	return fmt.Sprintf("a YAML %s", n.Type())
}
