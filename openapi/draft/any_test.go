package draft_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/draft"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

type object = map[string]any

var (
	someSegments = rapid.SampledFrom([]string{
		"v1", "api", "users", "users", "files", "orders", "a b", "..", "x:run", "{id}", "{id}", "{ID}", "{userId}", "{user-id}", "{item}", "{name}",
		"{path*}", "{a}.{b}", "{n}.json", "größe", "on", "a#b", "{from}", "%2F", "items(1)",
	})
	someMethods = rapid.SampledFrom([]string{"get", "get", "get", "put", "post", "delete", "patch", "head", "options", "trace"})
	someTypes   = rapid.SampledFrom([]string{"application/json", "application/hal+json", "text/csv", "application/octet-stream", "multipart/form-data",
		"application/x-www-form-urlencoded", "image/*", "*/*", "application/xml", "application/x-ndjson", "text/plain; charset=utf-8"})
	someNames = rapid.SampledFrom([]string{"id", "ID", "name", "order-no", "updated_at", "size", "items", "data", "value", "next", "@odata.nextLink",
		"_links", "_embedded", "meta", "type", "it's", "a/b~c", "in", "not", "page", "cursor", "permissions"})
	someParams = rapid.SampledFrom([]string{"page", "per_page", "cursor", "limit", "$skip", "offset", "id", "q", "X-Thing"})
	pathParams = regexp.MustCompile(`\{([^{}]*)\}`)
)

// someSchema draws a schema; it gets simpler on the way down.
func someSchema(t *rapid.T, depth int) object {
	kinds := []string{"string", "integer", "any", "time", "uuid", "enum", "binary"}
	if depth > 0 {
		kinds = append(kinds, "array", "array", "object", "object", "object")
	}
	switch kind := rapid.SampledFrom(kinds).Draw(t, "schema"); kind {
	case "any":
		return object{}
	case "time":
		return object{"type": "string", "format": "date-time"}
	case "uuid", "binary":
		return object{"type": "string", "format": kind}
	case "enum":
		return object{"type": "string", "enum": []string{"file", "dir"}}
	case "array":
		return object{"type": "array", "items": someSchema(t, depth-1)}
	case "object":
		properties := object{}
		for _, name := range rapid.SliceOfN(someNames, 0, 4).Draw(t, "properties") {
			properties[name] = someSchema(t, depth-1)
		}
		s := object{"type": "object", "properties": properties}
		if rapid.Bool().Draw(t, "closed") {
			s["additionalProperties"] = false
		}
		return s
	default:
		return object{"type": kind}
	}
}

func someContent(t *rapid.T) object {
	content := object{}
	for _, mediaType := range rapid.SliceOfN(someTypes, 0, 2).Draw(t, "types") {
		content[mediaType] = object{"schema": someSchema(t, 4)}
	}
	return content
}

func someOperation(t *rapid.T, path string, number int) object {
	var params []object
	for _, m := range pathParams.FindAllStringSubmatch(path, -1) {
		p := object{"name": m[1], "in": "path", "required": true, "schema": someSchema(t, 0)}
		if rapid.IntRange(0, 5).Draw(t, "multi") == 0 {
			p["x-ftp-multi-segment"] = true
		}
		params = append(params, p)
	}
	for _, name := range rapid.SliceOfNDistinct(someParams, 0, 2, rapid.ID[string]).Draw(t, "params") {
		params = append(params, object{
			"name": name, "in": rapid.SampledFrom([]string{"query", "header", "cookie"}).Draw(t, "in"),
			"required": rapid.IntRange(0, 4).Draw(t, "required") == 0, "schema": someSchema(t, 0),
		})
	}
	op := object{"parameters": params, "responses": object{"200": object{
		"description": "ok", "content": someContent(t), "headers": rapid.SampledFrom([]object{{}, {"Link": object{"schema": object{"type": "string"}}}}).Draw(t, "headers"),
	}}}
	if rapid.Bool().Draw(t, "id") {
		op["operationId"] = rapid.SampledFrom([]string{"op", "op: ", "# op", "op/", "=op", "{op}", "on\nop"}).Draw(t, "operationId") + fmt.Sprint(number)
	}
	if content := someContent(t); len(content) > 0 && rapid.Bool().Draw(t, "body") {
		op["requestBody"] = object{"required": rapid.Bool().Draw(t, "bodyRequired"), "content": content}
	}
	if rapid.Bool().Draw(t, "summary") {
		op["summary"] = rapid.String().Draw(t, "summaryText")
	}
	return op
}

func someDocument(t *rapid.T) []byte {
	paths := object{}
	for i := range rapid.IntRange(0, 8).Draw(t, "operations") {
		path := "/" + strings.Join(rapid.SliceOfN(someSegments, 0, 4).Draw(t, "path"), "/")
		item, ok := paths[path].(object)
		if !ok {
			item = object{}
			paths[path] = item
		}
		item[someMethods.Draw(t, "method")] = someOperation(t, path, i)
	}
	doc := object{
		"openapi": rapid.SampledFrom([]string{"3.0.3", "3.1.0"}).Draw(t, "version"),
		"info":    object{"title": "any", "version": "1"}, "paths": paths,
	}
	if url := rapid.SampledFrom([]string{"", "/", "https://api.example/{x}", "https://api.example"}).Draw(t, "server"); url != "" {
		server := object{"url": url}
		if strings.Contains(url, "{x}") {
			server["variables"] = object{"x": object{"default": "y"}}
		}
		doc["servers"] = []object{server}
	}
	data, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// The draft of any document loads, and mentions every operation.
func TestAnyDocument(t *testing.T) {
	dir := t.TempDir()
	valid := 0
	rapid.Check(t, func(t *rapid.T) {
		data := someDocument(t)
		if err := os.WriteFile(filepath.Join(dir, "api.json"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		d, err := openapi.Open(dir, "api.json")
		if err != nil {
			return // not a valid document
		}
		valid++
		name := filepath.Join(dir, "api.map.yaml")
		text, err := draft.Mapping(name, "./api.json", d)
		if err != nil {
			t.Fatalf("%v\nof %s", err, data)
		}
		if _, err := mapping.Parse(name, text); err != nil {
			t.Fatalf("the draft does not load: %v\n%s\nof %s", err, text, data)
		}
		for _, info := range d.Operations() {
			if !mentioned(string(text), info) {
				t.Fatalf("%q is not mentioned in\n%s\nof %s", info.Name(), text, data)
			}
		}
	})
	if valid == 0 {
		t.Error("no valid document was drawn")
	}
	t.Logf("%d valid documents", valid)
}

// mentioned looks for the name of an operation, as text or as YAML writes it.
func mentioned(text string, info *openapi.OperationInfo) bool {
	quoted, _ := json.Marshal(info.Name()) // text can be encoded
	for _, name := range []string{info.Name(), strings.Join(strings.Fields(info.Name()), " "), strings.Trim(string(quoted), `"`)} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// A large document is drafted too, and most of it is of use.
func TestLargeDocument(t *testing.T) {
	paths := object{}
	const n = 300
	item := object{"type": "object", "properties": object{"id": object{"type": "string"}, "updated_at": object{"type": "string", "format": "date-time"}}}
	answer := func(schema object) object {
		return object{"200": object{"description": "ok", "content": object{"application/json": object{"schema": schema}}}}
	}
	id := []object{{"name": "id", "in": "path", "required": true, "schema": object{"type": "string"}}}
	for i := range n {
		name := fmt.Sprintf("/things%d", i)
		paths[name] = object{"get": object{"operationId": fmt.Sprint("list", i), "responses": answer(object{"type": "array", "items": item})}}
		paths[name+"/{id}"] = object{
			"get":    object{"operationId": fmt.Sprint("get", i), "parameters": id, "responses": answer(item)},
			"delete": object{"operationId": fmt.Sprint("delete", i), "parameters": id, "responses": object{"204": object{"description": "gone"}}},
		}
	}
	data, err := json.Marshal(object{"openapi": "3.0.3", "info": object{"title": "large", "version": "1"}, "paths": paths})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "api.json"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := openapi.Open(dir, "api.json")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "api.map.yaml")
	text, err := draft.Mapping(name, "./api.json", d)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Parse(name, text)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Routes) != 2*n {
		t.Errorf("%d routes, want %d", len(m.Routes), 2*n)
	}
	r, ok := m.Resolve("/things7/a.json", mapping.Delete)
	if !ok || r.Calls[0].Operation.Name() != "delete7" {
		t.Errorf("delete of /things7/a.json leads to %v, %v", r, ok)
	}
}
