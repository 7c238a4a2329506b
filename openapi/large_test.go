package openapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/ftpbridge/bridge/openapi"
)

// largeSize is the least size of the documents that the measurements load.
const largeSize = 5 << 20

// largeFiles writes one document with 500 operations as YAML and as JSON; see
// largeDocument for ring.
func largeFiles(tb testing.TB, ring int) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	doc := largeDocument(ring)
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
// themselves and to the next, as those of real documents do, and the last one of each
// ring to its first.
func largeDocument(ring int) object {
	const resources, fields = 250, 58
	paths, schemas := object{}, object{}
	for i := range resources {
		name := fmt.Sprintf("resource%03d", i)
		properties := object{"parent": ref(name), "neighbour": ref(fmt.Sprintf("resource%03d", i/ring*ring+(i+1)%ring))}
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

func BenchmarkOpenLarge(b *testing.B) {
	dir := largeFiles(b, 250)
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

// heap is what is in use after everything that is not has been collected.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what finalizers and pools held the first time
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestReleaseGivesUpWhatWasNotAskedFor(t *testing.T) {
	dir := largeFiles(t, 10)
	before := heap()
	d, err := openapi.Open(dir, "large.json")
	if err != nil {
		t.Fatal(err)
	}
	loaded := heap() - before
	if _, ok := d.Operation("create_resource000"); !ok {
		t.Fatal("no operation create_resource000")
	}
	d.Release()
	held := heap() - before
	t.Logf("%d KiB loaded, %d KiB held after Release", loaded>>10, held>>10)
	if loaded < largeSize/2 || held > loaded/10 {
		t.Errorf("%d of %d bytes are held", held, loaded)
	}
	if o, ok := d.Operation("POST /resource000"); !ok || o.AnswerSchema().Properties["neighbour"].Properties["field_07"].Format != "date-time" {
		t.Error("what was asked for is gone")
	}
	if _, ok := d.Operation("create_resource001"); ok {
		t.Error("an operation is found that should be gone")
	}
	if n := len(d.OperationNames()); n != 500 {
		t.Errorf("%d names", n)
	}
}

func TestOperationsMayBeAskedForTogether(t *testing.T) {
	d, err := openapi.Open("", "builtin:storage.v1")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, name := range d.OperationNames() {
				if o, ok := d.Operation(name); !ok || describe(o.AnswerSchema(), 5) == "" {
					t.Errorf("%s is missing", name)
				}
			}
		})
	}
	wg.Wait()
}
