package openapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
)

// largeSize is the least size of the documents that the measurements load.
const largeSize = 5 << 20

// largeFiles writes one document with 500 operations as YAML and as JSON.
func largeFiles(tb testing.TB) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	doc := largeDocument()
	var y bytes.Buffer
	writeYAML(&y, doc, "")
	j, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		tb.Fatal(err)
	}
	for name, data := range map[string][]byte{"large.yaml": y.Bytes(), "large.json": j} {
		if len(data) < largeSize {
			tb.Fatalf("%s has only %d bytes", name, len(data))
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

type object = map[string]any

// largeDocument has 250 resources with two operations each. Their schemas refer to
// each other, and to themselves, as those of real documents do.
func largeDocument() object {
	const resources, fields = 250, 58
	paths, schemas := object{}, object{}
	for i := range resources {
		name := fmt.Sprintf("resource%03d", i)
		properties := object{"parent": ref(name), "neighbour": ref(fmt.Sprintf("resource%03d", (i+1)%resources))}
		for f := range fields {
			properties[fmt.Sprintf("field_%02d", f)] = object{
				"type": "string", "format": "date-time", "nullable": f%2 == 0, "maxLength": 255,
				"description": "What is kept in field " + fmt.Sprint(f) + " of the resource: " + strings.Repeat("some words about it ", 5),
				"example":     "2026-03-30T08:15:00Z",
			}
		}
		schemas[name] = object{"type": "object", "required": []any{"field_00", "field_01"}, "properties": properties}
		list := object{"type": "object", "properties": object{"data": object{"type": "array", "items": ref(name)}, "next": object{"type": "string"}}}
		paths["/"+name] = object{
			"get":  operation("list_"+name, "List what there is", list, nil),
			"post": operation("create_"+name, "Create one", ref(name), ref(name)),
		}
	}
	return object{
		"openapi": "3.0.3", "info": object{"title": "large", "version": "1.0.0"},
		"servers": []any{object{"url": "https://api.example.com/v1"}},
		"paths":   paths, "components": object{"schemas": schemas},
	}
}

func ref(name string) object { return object{"$ref": "#/components/schemas/" + name} }

func operation(id, summary string, answer, body object) object {
	o := object{
		"operationId": id, "summary": summary, "tags": []any{"large"},
		"parameters": []any{
			object{"name": "page", "in": "query", "schema": object{"type": "integer", "minimum": 1}},
			object{"name": "X-Trace", "in": "header", "schema": object{"type": "string"}},
		},
		"responses": object{
			"200":     object{"description": "It worked", "content": object{"application/json": object{"schema": answer}}},
			"default": object{"description": "It did not"},
		},
	}
	if body != nil {
		o["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": body}}}
	}
	return o
}

// writeYAML writes v in block style, as people do.
func writeYAML(w *bytes.Buffer, v any, indent string) {
	switch x := v.(type) {
	case object:
		for _, key := range sortedKeys(x) {
			fmt.Fprintf(w, "\n%s%s:", indent, yamlScalar(key))
			writeYAML(w, x[key], indent+"  ")
		}
	case []any:
		for _, item := range x {
			fmt.Fprintf(w, "\n%s-", indent)
			writeYAML(w, item, indent+"  ")
		}
	default:
		fmt.Fprintf(w, " %s", yamlScalar(v))
	}
}

func yamlScalar(v any) string {
	if s, ok := v.(string); ok && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") != "" {
		return "'" + s + "'"
	}
	return fmt.Sprint(v)
}

func sortedKeys[V any](o map[string]V) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func BenchmarkOpenLarge(b *testing.B) {
	dir := largeFiles(b)
	for _, name := range []string{"large.yaml", "large.json"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d, err := openapi.Open(dir, name)
				if err != nil {
					b.Fatal(err)
				}
				if n := len(d.OperationNames()); n != 500 {
					b.Fatalf("%d operations", n)
				}
			}
		})
	}
}
