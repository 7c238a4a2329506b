package openapi

import (
	"maps"
	"mime"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// multiSegment is the extension of a path parameter whose value keeps its slashes,
// each segment being percent-encoded by itself.
const multiSegment = "x-ftp-multi-segment"

// Operation is one operation of a document.
type Operation struct {
	OperationInfo
	Parameters []Parameter
	// BodyTypes are the media types of the request body, sorted; none: no body.
	BodyTypes []string
	// Bodies are the schemas of the request body by media type, nil if it has none.
	Bodies       map[string]*Schema
	BodyRequired bool
	// Answers are those that mean success, by status; the default answer is one only
	// where the document has no other.
	Answers []Answer
	// Security lists alternatives, each the names of schemes that are needed
	// together. Empty, or an alternative that is empty: anyone may call it.
	Security [][]string
}

// Parameter is one parameter of an operation.
type Parameter struct {
	Name string
	// In is path, query, header or cookie.
	In       string
	Required bool
	// MultiSegment: the value stands for several segments of the path.
	MultiSegment bool
	// Type is the schema's type (string, integer, number, boolean, array, object),
	// empty if it has none or several.
	Type string
	// Schema is nil if the parameter has none.
	Schema *Schema
	// Minimum, Maximum and Default are those of a number, nil where its schema has none.
	Minimum, Maximum, Default *float64
	// Style and Explode say how arrays and objects are written (OpenAPI, Parameter
	// Object, style values); they are the defaults of the place if the document is silent.
	Style   string
	Explode bool
}

// Answer is an answer of an operation.
type Answer struct {
	// Status is as the document writes it: "200", "2XX" or "default".
	Status string
	// Content has the schema of each media type, nil if it has none.
	Content map[string]*Schema
	// Headers are the names of the headers that it declares, sorted.
	Headers []string
}

// AnswerSchema returns the schema of the first successful answer that is JSON, nil
// if there is none. A media type that may be anything counts as JSON where nothing
// else does.
func (o *Operation) AnswerSchema() *Schema {
	for _, fits := range []func(string) bool{isJSON, isWild} {
		for _, a := range o.Answers {
			for _, mediaType := range slices.Sorted(maps.Keys(a.Content)) {
				if s := a.Content[mediaType]; s != nil && fits(mediaType) {
					return s
				}
			}
		}
	}
	return nil
}

// HasContent reports whether any successful answer has content.
func (o *Operation) HasContent() bool {
	return slices.ContainsFunc(o.Answers, func(a Answer) bool { return len(a.Content) > 0 })
}

// isJSON: application/json, or a type with its suffix (RFC 6839, section 3.1).
func isJSON(mediaType string) bool {
	base, _, err := mime.ParseMediaType(mediaType)
	return err == nil && (base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json"))
}

func isWild(mediaType string) bool { return mediaType == "*/*" || mediaType == "application/*" }

// newOperation takes what the mapping language needs of one operation. The lock is held.
func (d *Document) newOperation(info *OperationInfo) *Operation {
	item := d.kin.Paths.Value(info.Path)
	op := item.GetOperation(info.Method)
	o := &Operation{OperationInfo: *info}
	for _, ref := range op.Parameters {
		o.addParameter(d, ref.Value)
	}
	for _, ref := range item.Parameters { // the operation's own parameters win
		if ref != nil && ref.Value != nil && op.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			o.addParameter(d, ref.Value)
		}
	}
	if op.RequestBody != nil && op.RequestBody.Value != nil {
		body := op.RequestBody.Value
		o.BodyRequired, o.Bodies = body.Required, d.content(body.Content)
		o.BodyTypes = slices.Sorted(maps.Keys(body.Content))
	}
	o.Answers = d.answers(op.Responses)
	security := d.kin.Security
	if op.Security != nil {
		security = *op.Security
	}
	for _, alternative := range security {
		o.Security = append(o.Security, slices.Sorted(maps.Keys(alternative)))
	}
	return o
}

func (o *Operation) addParameter(d *Document, p *openapi3.Parameter) {
	if p == nil {
		return
	}
	r := Parameter{Name: p.Name, In: p.In, Required: p.Required}
	r.MultiSegment, _ = p.Extensions[multiSegment].(bool)
	if r.Schema = d.schemas.schema(p.Schema); r.Schema != nil {
		r.Type = r.Schema.Type
	}
	if p.Schema != nil && p.Schema.Value != nil {
		r.Minimum, r.Maximum = p.Schema.Value.Min, p.Schema.Value.Max
		if n, ok := p.Schema.Value.Default.(float64); ok {
			r.Default = &n
		}
	}
	if how, err := p.SerializationMethod(); err == nil {
		r.Style, r.Explode = how.Style, how.Explode
	}
	o.Parameters = append(o.Parameters, r)
}

func (d *Document) content(content openapi3.Content) map[string]*Schema {
	if len(content) == 0 {
		return nil
	}
	schemas := make(map[string]*Schema, len(content))
	for mediaType, c := range content {
		schemas[mediaType] = nil
		if c != nil {
			schemas[mediaType] = d.schemas.schema(c.Schema)
		}
	}
	return schemas
}

// answers returns the successful ones. "2XX" sorts after the exact statuses.
func (d *Document) answers(responses *openapi3.Responses) []Answer {
	all := responses.Map()
	var answers []Answer
	for _, status := range slices.Sorted(maps.Keys(all)) {
		if strings.HasPrefix(status, "2") {
			answers = append(answers, d.answer(status, all[status]))
		}
	}
	if other := responses.Default(); len(answers) == 0 && other != nil {
		answers = append(answers, d.answer("default", other))
	}
	return answers
}

func (d *Document) answer(status string, ref *openapi3.ResponseRef) Answer {
	a := Answer{Status: status}
	if ref != nil && ref.Value != nil {
		a.Content = d.content(ref.Value.Content)
		a.Headers = slices.Sorted(maps.Keys(ref.Value.Headers))
	}
	return a
}
