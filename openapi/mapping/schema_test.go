package mapping_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(mapping.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mapping.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mapping.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks YAML as an editor would.
func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	j, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestSchemaFile compares the file in docs with the grammar; -update rewrites it.
func TestSchemaFile(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "schema", "mapping.schema.json")
	if *update {
		if err := os.WriteFile(name, mapping.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, mapping.Schema()) {
		t.Errorf("%s differs from the grammar; run go test ./openapi/mapping -update", name)
	}
}

func TestMappingsOfTheRepositoryAreValid(t *testing.T) {
	s := compiledSchema(t)
	for _, name := range preset.Names() {
		data, err := preset.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, data); err != nil {
			t.Errorf("preset %s: %v", name, err)
		}
	}
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".map.yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := validate(t, s, data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFaultyMappingsAreNotValid(t *testing.T) {
	s := compiledSchema(t)
	const head = "ftpmap: 1\nroutes:\n  - path: /{path...}\n"
	for _, text := range []string{
		"routes: []",
		"ftpmap: 2",
		"ftpmap: '1'",
		"ftpmap: 1\nroute: []",
		"ftpmap: 1\nroutes: {}",
		"ftpmap: 1\nroutes: [{tree: true}]",
		"ftpmap: 1\nmounts: [{preset: files}]",
		"ftpmap: 1\nserver: https://files.example",
		head + "    tree: maybe",
		head + "    read: text",
		head + "    read: {op: 7}",
		head + "    read: {op: a, each: []}",
		head + "    read: {op: a, timeout: soon}",
		head + "    read: {op: a, ok: [2x]}",
		head + "    read: {op: a, ok: [600]}",
		head + "    read: {op: a, params: [b]}",
		head + "    read: {op: a, render: csv}",
		head + "    read: {op: a, http: {method: GET}}",
		head + "    list: {op: a, items: entries}",
		head + "    list: {op: a, page: linc}",
		head + "    list: {op: a, page: {cursor: {param: b}}}",
		head + "    list: {op: a, max_pages: many}",
		head + "    write: {op: a, body: streem}",
		head + "    write: {op: a, body: {jason: {}}}",
		head + "    write: {op: a, errors: [{kind: busy}]}",
		head + "    write: {op: a, errors: [{status: 409, kind: bussy}]}",
		head + "    hash: {op: a, algorithms: [sha1]}",
	} {
		if validate(t, s, []byte(text)) == nil {
			t.Errorf("valid by the schema:\n%s", text)
		}
	}
	for _, text := range []string{
		head + "    read: null",
		head + "    read: {op: a, timeout: 1m30s, ok: 200, params: {b: 1, c: true, d: null}}",
		head + "    read: [{op: a, when: =true}, {static: text}]",
		head + "    write: {op: a, body: {json: [1, {b: [null]}]}}",
		head + "    list: {op: a, items: '', each: [{name: =item}]}",
	} {
		if err := validate(t, s, []byte(text)); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
	}
}
