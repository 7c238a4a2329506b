package openapi_test

import (
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
)

// TestYAMLIsReadAsItIsMeant puts values into the enum of a parameter and looks at what
// has become of them.
func TestYAMLIsReadAsItIsMeant(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"number", `1`, "1"},
		{"number", `0x1f`, "31"},
		{"number", `1_000`, "1000"},
		{"number", `1e3`, "1000"},
		{"number", `.5`, "0.5"},
		{"boolean", `true`, "true"},
		{"string", `"1"`, "1"},
		{"string", `2024-01-02`, "2024-01-02"},
		{"string", `on`, "on"},
		{"string", `"a\tb\u00e4"`, "a\tbä"},
		{"string", `!!str 5`, "5"},
		{"string", `*shared`, "from the anchor"},
		{"string", "|-\n        two\n        lines", "two\nlines"},
	} {
		doc := `openapi: 3.1.0
info: {title: t, version: "1"}
x-shared: &shared from the anchor
paths:
  /a:
    get: &op
      operationId: a
      responses: {200: {description: d}}
      parameters:
        - name: p
          in: query
          schema: {$ref: '#/components/schemas/S'}
    put: {<<: *op, operationId: b, summary: merged}
components:
  schemas:
    S:
      type: ` + c.kind + `
      enum:
      - ` + c.value + "\n"
		d, err := openapi.Parse("x.yaml", []byte(doc))
		if err != nil {
			t.Errorf("%s: %v", c.value, err)
			continue
		}
		o, ok := d.Operation("b")
		if !ok || o.Summary != "merged" || len(o.Parameters) != 1 || len(o.Answers) != 1 {
			t.Fatalf("the merged operation is %+v", o)
		}
		if got := o.Parameters[0].Schema.Enum; len(got) != 1 || got[0] != c.want {
			t.Errorf("%s is %q, want %q", c.value, got, c.want)
		}
	}
}

// FuzzParse: whatever is read, nothing panics, faults are one line each, and each
// operation that is listed is there, by its name and by method and path.
func FuzzParse(f *testing.F) {
	storage, err := openapi.Builtin("storage.v1")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(storage)
	f.Add([]byte(store))
	f.Add([]byte(`{"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {"200": {"description": "d"}}}}}}`))
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: &a\n  /a: {<<: *a, $ref: '#/paths/~1a'}\n"))
	f.Add([]byte("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses: {default: {$ref: '#/x'}}\nx: {description: d}\n"))
	const head = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n"
	for _, nulls := range []string{
		"paths: null\nservers: [null, {url: x, variables: {a: null}}]", "paths: {/a: null}\ncomponents: null",
		"paths: {/a: {parameters: [null], get: {parameters: [null], responses: {'200': null}, requestBody: null}}}",
		"paths: {/a: {get: {responses: {'200': {description: d, content: {a/b: null, c/d: {schema: null}}}}}}}",
		"components: {securitySchemes: {a: null}, schemas: {a: null, b: {allOf: [null], oneOf: [null], properties: {x: null}}}}",
	} {
		f.Add([]byte(head + nulls))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := openapi.Parse("fuzz.yaml", data)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, "fuzz.yaml") {
					t.Errorf("fault %q has no file", line)
				}
			}
			return
		}
		for _, info := range d.Operations() {
			o, ok := d.Operation(info.Name())
			if !ok {
				t.Fatalf("operation %q is listed and not found", info.Name())
			}
			if o.OperationInfo.Name() != info.Name() {
				t.Errorf("operation %q is found as %q", info.Name(), o.Name())
			}
			if o.AnswerSchema() != nil && !o.HasContent() {
				t.Errorf("operation %q has a schema and no content", info.Name())
			}
		}
		d.Release()
		for _, name := range d.OperationNames() {
			if _, ok := d.Operation(name); !ok {
				t.Errorf("operation %q is lost", name)
			}
		}
	})
}
