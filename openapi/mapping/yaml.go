package mapping

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/internal/nesting"
)

// reader walks the syntax tree of one file and collects what is wrong with it, in a
// list that the files of one load share.
type reader struct {
	file   string
	faults *openapi.Problems
	// warnings are what is allowed and seldom meant.
	warnings *openapi.Problems
	depth    int // how many files name this one, one through the other
}

func newReader(file string) *reader {
	return &reader{file: file, faults: &openapi.Problems{}, warnings: &openapi.Problems{}}
}

// other is a reader of another file of the same load.
func (r *reader) other(file string) *reader {
	return &reader{file: file, faults: r.faults, warnings: r.warnings, depth: r.depth}
}

// node is a value in the file. One that is put together from several places has
// its fields or items here, and in ast the place that it stands for.
type node struct {
	*reader
	ast    ast.Node
	fields []field
	items  []node
}

// object is a node that is a mapping of keys. What nobody has taken by the time
// of done is an unknown key.
type object struct {
	node
	fields []field // hides those of the node
}

type field struct {
	key   string
	pos   openapi.Position
	value node
	taken bool
}

// parseYAML returns the top node of the only document in data.
func (r *reader) parseYAML(data []byte) (node, bool) {
	tokens := lexer.Tokenize(string(data))
	if deep := nesting.TooDeep(tokens); deep != nil {
		r.faults.Add(openapi.Position{File: r.file, Line: deep.Position.Line, Column: deep.Position.Column}, "lists and keys lie too deep in each other")
		return node{}, false
	}
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		pos := openapi.Position{File: r.file}
		text := err.Error()
		if ye, ok := errors.AsType[yaml.Error](err); ok && ye.GetToken() != nil {
			pos.Line, pos.Column = ye.GetToken().Position.Line, ye.GetToken().Position.Column
			text = ye.GetMessage()
		}
		r.faults.Add(pos, "this is no YAML: %s", text)
		return node{}, false
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		r.faults.Add(openapi.Position{File: r.file}, "want one YAML document that begins with ftpmap: 1")
		return node{}, false
	}
	return node{reader: r, ast: f.Docs[0].Body}, true
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

func (n node) warn(format string, args ...any) { n.warnings.Add(n.pos(), format, args...) }

// object reads n as a mapping; it reports anything else.
func (n node) object(what string) (*object, bool) {
	if n.fields != nil {
		return &object{node: n, fields: slices.Clone(n.fields)}, true
	}
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
		key := node{reader: n.reader, ast: v.Key}
		o.fields = append(o.fields, field{key: keyText(v.Key), pos: key.pos(), value: node{reader: n.reader, ast: v.Value}})
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

// only reports and removes the keys of a call that others have.
func (o *object) only(s shape, verb Verb) {
	known := s.names("")
	o.fields = slices.DeleteFunc(o.fields, func(f field) bool {
		misplaced := !slices.Contains(known, f.key) && callsWith(f.key) != nil
		if misplaced {
			o.faults.Add(f.pos, "%q does not belong to %s, but to %s", f.key, verb, wordsOf(callsWith(f.key)))
		}
		return misplaced
	})
}

// done reports the keys that s does not have, and those of it that were not taken:
// they have no meaning beside the others.
func (o *object) done(s shape) {
	o.unknown(s)
	known := s.names("")
	for _, f := range o.fields {
		if !f.taken && slices.Contains(known, f.key) {
			o.faults.Add(f.pos, "%q says nothing beside the other keys here; remove it", f.key)
		}
	}
}

// unknown reports the keys that s does not have.
func (o *object) unknown(s shape) {
	known := s.names("")
	for _, f := range o.fields {
		if !slices.Contains(known, f.key) {
			o.faults.Add(f.pos, "unknown key %q%s", f.key, didYouMean(f.key, known))
		}
	}
}

// finish is done for an object of the named shape.
func (o *object) finish(shape string) { o.done(shapeNamed(shape)) }

// takeText takes a text that may be missing.
func (o *object) takeText(key string) (string, node, bool) {
	n, ok := o.take(key)
	if !ok {
		return "", n, false
	}
	text, ok := n.text(key)
	return text, n, ok
}

// takeObject takes an object that may be missing.
func (o *object) takeObject(key string) (*object, bool) {
	n, ok := o.take(key)
	if !ok {
		return nil, false
	}
	return n.object(key)
}

// require takes a text that must be there, and reports it with the remedy if it is not.
func (o *object) require(key, what, remedy string) (string, node, bool) {
	text, n, ok := o.takeText(key)
	if n.ast == nil {
		o.fault("%s: %q is missing: %s", what, key, remedy)
	}
	return text, n, ok
}

// texts reads one text or a list of them.
func (n node) texts(what string) []string {
	var all []string
	for _, item := range n.oneOrMore() {
		if text, ok := item.text(what); ok {
			all = append(all, text)
		}
	}
	return all
}

// duration reads n as a time such as 30s or 5m.
func (n node) duration(what string) time.Duration {
	if text, ok := n.scalar(); ok {
		if s, ok := text.(string); ok {
			if d, err := time.ParseDuration(s); err == nil && d > 0 {
				return d
			}
		}
	}
	n.fault("%s: want a time such as 30s or 5m", what)
	return 0
}

// flag reads n as true or false.
func (n node) flag(what string) bool {
	v, _ := n.scalar()
	yes, ok := v.(bool)
	if !ok {
		n.fault("%s: want true or false", what)
	}
	return yes
}

func (n node) isNull() bool {
	_, ok := n.ast.(*ast.NullNode)
	return ok
}

func (n node) isObject() bool {
	switch n.ast.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return n.fields != nil
}

// list reads n as a sequence; it reports anything else.
func (n node) list(what string) []node {
	if n.items != nil {
		return n.items
	}
	s, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		n.fault("%s: want a list, not %s", what, kindName(n.ast))
		return nil
	}
	items := make([]node, len(s.Values))
	for i, v := range s.Values {
		items[i] = node{reader: n.reader, ast: v}
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
