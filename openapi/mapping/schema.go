package mapping

import (
	"bytes"
	"encoding/json"
	"slices"
)

// Schema returns the JSON Schema (draft 2020-12) of mapping files, indented. Editors
// complete and check a mapping by it; what only the document can tell, such as the
// names of operations, is left to the loader.
func Schema() []byte {
	top := schemaOf(shapeNamed("mapping"))
	defs := map[string]any{}
	define(defs, shapeNamed("mapping"))
	delete(defs, "mapping")
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "Mapping of FTP paths to an HTTP API"
	top["$defs"] = defs
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(top); err != nil { // it has strings, maps and slices only
		panic(err)
	}
	return b.Bytes()
}

// define adds the schema of a shape, and of those below it.
func define(defs map[string]any, s shape) {
	if defs[s.name] != nil {
		return
	}
	defs[s.name] = schemaOf(s)
	for _, k := range s.keys {
		for _, name := range k.form.shapes() {
			define(defs, shapeNamed(name))
		}
	}
}

// shapes returns the names of the shapes that f refers to.
func (f form) shapes() []string {
	switch f.kind {
	case anObject:
		return []string{f.shape}
	case aList, aMap:
		return f.of.shapes()
	case aChoice:
		var names []string
		for _, g := range f.any {
			names = append(names, g.shapes()...)
		}
		return names
	}
	return nil
}

func schemaOf(s shape) map[string]any {
	properties := map[string]any{}
	var required []string
	for _, k := range s.keys {
		p := k.form.schema()
		p["description"] = k.doc
		properties[k.name] = p
		if k.required {
			required = append(required, k.name)
		}
	}
	m := map[string]any{
		"type": "object", "description": s.doc, "properties": properties, "additionalProperties": false,
	}
	if len(required) > 0 {
		m["required"] = required
	}
	return m
}

// Patterns of texts with a form. A value of any is text that may be an expression.
const (
	durationPattern = `^([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$`
	pointerPattern  = `^(/([^~]|~0|~1)*)?$`
	statusPattern   = `^[1-5]xx$`
)

// schema is the JSON Schema of what may stand behind a key.
func (f form) schema() map[string]any {
	switch f.kind {
	case aText:
		return map[string]any{"type": "string"}
	case aValue:
		return map[string]any{"type": []string{"string", "number", "boolean", "null"}}
	case aScalar:
		return map[string]any{"type": []string{"string", "number", "boolean"}}
	case aNumber:
		return map[string]any{"type": "integer", "minimum": 0}
	case aVersion:
		return map[string]any{"const": 1}
	case aFlag:
		return map[string]any{"type": "boolean"}
	case aDuration:
		return map[string]any{"type": "string", "pattern": durationPattern}
	case aPointer:
		return map[string]any{"type": "string", "pattern": pointerPattern}
	case aStatus:
		return anyOf(
			map[string]any{"type": "integer", "minimum": 100, "maximum": 599},
			map[string]any{"type": "string", "pattern": statusPattern},
		)
	case aWord:
		return map[string]any{"enum": f.words}
	case aList:
		return map[string]any{"type": "array", "items": f.of.schema()}
	case aMap:
		return map[string]any{"type": "object", "additionalProperties": f.of.schema()}
	case anObject:
		return map[string]any{"$ref": "#/$defs/" + f.shape}
	case aChoice:
		return f.choiceSchema()
	case nothing:
		return map[string]any{"type": "null"}
	}
	return map[string]any{}
}

// choiceSchema lays choices inside choices flat.
func (f form) choiceSchema() map[string]any {
	var all []map[string]any
	for _, g := range f.any {
		s := g.schema()
		if inner, ok := s["anyOf"].([]map[string]any); ok {
			all = slices.Concat(all, inner)
		} else {
			all = append(all, s)
		}
	}
	return anyOf(all...)
}

func anyOf(schemas ...map[string]any) map[string]any { return map[string]any{"anyOf": schemas} }
