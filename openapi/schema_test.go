package openapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
)

// parseSchema reads one schema, named S, and others that it may refer to.
func parseSchema(t *testing.T, version, schemas string) *openapi.Schema {
	t.Helper()
	doc := "openapi: " + version + `
info: {title: t, version: "1"}
paths:
  /s: {get: {operationId: s, responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}}}}
components:
  schemas:
    ` + strings.ReplaceAll(schemas, "\n", "\n    ")
	d, err := openapi.Parse("s.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	o, ok := d.Operation("s")
	if !ok {
		t.Fatal("no operation s")
	}
	return o.AnswerSchema()
}

// describe writes a schema: "string(date)|a|b?" for a nullable text of some values,
// "{a!: integer, ...}" for an open object that needs a, "[any]" for an array.
func describe(s *openapi.Schema, depth int) string {
	if s == nil {
		return "any"
	}
	if depth == 0 {
		return "^"
	}
	text := s.Type
	switch s.Type {
	case "":
		text = "any"
	case "array":
		text = "[" + describe(s.Items, depth-1) + "]"
	case "object":
		var fields []string
		for _, name := range sortedKeys(s.Properties) {
			field := name
			if slices.Contains(s.Required, name) {
				field += "!"
			}
			fields = append(fields, field+": "+describe(s.Properties[name], depth-1))
		}
		if s.Open {
			fields = append(fields, "...")
		}
		text = "{" + strings.Join(fields, ", ") + "}"
	}
	if s.Format != "" {
		text += "(" + s.Format + ")"
	}
	for _, value := range s.Enum {
		text += "|" + value
	}
	if s.Nullable {
		text += "?"
	}
	return text
}

func TestSchemaKeepsWhatIsCertain(t *testing.T) {
	for _, c := range []struct{ version, schemas, want string }{
		{"3.0.3", `S: {type: string, format: date, nullable: true}`, "string(date)?"},
		{"3.1.0", `S: {type: [string, 'null'], format: date}`, "string(date)?"},
		{"3.1.0", `S: {type: [string, integer]}`, "any"},
		{"3.1.0", `S: {type: ['null']}`, "any?"},
		{"3.0.3", `S: {}`, "any"},
		{"3.1.0", `S: true`, "any"},
		{"3.0.3", `S: {enum: [a, b]}`, "string|a|b"},
		{"3.0.3", `S: {type: integer, enum: [1, 2, 12345678901]}`, "integer|1|2|12345678901"},
		{"3.1.0", `S: {const: on}`, "string|on"},
		{"3.0.3", `S: {type: array, items: {type: boolean}}`, "[boolean]"},
		{"3.1.0", `S: {type: array, prefixItems: [{type: string}], items: {type: integer}}`, "[any]"},
		{"3.1.0", `S: {type: array}`, "[any]"},
		{"3.0.3", `S: {properties: {a: {type: integer}}, required: [a]}`, "{a!: integer}"},
		{"3.0.3", `S: {type: object}`, "{...}"},
		{"3.0.3", `S: {type: object, additionalProperties: false}`, "{}"},
		{"3.0.3", `S: {type: object, properties: {a: {}}, additionalProperties: true}`, "{a: any, ...}"},
		{"3.0.3", `S: {additionalProperties: {type: string}}`, "{...}"},
		{"3.1.0", `S: {type: object, properties: {a: true, b: false}}`, "{a: any}"},
		{"3.1.0", `S: {type: object, properties: {a: {}}, patternProperties: {'^x': {}}}`, "{a: any, ...}"},
		// allOf
		{"3.0.3", `S: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {b: {type: integer}}, required: [b]}]}
A: {type: object, properties: {a: {type: string}}, required: [a]}`, "{a!: string, b!: integer}"},
		{"3.0.3", `S: {nullable: true, allOf: [{$ref: '#/components/schemas/A'}]}
A: {type: string}`, "string?"},
		{"3.0.3", `S: {allOf: [{type: number}, {type: integer, nullable: true}]}`, "integer"},
		{"3.0.3", `S: {allOf: [{type: string}, {type: integer}]}`, "any"},
		{"3.0.3", `S: {allOf: [{properties: {a: {type: object}}}, {properties: {a: {properties: {x: {type: string}}}}}]}`, "{a: {x: string}}"},
		{"3.0.3", `S: {allOf: [{properties: {a: {properties: {x: {}}}}}, {properties: {a: {properties: {y: {}}}}}]}`, "{a: any}"},
		{"3.0.3", `S: {allOf: [{$ref: '#/components/schemas/A'}]}
A: {allOf: [{$ref: '#/components/schemas/B'}], properties: {a: {type: string}}}
B: {allOf: [{$ref: '#/components/schemas/A'}], properties: {b: {type: string}}}`, "{a: string, b: string}"},
		// oneOf and anyOf
		{"3.1.0", `S: {oneOf: [{type: 'null'}, {$ref: '#/components/schemas/A'}]}
A: {type: object, properties: {a: {type: string}}}`, "{a: string}?"},
		{"3.0.3", `S: {anyOf: [{type: string}, {enum: [null]}]}`, "string?"},
		{"3.0.3", `S: {oneOf: [{type: string}, {type: integer}]}`, "any"},
		{"3.0.3", `S: {anyOf: [{type: string, format: date}, {type: string, format: date-time}]}`, "string"},
		{"3.0.3", `S: {anyOf: [{type: array, items: {type: string}}, {type: array, items: {type: integer}}]}`, "[any]"},
		{"3.0.3", `S: {properties: {k: {type: string}}, oneOf: [{properties: {a: {}}}, {properties: {b: {}}}]}`, "{k: string, ...}"},
		{"3.0.3", `S: {type: object, properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]}`, "{a: any, b: any}"},
		{"3.0.3", `S: {oneOf: [{$ref: '#/components/schemas/S'}, {type: object}]}`, "any"},
		{"3.0.3", `S: {type: object, discriminator: {propertyName: kind}, properties: {kind: {type: string}}}`, "{kind: string, ...}"},
		// cycles
		{"3.0.3", `S: {type: object, properties: {next: {$ref: '#/components/schemas/S'}}}`, "{next: {next: {next: ^}}}"},
		{"3.0.3", `S: {type: array, items: {$ref: '#/components/schemas/S'}}`, "[[[^]]]"},
		{"3.0.3", `S: {type: object, properties: {a: {oneOf: [{$ref: '#/components/schemas/S'}, {$ref: '#/components/schemas/S'}]}}}`, "{a: {...}}"},
	} {
		if got := describe(parseSchema(t, c.version, c.schemas), 3); got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.version, c.schemas, got, c.want)
		}
	}
}

func TestSchemaThatIsSharedIsReducedOnce(t *testing.T) {
	s := parseSchema(t, "3.0.3", `S: {type: object, properties: {a: {$ref: '#/components/schemas/S'}, b: {$ref: '#/components/schemas/T'}, c: {$ref: '#/components/schemas/T'}}}
T: {type: string}`)
	if s.Properties["a"] != s || s.Properties["b"] != s.Properties["c"] {
		t.Error("schemas are not shared")
	}
}

func TestSchemaAtFollowsAPointer(t *testing.T) {
	s := parseSchema(t, "3.0.3", `S:
  type: object
  properties:
    data: {type: array, items: {type: object, properties: {name: {type: string}, self: {$ref: '#/components/schemas/S'}}}}
    free: {type: object}
    loose: {}
    "a/b": {type: boolean}`)
	for pointer, want := range map[string]string{
		"":                      "object",
		"data":                  "array",
		"data 0 name":           "string",
		"data - name":           "string",
		"data 17 self data 0":   "object",
		"data 01":               "impossible",
		"data name":             "impossible",
		"data 0 nope":           "impossible",
		"data 0 name x":         "impossible",
		"nope":                  "impossible",
		"free whatever below 0": "anything",
		"loose 0 a":             "anything",
		"a/b":                   "boolean",
	} {
		got := "impossible"
		if found, ok := s.At(strings.Fields(pointer)); ok {
			got = found.Type
			if got == "" {
				got = "anything"
			}
		}
		if got != want {
			t.Errorf("at %q: %s, want %s", pointer, got, want)
		}
	}
	if s, ok := (*openapi.Schema)(nil).At([]string{"a"}); !ok || s == nil || s.Type != "" {
		t.Errorf("nil has %v, %v", s, ok)
	}
}

func TestSchemasThatChooseFromEachOtherEndSoon(t *testing.T) {
	var schemas strings.Builder
	schemas.WriteString("S: {$ref: '#/components/schemas/L0'}\n")
	for i := range 60 { // 2 to the power of 60 ways down
		fmt.Fprintf(&schemas, "L%d: {oneOf: [{$ref: '#/components/schemas/L%d'}, {allOf: [{$ref: '#/components/schemas/L%d'}]}]}\n", i, i+1, i+1)
	}
	schemas.WriteString("L60: {type: object}")
	if got := describe(parseSchema(t, "3.0.3", schemas.String()), 1); got != "{...}" {
		t.Errorf("got %s", got)
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
