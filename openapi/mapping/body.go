package mapping

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

func (c *Call) readBody(o *object, e env) {
	if n, ok := o.take("content_type"); ok {
		c.ContentType, _ = n.text("content_type")
	}
	if n, ok := o.take("needs_length"); ok {
		if style, _ := n.scalar(); style != "chunked" {
			n.fault("needs_length: only chunked is supported by this version")
		}
	}
	upload := c.Verb == Write || c.Verb == Create || c.Verb == Append
	n, ok := o.take("body")
	if !ok {
		switch {
		case upload:
			o.fault("body: stream is missing: %s has content", c.Verb)
		case c.Operation.BodyRequired:
			o.fault("operation %s needs a body", c.Operation.Name())
		}
		return
	}
	if len(c.Operation.BodyTypes) == 0 {
		n.fault("operation %s takes no body", c.Operation.Name())
		return
	}
	if upload {
		if kind, _ := n.scalar(); kind != "stream" {
			n.fault("body: want stream; nothing else carries the content in this version")
		}
		c.Body = Stream
		c.chooseType(n, func(mediaType string) bool { return !isJSON(mediaType) })
		return
	}
	c.readJSONBody(n, e)
	c.chooseType(n, isJSON)
}

func (c *Call) readJSONBody(n node, e env) {
	if kind, _ := n.scalar(); kind == "stream" {
		n.fault("body: %s has no content to stream; want {json: …}", c.Verb)
		return
	}
	o, ok := n.object("body")
	if !ok {
		return
	}
	c.Body = JSON
	if doc, ok := o.take("json"); ok {
		c.json = newJSONValue(doc, e)
	}
	o.done([]string{"json"}, []string{"form", "multipart"})
}

// chooseType settles the media type of the body: the one that the mapping says, or
// the only one of the operation that fits.
func (c *Call) chooseType(body node, fits func(mediaType string) bool) {
	types := c.Operation.BodyTypes
	if c.ContentType != "" {
		if !slices.Contains(types, c.ContentType) {
			body.fault("operation %s does not take %s, but %s%s",
				c.Operation.Name(), c.ContentType, strings.Join(types, ", "), didYouMean(c.ContentType, types))
		}
		return
	}
	var fitting []string
	for _, mediaType := range types {
		if fits(mediaType) {
			fitting = append(fitting, mediaType)
		}
	}
	if len(fitting) != 1 {
		body.fault("operation %s takes %s; say content_type", c.Operation.Name(), strings.Join(types, ", "))
		return
	}
	c.ContentType = fitting[0]
}

func isJSON(mediaType string) bool {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// jsonValue is a document with values at its leaves: exactly one field is set.
type jsonValue struct {
	leaf   *Value
	list   []*jsonValue
	object map[string]*jsonValue
}

func newJSONValue(n node, e env) *jsonValue {
	switch n.ast.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		v := &jsonValue{object: map[string]*jsonValue{}}
		if o, ok := n.object("json"); ok {
			for _, f := range o.fields {
				v.object[f.key] = newJSONValue(f.value, e)
			}
		}
		return v
	case *ast.SequenceNode:
		v := &jsonValue{list: []*jsonValue{}}
		for _, item := range n.list("json") {
			v.list = append(v.list, newJSONValue(item, e))
		}
		return v
	}
	return &jsonValue{leaf: newValue(n, "json", e)}
}

// encode computes the document.
func (v *jsonValue) encode(sc Scope) ([]byte, error) {
	doc, err := v.eval(sc)
	if err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

func (v *jsonValue) eval(sc Scope) (any, error) {
	switch {
	case v.leaf != nil:
		value, err := v.leaf.Eval(sc)
		if text, ok := value.(string); ok && !utf8.ValidString(text) {
			return nil, ErrValue // JSON would make one name of several
		}
		return value, err
	case v.list != nil:
		list := make([]any, len(v.list))
		for i, item := range v.list {
			var err error
			if list[i], err = item.eval(sc); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	object := make(map[string]any, len(v.object))
	for key, member := range v.object {
		var err error
		if object[key], err = member.eval(sc); err != nil {
			return nil, err
		}
	}
	return object, nil
}
