package config

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// readFile takes the values of the YAML file at path. It fails where nothing can
// be said about the values: the file cannot be read, or is no YAML. Other
// mistakes are noted.
func (l *loader) readFile(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	f := &file{loader: l, name: path}
	l.root.at = &place{source: path}
	// Duplicate keys are reported here, with both places.
	doc, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return Mistakes{f.syntax(err)}
	}
	for i, d := range doc.Docs {
		switch {
		case d.Body == nil:
		case i > 0:
			l.report(l.root, f.place(d.Body.GetToken()), "a second document begins; keep all settings in one")
		default:
			f.read(l.root, d.Body)
		}
	}
	return nil
}

// file reads the nodes of one YAML file.
type file struct {
	*loader
	name string
}

func (f *file) place(t *token.Token) place {
	return place{source: f.name, line: t.Position.Line, column: t.Position.Column}
}

// syntax is the mistake that ended the parsing. Its message is the parser's.
func (f *file) syntax(err error) *Mistake {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		return f.place(at.GetToken()).mistake("is no YAML: %s", at.GetMessage())
	}
	return f.root.at.mistake("is no YAML: %v", err)
}

// read takes what stands in the file for n.
func (f *file) read(n *node, y ast.Node) {
	switch y := y.(type) {
	case *ast.MappingNode:
		f.mapping(n, y)
	case *ast.SequenceNode:
		f.sequence(n, y)
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		f.refuse(n, y, "anchors, aliases and tags are not read here; write the value itself")
	case *ast.NullNode:
		f.refuse(n, y, "%s is empty; give it a value or remove it", title(n))
	default:
		if n.value == nil {
			f.refuse(n, y, "%s", f.wants(n))
			return
		}
		f.take(n, []ast.Node{y})
	}
}

func (f *file) mapping(n *node, m *ast.MappingNode) {
	if n.list || !n.takesKeys() {
		f.refuse(n, m, "%s", f.wants(n))
		return
	}
	seen := make(map[string]place)
	for _, pair := range m.Values {
		at, name := f.place(pair.Key.GetToken()), pair.Key.GetToken().Value
		if first, ok := seen[name]; ok {
			f.report(n, at, "%s is given twice, first in line %d; remove one", name, first.line)
			continue
		}
		seen[name] = at
		k := n.child(name)
		if k == nil {
			f.report(n, at, "%s", f.unknown(n, name))
			continue
		}
		k.at = &at
		f.read(k, pair.Value)
	}
}

func (f *file) sequence(n *node, s *ast.SequenceNode) {
	switch {
	case n.list && len(s.Values) > maxEntries:
		f.refuse(n, s, "%s has %d entries; the most is %d", n.path(), len(s.Values), maxEntries)
	case n.list:
		for i, y := range s.Values {
			k := n.child(strconv.Itoa(i))
			k.at = new(f.first(y))
			f.read(k, y)
		}
	case n.value == nil || !n.value.list:
		f.refuse(n, s, "%s", f.wants(n))
	case len(s.Values) == 0:
		f.refuse(n, s, "%s is empty; give it a value or remove it", n.path())
	default:
		f.take(n, s.Values)
	}
}

// refuse reports y, which stands in the place of n and cannot be used at all.
func (f *file) refuse(n *node, y ast.Node, format string, args ...any) {
	n.spoil()
	f.report(n, f.first(y), format, args...)
}

// first is the place where y begins: for a mapping that is its first key, not
// the colon behind it.
func (f *file) first(y ast.Node) place {
	if m, ok := y.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return f.place(m.Values[0].Key.GetToken())
	}
	return f.place(y.GetToken())
}

// take notes the scalars ys as the value of n.
func (f *file) take(n *node, ys []ast.Node) {
	g := &given{expand: true}
	for _, y := range ys {
		text, ok := scalar(y)
		if !ok {
			f.refuse(n, y, "%s takes plain values only", n.path())
			continue
		}
		g.texts = append(g.texts, text)
		g.places = append(g.places, f.place(y.GetToken()))
		// Variables named here may begin with BRIDGE_ and be no key.
		_, _ = expand(text, func(name string) (string, bool) {
			f.referred[name] = true
			return "", true
		}) // apply reports what is wrong with it
	}
	if len(g.texts) > 0 {
		n.given = g
	}
}

// scalar returns the text of a plain, quoted or block scalar.
func scalar(y ast.Node) (string, bool) {
	switch y := y.(type) {
	case *ast.StringNode:
		return y.Value, true
	case *ast.LiteralNode:
		return y.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return y.GetToken().Value, true
	default:
		return "", false
	}
}

// wants says what has to stand where something of another form stands.
func (f *file) wants(n *node) string {
	switch {
	case n.list:
		return fmt.Sprintf("%s takes a list; begin each entry with \"- \"", n.path())
	case n.value != nil && n.value.list:
		return fmt.Sprintf("%s takes a list of values, such as [%s]", n.path(), n.value.fallback)
	case n.value != nil && n.takesKeys():
		return fmt.Sprintf("%s takes one value or the keys: %s", n.path(), strings.Join(n.names(), ", "))
	case n.value != nil:
		return fmt.Sprintf("%s takes one value: %s", n.path(), n.value.form)
	case n.entry != nil:
		return fmt.Sprintf("%s takes keys: a %s each", n.path(), strings.Trim(n.placeholder, "<>"))
	default:
		return fmt.Sprintf("%s takes the keys: %s", title(n), strings.Join(n.names(), ", "))
	}
}

// unknown says that n has no key called name, and which was meant: one beside
// it, or the only one of that name elsewhere.
func (f *file) unknown(n *node, name string) string {
	here := n.names()
	if like := nearest(name, here); like != "" {
		return fmt.Sprintf("unknown key %s; did you mean %s?", name, like)
	}
	var elsewhere []string
	f.root.leaves(func(k *node) {
		if k.name == name {
			elsewhere = append(elsewhere, k.path())
		}
	})
	if len(elsewhere) == 1 {
		return fmt.Sprintf("unknown key %s here; did you mean %s?", name, elsewhere[0])
	}
	return fmt.Sprintf("unknown key %s; %s takes: %s", name, title(n), strings.Join(here, ", "))
}

// title names n in a message.
func title(n *node) string {
	if n.parent == nil {
		return "the file"
	}
	return n.path()
}
