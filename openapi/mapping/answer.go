package mapping

import (
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr/types"
)

// Headers of uploads at an offset.
const (
	offsetBody   = "application/offset+octet-stream"
	offsetHeader = "Upload-Offset"
	tusHeader    = "Tus-Resumable"
	tusVersion   = "1.0.0"
	contentRange = "content-range"
	patchOffset  = "patch-offset"
)

func (r *callReader) readRange() {
	n, ok := r.o.take("range")
	if !ok {
		return
	}
	if n.isObject() {
		o, _ := n.object("range")
		if text, at, ok := o.require("offset", "range", "which query parameter takes the first byte?"); ok {
			r.c.Range = RangeInParam
			name := strings.TrimPrefix(text, "query.")
			r.c.RangeParam = r.queryParam(at.made(name), "offset")
		}
		o.finish("range")
		return
	}
	if style := n.isOneOf("range", "header", "none"); style == "none" {
		r.c.Range = NoRange
	}
}

func (r *callReader) readResume() {
	n, ok := r.o.take("resume")
	if !ok {
		return
	}
	switch n.isOneOf("resume", patchOffset, "tus", contentRange, "none") {
	case patchOffset:
		r.c.Resume = PatchOffset
	case "tus":
		r.c.Resume = Tus
		r.c.bindings = append(r.c.bindings, binding{in: "header", name: tusHeader, value: &Value{Pos: n.pos(), literal: tusVersion}})
	case contentRange:
		r.c.Resume = ContentRange // the executor knows the length
	}
	if r.c.Resume == PatchOffset || r.c.Resume == Tus {
		offset := &Value{Pos: n.pos(), src: "ftp.offset", member: []string{"ftp", "offset"}}
		r.c.ContentType = offsetBody
		r.c.bindings = append(r.c.bindings, binding{in: "header", name: offsetHeader, value: offset})
	}
}

func (r *callReader) readFormat() {
	n, ok := r.o.take("format")
	if !ok {
		return
	}
	switch n.isOneOf("format", "json", "ndjson", "xml") {
	case "json":
		r.c.Format = JSON
	case "ndjson":
		r.c.Format = NDJSON
	case "xml":
		r.c.Format = XML
	}
}

// readEntry reads how the answer of a stat becomes an entry.
func (r *callReader) readEntry() {
	r.c.Entry = readRule(r.o, r.resp)
	if n, ok := r.o.take("exists"); ok {
		r.c.Exists = r.flagValue(n, "exists", r.resp)
	}
}

func (r *callReader) readRender() {
	o, ok := r.o.takeObject("render")
	if !ok {
		if len(r.c.Listings) > 0 {
			r.o.fault(`read: "items" without "render": what shall the file look like?`)
		} else if !r.isHTTP() && !r.c.Operation.HasContent() {
			r.o.fault("read: operation %s answers without content", r.c.Operation.Name())
		}
		return
	}
	if len(r.c.Listings) == 0 {
		r.o.fault(`render: "items" is missing: where in the answer is the list?`)
	}
	render := &Render{}
	r.c.Render = render
	count := 0
	if n, ok := o.take("csv"); ok {
		count++
		for _, item := range n.list("csv") {
			r.readColumn(item, render)
		}
	}
	for key, form := range map[string]RenderForm{"ndjson": RenderNDJSON, "json": RenderJSON} {
		n, ok := o.take(key)
		if !ok {
			continue
		}
		count++
		render.Form = form
		if v, _ := n.scalar(); v != true {
			render.Value = newValue(n, key, r.resp)
		}
	}
	if count != 1 {
		o.fault("render: want one of csv, ndjson and json")
	}
	o.finish("render")
}

func (r *callReader) readColumn(n node, render *Render) {
	o, ok := n.object("column")
	if !ok {
		return
	}
	c := Column{}
	c.Head, _, _ = o.require("head", "column", "what is the head of the column?")
	if value, ok := o.take("value"); ok {
		c.Value = newValue(value, "value", r.resp)
	} else {
		o.fault(`column: "value" is missing: what stands in it?`)
	}
	o.finish("column")
	render.Columns = append(render.Columns, c)
}

// readStatic reads an answer without a call.
func (r *callReader) readStatic() bool {
	n, ok := r.o.take("static")
	if !ok {
		return false
	}
	r.c.Static = &Static{}
	if r.kind == Read {
		r.c.Static.Content, _ = n.text("static")
		return true
	}
	for _, item := range n.list("static") {
		if e, ok := readStaticEntry(item); ok {
			r.c.Static.Entries = append(r.c.Static.Entries, e)
		}
	}
	return true
}

func readStaticEntry(n node) (StaticEntry, bool) {
	o, ok := n.object("static")
	if !ok {
		return StaticEntry{}, false
	}
	e := StaticEntry{Size: -1}
	name, at, ok := o.require("name", "static", "what is the entry called?")
	if e.Name = name; ok && !clean("/"+name) || strings.Contains(name, "/") {
		at.fault("static: no file can have the name %q", name)
	}
	if kind, ok := o.take("type"); ok {
		e.Dir = kind.isOneOf("type", "file", "dir") == "dir"
	}
	if size, ok := o.take("size"); ok {
		v, _ := size.scalar()
		if e.Size, ok = v.(int64); !ok || e.Size < 0 {
			size.fault("size: want a number of bytes")
		}
	}
	if text, at, ok := o.takeText("mtime"); ok {
		var err error
		if e.ModTime, err = time.Parse(time.RFC3339, text); err != nil {
			at.fault("mtime: want a time such as 2026-03-31T22:00:00Z")
		}
	}
	o.finish("static")
	return e, ok
}

// isWord reports anything but the word.
func (n node) isWord(what, word string) bool { return n.isOneOf(what, word) == word }

// isOneOf reads one of several words; it reports anything else.
func (n node) isOneOf(what string, words ...string) string {
	v, _ := n.scalar()
	text, ok := v.(string)
	if ok && slices.Contains(words, text) {
		return text
	}
	want := words[0]
	if len(words) > 1 {
		want = strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	}
	if !ok {
		n.fault("%s: want %s, not %s", what, want, kindName(n.ast))
		return ""
	}
	n.fault("%s: want %s, not %q%s", what, want, text, didYouMean(text, words))
	return ""
}

// wants reports a value that cannot be of any of the kinds.
func (n node) wants(v *Value, what string, kinds ...resultKind) {
	if v == nil || v.kind == anyResult || v.parts != nil && slices.Contains(kinds, textResult) || slices.Contains(kinds, v.kind) {
		return
	}
	n.fault("%s: want %s, and this is %s", what, kinds[0], v.kind)
}

// exprType is the type of values of a kind, for names that are kept.
func (k resultKind) exprType() types.Type {
	switch k {
	case textResult:
		return types.String
	case wholeResult:
		return types.Int64
	case flagResult:
		return types.Bool
	}
	return types.Any
}

// constantText is the text of a value that is a literal.
func (v *Value) constantText() (string, bool) {
	if v == nil {
		return "", false
	}
	c, ok := v.Constant()
	text, isText := c.(string)
	return text, ok && isText
}
