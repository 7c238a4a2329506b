package openapi

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// multiSegment is the extension of a path parameter whose value keeps its slashes,
// each segment being percent-encoded by itself.
const multiSegment = "x-ftp-multi-segment"

// Operation is one operation of a document.
type Operation struct {
	// ID is the operationId, empty if it has none.
	ID string
	// Method in capitals, and the path template, as in "/v1/files/{path}".
	Method, Path string
	Parameters   []Parameter
	// BodyTypes are the media types of the request body, sorted; none: no body.
	BodyTypes    []string
	BodyRequired bool
	// Security lists alternatives, each the names of schemes that are needed
	// together. Empty, or an alternative that is empty: anyone may call it.
	Security [][]string
	Pos      Position
}

// Name is the ID, or "METHOD /path" without one.
func (o *Operation) Name() string {
	if o.ID != "" {
		return o.ID
	}
	return o.Method + " " + o.Path
}

// Parameter is one parameter of an operation.
type Parameter struct {
	Name string
	// In is path, query, header or cookie.
	In       string
	Required bool
	// MultiSegment: the value stands for several segments of the path.
	MultiSegment bool
	// Type is the schema's type (string, integer, number, boolean), empty if it
	// has none or several.
	Type string
}

// reduce takes from t what the mapping language needs.
func reduce(name string, t *openapi3.T) (*Document, error) {
	d := &Document{}
	if len(t.Servers) > 0 {
		d.Server = t.Servers[0].URL
	}
	if t.Components != nil {
		d.Schemes = slices.Sorted(maps.Keys(t.Components.SecuritySchemes))
	}
	var faults Problems
	for path, item := range t.Paths.Map() {
		for method, op := range item.Operations() {
			o := newOperation(name, t, item, op)
			o.Method, o.Path = strings.ToUpper(method), path
			if other, twice := d.Operation(o.ID); twice {
				faults.Add(o.Pos, "operationId %s is also that of %s %s", o.ID, other.Method, other.Path)
			}
			d.operations = append(d.operations, o)
		}
	}
	return d, faults.Err()
}

func newOperation(name string, t *openapi3.T, item *openapi3.PathItem, op *openapi3.Operation) *Operation {
	o := &Operation{ID: op.OperationID, Pos: Position{File: name}}
	if op.Origin != nil && op.Origin.Key != nil {
		o.Pos.Line, o.Pos.Column = op.Origin.Key.Line, op.Origin.Key.Column
	}
	for _, ref := range op.Parameters {
		o.Parameters = append(o.Parameters, newParameter(ref.Value))
	}
	for _, ref := range item.Parameters { // the operation's own parameters win
		if op.Parameters.GetByInAndName(ref.Value.In, ref.Value.Name) == nil {
			o.Parameters = append(o.Parameters, newParameter(ref.Value))
		}
	}
	if op.RequestBody != nil {
		o.BodyTypes = slices.Sorted(maps.Keys(op.RequestBody.Value.Content))
		o.BodyRequired = op.RequestBody.Value.Required
	}
	security := t.Security
	if op.Security != nil {
		security = *op.Security
	}
	for _, alternative := range security {
		o.Security = append(o.Security, slices.Sorted(maps.Keys(alternative)))
	}
	return o
}

func newParameter(p *openapi3.Parameter) Parameter {
	r := Parameter{Name: p.Name, In: p.In, Required: p.Required}
	if multi, ok := p.Extensions[multiSegment].(bool); ok {
		r.MultiSegment = multi
	}
	if p.Schema != nil && p.Schema.Value != nil && p.Schema.Value.Type != nil && len(*p.Schema.Value.Type) == 1 {
		r.Type = (*p.Schema.Value.Type)[0]
	}
	return r
}
