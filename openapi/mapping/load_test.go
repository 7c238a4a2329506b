package mapping_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// header begins a mapping on the native contract.
const header = "ftpmap: 1\nopenapi: builtin:storage.v1\nroutes:\n"

func parse(t *testing.T, routes string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse("x.map.yaml", []byte(header+routes))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestLoadFindsTheDocumentBesideTheMapping(t *testing.T) {
	dir := t.TempDir()
	doc, err := openapi.Builtin("storage.v1")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(header, "builtin:storage.v1", "./api.yaml", 1) +
		"  - {path: /{p...}, read: {op: readFile, params: {path: =p}}}\n"
	text = strings.Replace(text, "routes:", "server: {url: \"https://files.example/v1\"}\nauth: {bearer: jwt}\nroutes:", 1)
	text = strings.Replace(text, "path: /{p...}", "path: \"/{p...}\"", 1)
	for name, data := range map[string]string{"api.yaml": string(doc), "x.map.yaml": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := mapping.Load(filepath.Join(dir, "x.map.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if m.Server != "https://files.example/v1" || m.Credential("bearer") != "jwt" || m.Credential("other") != "other" {
		t.Errorf("%+v", m)
	}
	if _, err := mapping.Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

func TestSpecificRoutesComeFirst(t *testing.T) {
	m := parse(t, `
  - path: /{path...}
    read: {op: readFile}
    delete: {op: deleteFile}
  - path: /in/{name}
    read: {op: readFile, params: {path: "lower/{name}"}}
  - path: /in/README
    read: {op: readFile, params: {path: readme}}
`)
	for path, want := range map[string]string{
		"/in/README": "/v1/files/readme", "/in/other": "/v1/files/lower/other", "/in/a/b": "/v1/files/in/a/b", "/": "/v1/files/",
	} {
		at, ok := m.Resolve(path, mapping.Read)
		if !ok {
			t.Errorf("no call for %s", path)
			continue
		}
		r, err := at.Calls[0].Request(mapping.Scope(at.Vars))
		if err != nil || r.Path != want {
			t.Errorf("%s asks for %v (%v), want %s", path, r, err, want)
		}
	}
	if at, ok := m.Resolve("/in/README", mapping.Delete); !ok || at.Vars["path"] != "in/README" {
		t.Errorf("a verb that only the wider route has: %v", at)
	}
	if _, ok := m.Resolve("/x", mapping.Rename); ok {
		t.Error("a verb that no route has is found")
	}
}

func TestRequestValues(t *testing.T) {
	m := parse(t, `
  - path: /{path...}
    list:
      op: list
      params: {limit: 7, query.cursor: "=user.claims.n + 1"}
      items: /entries
      each: [{name: =item.name}]
    write:
      op: writeFile
      body: stream
      params: {header.if-match: "v-{session.id}"}
    rename: {op: rename, body: {json: {from: "{from.path}", to: =to.path, list: [1, true, null, {a: "=1.5"}]}}}
    mtime: {op: patchFile, content_type: application/merge-patch+json, body: {json: {modified: =iso(ftp.mtime), at: =unix(ftp.mtime), ms: =unixms(ftp.mtime)}}}
`)
	at := time.Date(2026, 3, 31, 22, 0, 0, 5e6, time.FixedZone("", 3600))
	sc := mapping.Scope{
		"path": "a b/ü%2F;#?", "session": map[string]any{"id": "s1"}, "user": map[string]any{"claims": map[string]any{"n": int64(1) << 60}},
		"from": map[string]any{"path": "=1+1 {user.name}"}, "to": map[string]any{"path": `"}`}, "ftp": map[string]any{"mtime": at},
	}
	for verb, want := range map[mapping.Verb]string{
		mapping.List:    "GET /v1/list/a%20b/%C3%BC%252F%3B%23%3F?cursor=1152921504606846977&limit=7 ",
		mapping.Write:   "PUT /v1/files/a%20b/%C3%BC%252F%3B%23%3F? v-s1",
		mapping.Rename:  `POST /v1/rename? {"from":"=1+1 {user.name}","list":[1,true,null,{"a":1.5}],"to":"\"}"}`,
		mapping.SetTime: `PATCH /v1/files/a%20b/%C3%BC%252F%3B%23%3F? {"at":1774990800,"modified":"2026-03-31T21:00:00.005Z","ms":1774990800005}`,
	} {
		at, _ := m.Resolve("/x", verb)
		r, err := at.Calls[0].Request(sc)
		if err != nil {
			t.Errorf("%s: %v", verb, err)
			continue
		}
		got := r.Method + " " + r.Path + "?" + r.Query.Encode() + " " + r.Header.Get("If-Match") + string(r.Content)
		if got != want {
			t.Errorf("%s: %s\nwant %s", verb, got, want)
		}
	}
}

func TestValuesThatCannotBeSent(t *testing.T) {
	m := parse(t, `
  - path: /{path...}
    read: {op: readFile}
    write: {op: writeFile, body: stream, params: {If-Match: =ftp.name}}
`)
	for _, path := range []string{"..", "a/../b", "a//b", "."} {
		at, _ := m.Resolve("/x", mapping.Read)
		if r, err := at.Calls[0].Request(mapping.Scope{"path": path}); !errors.Is(err, mapping.ErrValue) {
			t.Errorf("%q: %v %v", path, r, err)
		}
	}
	for _, name := range []string{"a\r\nX-Evil: 1", "ü", "\x7f"} {
		at, _ := m.Resolve("/x", mapping.Write)
		if r, err := at.Calls[0].Request(mapping.Scope{"path": "x", "ftp": map[string]any{"name": name}}); !errors.Is(err, mapping.ErrValue) {
			t.Errorf("%q: %v %v", name, r, err)
		}
	}
}

func TestUsesOfItems(t *testing.T) {
	for value, want := range map[string]string{
		"=item.name":                        "/name",
		"=item.owner.login":                 "/owner/login",
		"='a' + item.a.b + string(item.c)":  "/a/b /c",
		`=item["size"]`:                     "/size",
		"=item.owner?.login ?? 'x'":         "/owner/login",
		"=item.a[item.b]":                   "/a /b",
		"=len(filter(item.tags, # == 'a'))": "/tags",
		"=item":                             "",
		"=len(item)":                        "",
		"{item.a}-{item.b.c}-{path}":        "/a /b/c",
		"literal":                           "none",
		"=path":                             "none",
	} {
		m := parse(t, "\n  - path: \"/{path...}\"\n    list: {http: {url: /list}, items: /entries, each: [{name: '"+strings.ReplaceAll(value, "'", "''")+"'}]}\n")
		var uses []string
		for _, p := range m.Routes[0].Calls[mapping.List][0].Listings[0].Rules[0].Name.Uses() {
			uses = append(uses, p.String())
		}
		got := strings.Join(uses, " ")
		if uses == nil {
			got = "none"
		}
		if got != want {
			t.Errorf("%s uses %q, want %q", value, got, want)
		}
	}
}

// FuzzParse holds that faults have a place, and that what loads can be shown, and loads
// again from what was shown.
func FuzzParse(f *testing.F) {
	f.Add("  - path: /{path...}\n    read: {op: readFile}\n")
	f.Add("  - path: /{a}/{b:int}.csv\n    read: {static: \"a: b # c\"}\n    list: null\n")
	f.Add("  - path: \"/{a}\"\n    write: [{http: {method: PUT, url: \"/{a}?x='y'\"}, body: stream, when: \"=a != 'b'\"}]\n")
	f.Fuzz(func(t *testing.T, routes string) {
		text := []byte("ftpmap: 1\nroutes:\n" + routes)
		_, err := mapping.Parse("x", text)
		if err != nil {
			problems, ok := errors.AsType[openapi.Problems](err)
			if !ok || len(problems) == 0 {
				t.Fatalf("%q: %v", routes, err)
			}
			for _, p := range problems {
				if p.Pos.File == "" || p.Text == "" || strings.Contains(p.Text, "\n") {
					t.Errorf("%q: %q", routes, p)
				}
			}
			return
		}
		var shown bytes.Buffer
		if err := mapping.Show("x", text, &shown); err != nil {
			t.Fatalf("%q: %v", routes, err)
		}
		if _, err := mapping.Parse("x", shown.Bytes()); err != nil {
			t.Errorf("%q loads, and not what is shown of it: %v\n%s", routes, err, shown.Bytes())
		}
	})
}
