package openapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	goccy "github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/oasdiff/yaml3"

	"github.com/ftpbridge/bridge/openapi/internal/nesting"
)

// YAML is turned into JSON before anything else looks at it, with a mark for each
// place of the JSON. yaml3 reads it, since it is several times faster than goccy,
// which then says where a syntax error is.

// mark says that what begins at the offset in the JSON is at line and column in
// the YAML.
type mark struct{ offset, line, column int32 }

// Aliases may make the JSON this much longer than the YAML and no more, against
// documents that blow up.
const (
	aliasGrowth = 32
	aliasFloor  = 1 << 20
	// maxMerged is how often mappings may be merged into others.
	maxMerged = 1 << 16
)

// yamlWriter writes the JSON of one YAML document.
type yamlWriter struct {
	file  string
	out   []byte
	limit int
	marks []mark
	// open are the anchors that are being written.
	open map[*yaml.Node]bool
	// merged is how many mappings have been merged into others.
	merged int
}

// yamlToJSON converts the first document of data. The error is a [*Problem].
func yamlToJSON(file string, data []byte) ([]byte, []mark, error) {
	var top yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&top)
	if errors.Is(err, io.EOF) || err == nil && len(top.Content) == 0 {
		return nil, nil, &Problem{Position{File: file}, "the file is empty"}
	}
	if err != nil {
		return nil, nil, yamlProblem(file, data, err)
	}
	w := &yamlWriter{
		file: file, out: make([]byte, 0, len(data)+len(data)/2),
		limit: aliasFloor + aliasGrowth*len(data), open: map[*yaml.Node]bool{},
	}
	w.mark(top.Content[0])
	if err := w.value(top.Content[0]); err != nil {
		return nil, nil, err
	}
	return w.out, w.marks, nil
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// yamlProblem finds out where in data the syntax error is that yaml3 reports with
// a line at best.
func yamlProblem(file string, data []byte, err error) *Problem {
	p := &Problem{Position{File: file}, oneLine(err.Error())}
	if m := yamlLine.FindStringSubmatch(p.Text); m != nil {
		p.Pos.Line, _ = strconv.Atoi(m[1])
		p.Pos.Column, p.Text = 1, m[2]
	}
	tokens := lexer.Tokenize(string(data))
	if nesting.TooDeep(tokens) != nil {
		return p
	}
	_, err = parser.Parse(tokens, 0)
	if ye, ok := errors.AsType[goccy.Error](err); ok && ye.GetToken() != nil {
		at := ye.GetToken().Position
		p.Pos.Line, p.Pos.Column, p.Text = at.Line, at.Column, oneLine(ye.GetMessage())
	}
	return p
}

func (w *yamlWriter) problem(n *yaml.Node, format string, args ...any) error {
	return &Problem{Position{w.file, n.Line, n.Column}, fmt.Sprintf(format, args...)}
}

func (w *yamlWriter) mark(n *yaml.Node) {
	w.marks = append(w.marks, mark{int32(len(w.out)), int32(n.Line), int32(n.Column)})
}

func (w *yamlWriter) value(n *yaml.Node) error {
	if len(w.out) > w.limit {
		return w.problem(n, "aliases make the document too large")
	}
	switch n.Kind {
	case yaml.AliasNode:
		if w.open[n.Alias] {
			return w.problem(n, "alias %q contains itself", n.Value)
		}
		w.open[n.Alias] = true
		defer delete(w.open, n.Alias)
		return w.value(n.Alias)
	case yaml.MappingNode:
		if n.Anchor != "" {
			w.open[n] = true
			defer delete(w.open, n)
		}
		return w.object(n)
	case yaml.SequenceNode:
		if n.Anchor != "" {
			w.open[n] = true
			defer delete(w.open, n)
		}
		return w.array(n)
	}
	return w.scalar(n)
}

func (w *yamlWriter) array(n *yaml.Node) error {
	w.out = append(w.out, '[')
	for i, item := range n.Content {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.mark(item)
		if err := w.value(item); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *yamlWriter) object(n *yaml.Node) error {
	fields, err := w.fields(n)
	if err != nil {
		return err
	}
	w.out = append(w.out, '{')
	for i := 0; i < len(fields); i += 2 {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.mark(fields[i])
		w.text(fields[i].Value)
		w.out = append(w.out, ':')
		if err := w.value(fields[i+1]); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

// fields returns the keys and values of a mapping by turns, those of its merge keys
// (https://yaml.org/type/merge.html) included. Keys are scalars, and each is there once.
func (w *yamlWriter) fields(n *yaml.Node) ([]*yaml.Node, error) {
	lines := make(map[string]int, len(n.Content)/2)
	var merged []*yaml.Node
	fields := make([]*yaml.Node, 0, len(n.Content))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind == yaml.AliasNode {
			key = key.Alias
		}
		if key.Kind != yaml.ScalarNode {
			return nil, w.problem(n.Content[i], "a key must be text")
		}
		if key.ShortTag() == "!!merge" {
			merged = append(merged, value)
			continue
		}
		if line, twice := lines[key.Value]; twice {
			return nil, w.problem(n.Content[i], "key %q is there twice, first on line %d", key.Value, line)
		}
		lines[key.Value] = key.Line
		fields = append(fields, key, value)
	}
	for _, from := range merged {
		more, err := w.merge(from)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(more); i += 2 {
			if _, known := lines[more[i].Value]; !known {
				lines[more[i].Value] = more[i].Line
				fields = append(fields, more[i], more[i+1])
			}
		}
	}
	return fields, nil
}

// merge returns the fields that the value of a merge key stands for: a mapping or
// a list of mappings.
func (w *yamlWriter) merge(from *yaml.Node) ([]*yaml.Node, error) {
	at := from
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	if w.open[from] {
		return nil, w.problem(at, "alias %q contains itself", from.Anchor)
	}
	if w.merged++; w.merged > maxMerged { // what is merged may add nothing that is new
		return nil, w.problem(at, "aliases make the document too large")
	}
	w.open[from] = true
	defer delete(w.open, from)
	switch from.Kind {
	case yaml.MappingNode:
		return w.fields(from)
	case yaml.SequenceNode:
		var fields []*yaml.Node
		for _, item := range from.Content {
			more, err := w.merge(item)
			if err != nil {
				return nil, err
			}
			if fields = append(fields, more...); len(fields) > w.limit {
				return nil, w.problem(at, "aliases make the document too large")
			}
		}
		return fields, nil
	}
	return nil, w.problem(at, "only mappings can be merged")
}

func (w *yamlWriter) scalar(n *yaml.Node) error {
	switch n.ShortTag() {
	case "!!null":
		w.out = append(w.out, "null"...)
		return nil
	case "!!bool", "!!int", "!!float":
		if json.Valid([]byte(n.Value)) { // keeps large integers as they are
			w.out = append(w.out, n.Value...)
			return nil
		}
		var v any
		if err := n.Decode(&v); err != nil {
			return w.problem(n, "%s", oneLine(err.Error()))
		}
		text, err := json.Marshal(v)
		if err != nil {
			return w.problem(n, "JSON has no value for %s", n.Value)
		}
		w.out = append(w.out, text...)
		return nil
	}
	w.text(n.Value)
	return nil
}

// text writes a JSON string.
func (w *yamlWriter) text(s string) {
	w.out, _ = jsontext.AppendQuote(w.out, s) // invalid UTF-8 becomes replacement characters
}
