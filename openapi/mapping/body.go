package mapping

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// namedValue is a field of a form.
type namedValue struct {
	name  string
	value *Value
}

// multipartBody is a form whose last part is the content of the file.
type multipartBody struct {
	field       string
	filename    *Value
	contentType string
	fields      []namedValue
}

// Media types of bodies that the mapping need not name.
const (
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data"
	jsonType      = "application/json"
	streamType    = "application/octet-stream"
	plainType     = "text/plain; charset=utf-8"
)

func (r *callReader) readBody() {
	c := r.c
	if n, ok := r.o.take("content_type"); ok {
		c.ContentType, _ = n.text("content_type")
	}
	n, ok := r.o.take("body")
	if !ok {
		switch {
		case slices.Contains(uploads(), r.kind):
			r.o.fault("body: stream is missing: %s has content", r.kind)
		case c.Operation.BodyRequired:
			r.o.fault("operation %s needs a body; say body: {json: …} or what else it takes", c.Operation.Name())
		}
		r.readLength()
		return
	}
	if !r.isHTTP() && len(c.Operation.BodyTypes) == 0 {
		n.fault("operation %s takes no body; remove it", c.Operation.Name())
		return
	}
	if n.isObject() {
		r.readMadeBody(n)
	} else if text, ok := n.text("body"); ok {
		r.readStreamBody(n, text)
	}
	r.readLength()
}

func (r *callReader) readStreamBody(n node, text string) {
	if text != "stream" {
		n.fault("body: want stream or an object such as {json: …}, not %q", text)
		return
	}
	if !slices.Contains(uploads(), r.verb) {
		n.fault("body: %s has no content to stream; want {json: …}", r.verb)
		return
	}
	r.c.Body = Stream
	r.chooseType(n, streamType, func(mediaType string) bool {
		return !isJSON(mediaType) && mediaType != formType && mediaType != multipartType
	})
}

// readMadeBody reads a body that is made from values.
func (r *callReader) readMadeBody(n node) {
	o, ok := n.object("body")
	if !ok {
		return
	}
	kinds := 0
	if doc, ok := o.take("json"); ok {
		kinds++
		r.c.Body, r.c.json = Made, newJSONValue(doc, "body.json", r.env)
		r.chooseType(n, jsonType, isJSON)
	}
	if form, ok := o.takeObject("form"); ok {
		kinds++
		r.c.Body, r.c.form = Made, form.pairs("body.form", r.env)
		r.chooseType(n, formType, func(mediaType string) bool { return mediaType == formType })
	}
	if text, ok := o.take("text"); ok {
		kinds++
		r.c.Body, r.c.text = Made, newValue(text, "text", r.env)
		r.chooseType(n, plainType, func(string) bool { return true })
	}
	if multi, ok := o.takeObject("multipart"); ok {
		kinds++
		r.readMultipart(multi)
		r.chooseType(n, multipartType, func(mediaType string) bool { return mediaType == multipartType })
	}
	if kinds != 1 {
		n.fault("body: want one of json, form, multipart and text")
	}
	o.finish("body")
	if slices.Contains(uploads(), r.kind) && !r.c.Body.Streams() {
		n.fault("body: want stream or multipart: %s has content", r.kind)
	}
}

// pairs reads an object of values, in its order. Messages call it what.
func (o *object) pairs(what string, e env) []namedValue {
	pairs := []namedValue{}
	for i := range o.fields {
		f := &o.fields[i]
		f.taken = true
		if v := newValue(f.value, what+"."+f.key, e); v != nil {
			pairs = append(pairs, namedValue{f.key, v})
		}
	}
	return pairs
}

func (r *callReader) readMultipart(o *object) {
	r.c.Body = Made
	m := &multipartBody{contentType: streamType}
	r.c.multipart = m
	if fields, ok := o.takeObject("fields"); ok {
		m.fields = fields.pairs("fields", r.env)
	}
	if file, ok := o.takeObject("file"); ok {
		r.c.Body = Multipart
		m.field, _, _ = file.require("field", "file", "which field of the form is it?")
		m.filename = &Value{Pos: file.pos(), src: "ftp.name", member: []string{"ftp", "name"}}
		if n, ok := file.take("filename"); ok {
			m.filename = newValue(n, "filename", r.env)
		}
		if text, _, ok := file.takeText("content_type"); ok {
			m.contentType = text
		}
		file.finish("part")
		if !slices.Contains(uploads(), r.verb) {
			file.fault("multipart: %s has no content for a file; say fields", r.verb)
		}
	}
	o.finish("multipart")
}

// readLength reads how a streamed body gets its length.
func (r *callReader) readLength() {
	text, n, ok := r.o.takeText("needs_length")
	if !ok {
		if r.c.Resume == ContentRange && !r.c.Length.Collect {
			r.o.fault("resume: content-range needs the length of the content; say needs_length: spool or memory(8MiB)")
		}
		return
	}
	style, limit, hasLimit := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	l := Length{Collect: style != "chunked", Spool: style == "spool"}
	if hasLimit {
		var err error
		if l.Limit, err = parseSize(limit); err != nil || style == "chunked" {
			n.fault("needs_length: %q is no size such as 8MiB", limit)
		}
	}
	switch {
	case style != "chunked" && style != "memory" && style != "spool":
		n.fault("needs_length: want chunked, memory(8MiB), spool or spool(1GiB), not %q", text)
	case style == "memory" && !hasLimit:
		n.fault("needs_length: how much may be kept in memory, as in memory(8MiB)?")
	case style == "chunked" && r.c.Resume == ContentRange:
		n.fault("needs_length: resume: content-range needs the length of the content; want spool or memory(8MiB)")
	case !r.c.Body.Streams():
		n.fault("needs_length: the call has no content; remove it")
	}
	r.c.Length = l
}

// chooseType settles the media type of the body: the one that the mapping says, or
// the only one of the operation that fits; without a document the default.
func (r *callReader) chooseType(body node, standard string, fits func(mediaType string) bool) {
	if r.isHTTP() {
		if r.c.ContentType == "" {
			r.c.ContentType = standard
		}
		return
	}
	op, types := r.c.Operation, r.c.Operation.BodyTypes
	if r.c.ContentType != "" {
		if !slices.Contains(types, r.c.ContentType) && !slices.Contains(types, "*/*") {
			body.fault("operation %s does not take %s, but %s%s",
				op.Name(), r.c.ContentType, strings.Join(types, ", "), didYouMean(r.c.ContentType, types))
		}
		return
	}
	if r.c.Body == Stream && !slices.ContainsFunc(types, func(t string) bool { return !isJSON(t) }) {
		body.fault("operation %s takes %s, no file; say body: {json: …}, or content_type if the files are that", op.Name(), strings.Join(types, ", "))
		return
	}
	var fitting []string
	for _, mediaType := range types {
		if fits(mediaType) {
			fitting = append(fitting, mediaType)
		}
	}
	if len(fitting) != 1 {
		body.fault("operation %s takes %s; say content_type for this body", op.Name(), strings.Join(types, ", "))
		return
	}
	r.c.ContentType = fitting[0]
	if r.c.ContentType == "*/*" {
		r.c.ContentType = standard
	}
}

func isJSON(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	return mediaType == jsonType || strings.HasSuffix(mediaType, "+json")
}

// jsonValue is a document with values at its leaves: exactly one field is set.
type jsonValue struct {
	leaf   *Value
	list   []*jsonValue
	object map[string]*jsonValue
}

func newJSONValue(n node, what string, e env) *jsonValue {
	switch n.ast.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		v := &jsonValue{object: map[string]*jsonValue{}}
		if o, ok := n.object(what); ok {
			for _, f := range o.fields {
				v.object[f.key] = newJSONValue(f.value, what+"."+f.key, e)
			}
		}
		return v
	case *ast.SequenceNode:
		v := &jsonValue{list: []*jsonValue{}}
		for _, item := range n.list(what) {
			v.list = append(v.list, newJSONValue(item, what, e))
		}
		return v
	}
	return &jsonValue{leaf: newValue(n, what, e)}
}
