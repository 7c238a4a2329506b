package config

import (
	"bytes"
	"encoding/json"
)

// JSONSchema returns the JSON Schema (draft 2020-12) of the configuration file,
// indented. Nothing is required in it: what the file leaves out, the environment and
// the command line may give.
func JSONSchema() []byte {
	top := schema{}.config(new(Config)).jsonSchema()
	top["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	top["title"] = "Configuration of the bridge"
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(top); err != nil { // it has strings, maps and slices only
		panic(err)
	}
	return b.Bytes()
}

// jsonSchema is what may stand for n in the file.
func (n *node) jsonSchema() map[string]any {
	var choices []map[string]any
	if n.value != nil {
		choices = n.value.jsonSchemas()
	}
	switch {
	case n.list:
		choices = append(choices, map[string]any{"type": "array", "maxItems": maxEntries, "items": n.example().jsonSchema()})
	case n.takesKeys():
		choices = append(choices, n.keysSchema())
	}
	m := choices[0]
	if len(choices) > 1 {
		m = map[string]any{"anyOf": choices}
	}
	if n.doc != "" {
		m["description"] = n.doc
	}
	if n.value != nil && n.value.fallback != "" {
		m["default"] = n.value.fallback
	}
	return m
}

func (n *node) keysSchema() map[string]any {
	m := map[string]any{"type": "object", "additionalProperties": false}
	if n.entry != nil {
		m["additionalProperties"] = n.example().jsonSchema()
	}
	properties := map[string]any{}
	for _, k := range n.keys {
		properties[k.name] = k.jsonSchema()
	}
	if len(properties) > 0 {
		m["properties"] = properties
	}
	return m
}

// example is an entry that stands for all of them.
func (n *node) example() *node {
	e := n.entry(n.placeholder)
	e.parent = n
	return e
}

// withVariable matches a value that the environment gives in part at least.
const withVariable = `\$\{[A-Za-z_][A-Za-z0-9_]*\}`

// jsonSchemas are what v may be written as: all values are read as text, so that 30
// and "30" are the same.
func (v *value) jsonSchemas() []map[string]any {
	var all []map[string]any
	switch {
	case v.words != nil:
		all = []map[string]any{{"enum": v.words}, {"type": "string", "pattern": withVariable}}
	case v.form == "true | false":
		all = []map[string]any{{"enum": []any{true, false, "true", "false"}}, {"type": "string", "pattern": withVariable}}
	case v.form == "number":
		all = []map[string]any{{"type": "integer", "minimum": 0}, {"type": "string", "pattern": `^[0-9]+$|` + withVariable}}
	default:
		all = []map[string]any{{"type": []string{"string", "number", "boolean"}}}
	}
	if !v.list {
		return all
	}
	item := all[0]
	return append(all, map[string]any{"type": "array", "minItems": 1, "items": item})
}
