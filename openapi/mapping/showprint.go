package mapping

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// printer writes YAML.
type printer struct {
	own string // the file that needs no comment
	b   bytes.Buffer
}

// width is how long a line of an object or list becomes before it is laid out in
// several.
const width = 110

// fields writes the keys of an object, each on a line that begins with indent spaces.
func (p *printer) fields(all []merged, indent int) {
	for i, m := range all {
		if i > 0 || indent == 0 {
			p.b.WriteString(strings.Repeat(" ", indent))
		}
		p.field(m, indent)
	}
}

func (p *printer) field(m merged, indent int) {
	p.b.WriteString(plain(m.key) + ":")
	switch v := m.value.(type) {
	case []merged:
		p.end(m.from)
		p.b.WriteString(strings.Repeat(" ", indent+2))
		p.fields(v, indent+2)
	case [][]merged:
		p.b.WriteString("\n")
		for _, item := range v {
			p.b.WriteString(strings.Repeat(" ", indent+2) + "- ")
			p.fields(item, indent+4)
		}
	case []node:
		p.b.WriteString(" " + flowList(v))
		p.end(m.from)
	case node:
		p.value(v, m.from, indent)
	}
}

// end ends a line with the place that it is from, if that is another file.
func (p *printer) end(from openapi.Position) {
	if from.File != p.own && from.File != "" {
		fmt.Fprintf(&p.b, "  # %s:%d", from.File, from.Line)
	}
	p.b.WriteByte('\n')
}

// value writes what stands behind a key: on its line, if it is short.
func (p *printer) value(n node, from openapi.Position, indent int) {
	if text := flow(n); indent+len(text) <= width || !n.isObject() && !n.isList() {
		p.b.WriteString(" " + text)
		p.end(from)
		return
	}
	p.end(from)
	if n.isList() {
		for _, item := range n.list("") {
			p.b.WriteString(strings.Repeat(" ", indent+2) + "- ")
			p.item(item, indent+4)
		}
		return
	}
	o, _ := n.object("")
	for _, f := range o.fields {
		p.b.WriteString(strings.Repeat(" ", indent+2) + plain(f.key) + ":")
		p.value(f.value, openapi.Position{}, indent+2)
	}
}

// item writes an item of a list.
func (p *printer) item(n node, indent int) {
	if text := flow(n); indent+len(text) <= width || !n.isObject() {
		p.b.WriteString(text + "\n")
		return
	}
	o, _ := n.object("")
	for i, f := range o.fields {
		if i > 0 {
			p.b.WriteString(strings.Repeat(" ", indent))
		}
		p.b.WriteString(plain(f.key) + ":")
		p.value(f.value, openapi.Position{}, indent)
	}
}

// flow is n on one line.
func flow(n node) string {
	switch {
	case n.isList():
		return flowList(n.list(""))
	case n.isObject():
		o, _ := n.object("")
		parts := make([]string, len(o.fields))
		for i, f := range o.fields {
			parts[i] = plain(f.key) + ": " + flow(f.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	v, _ := n.scalar()
	if text, ok := v.(string); ok {
		return plain(text)
	}
	if v == nil {
		return "null"
	}
	return Text(v)
}

func flowList(items []node) string {
	parts := make([]string, len(items))
	for i, item := range items {
		parts[i] = flow(item)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// plainText is text that is the same without quotes, wherever it stands.
var plainText = regexp.MustCompile(`^[A-Za-z/=$_][A-Za-z0-9/=$_.()+*'|?~-]*( [A-Za-z0-9/=$_.()+*'|?~-]+)*$`)

// plain writes text, in quotes where YAML would take it for something else.
func plain(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
	default:
		if plainText.MatchString(text) {
			return text
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // text can always be written
	return strings.TrimSuffix(b.String(), "\n")
}
