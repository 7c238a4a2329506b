package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.schema.json")
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
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// TestJSONSchemaFile compares the file in docs with the keys; -update rewrites it.
func TestJSONSchemaFile(t *testing.T) {
	name := filepath.Join("..", "..", "docs", "schema", "config.schema.json")
	if *update {
		write(t, name, string(JSONSchema()))
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, JSONSchema()) {
		t.Errorf("%s differs from the keys; run go test ./internal/config -update", name)
	}
}

func TestConfigurationsOfTheRepositoryAreValid(t *testing.T) {
	s, found := compiledSchema(t), 0
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "bridge.yaml") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found++
		if err := validate(t, s, data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Fatalf("%d files, error %v", found, err)
	}
}

// TestFaultyConfigurationsAreNotValid takes the files whose mistakes are of form: an
// unknown key, a list for a value.
func TestFaultyConfigurationsAreNotValid(t *testing.T) {
	s := compiledSchema(t)
	for _, name := range []string{"unknown-keys", "wrong-forms", "not-a-group", "bad-values"} {
		a, err := txtar.ParseFile(filepath.Join("testdata", "mistakes", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "bridge.yaml" && validate(t, s, f.Data) == nil {
				t.Errorf("%s is valid by the schema", name)
			}
		}
	}
}

func TestJSONSchemaTakesVariablesAndScalars(t *testing.T) {
	s := compiledSchema(t)
	for text, want := range map[string]bool{
		"ftp: {tls: {mode: '${MODE}'}}":                          true,
		"ftp: {tls: {mode: sometimes}}":                          false,
		"ftp: {limits: {sessions: '${N}'}}":                      true,
		"ftp: {limits: {sessions: many}}":                        false,
		"ftp: {limits: {sessions: 5}}":                           true,
		"ftp: {listen: 0.0.0.0:21}":                              true,
		"ftp: {listen: ['0.0.0.0:21']}":                          true,
		"ftp: {mlsd_self: yes please}":                           false,
		"auth: {webhook: {}}":                                    false,
		"auth: [{webhook: {url: x}}]":                            true,
		"backend: {credentials: {a: none}}":                      true,
		"backend: {credentials: {a: nobody}}":                    false,
		"backend: {credentials: {a: {static: {value: '${V}'}}}}": true,
	} {
		if err := validate(t, s, []byte(text)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}
