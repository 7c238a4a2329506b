package httpbackend_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

const invoices = `
routes:
  - path: /invoices/{customer}/
    list:
      http: {url: "/invoices/{customer}"}
      items: /l
      each:
        - {route: year, when: "=item.kind == 'year'", bind: {y: =item.y}}
        - {route: invoice, when: "=item.kind != 'note'", bind: {year: =item.year, number: "=item.id + 0"}, size: =item.bytes, save: {id: =item.key, tag: "{customer}-{item.id}"}}
  - {path: "/invoices/{customer}/{y}-all/", id: year, list: {http: {url: "/invoices/{customer}/{y}"}, items: /l, each: [{name: =item.n}]}}
  - {path: "/invoices/{customer}/2024-no{number}.csv", read: {http: {url: "/archive/{number}"}}}
  - {path: "/invoices/{customer}/2026-no5.csv", delete: {http: {method: DELETE, url: "/docs/5"}}}
  - {path: "/invoices/{customer}/{year}-no{number}.csv", id: invoice, read: {http: {url: "/docs/{id}/{tag}"}}}
`

// Entries that are paths of a route have the names that its template makes, are
// directories if it is one, and keep what the rule saves for calls on them. Names
// that lead to another route when they are opened are left out.
func TestRulesOfRoutes(t *testing.T) {
	var log bytes.Buffer
	var asked []string
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		if strings.HasPrefix(r.URL.Path, "/docs/") {
			_, _ = w.Write([]byte("content"))
			return
		}
		_, _ = w.Write([]byte(`{"l":[
			{"kind":"year","y":"2025"},
			{"kind":"invoice","year":"2026","id":7,"key":"k7","bytes":"12"},
			{"kind":"note"},
			{"kind":"invoice","year":"2026","id":5},
			{"kind":"invoice","year":"2024","id":1},
			{"kind":"invoice","year":"20/26","id":8},
			{"kind":"invoice","year":null,"id":9},
			{"kind":"invoice","year":"a-nob","id":10},
			{"kind":"invoice","year":"2026","id":7,"key":"other"}]}`))
	}), func(o *httpbackend.Options) {
		o.Mapping = parseMapping(t, invoices)
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	})
	got, err := listAll(t, b, "/invoices/acme")
	if err != nil {
		t.Fatal(err)
	}
	want := []storage.Entry{
		{Name: "2025-all", Type: storage.Dir, Size: storage.UnknownSize},
		{Name: "2026-no7.csv", Size: 12},
		{Name: "2026-no5.csv", Size: storage.UnknownSize},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if text := log.String(); !strings.Contains(text, "count=5 doubled=1") || !strings.Contains(text, "2024-no{number}.csv takes this path") || strings.Count(text, "\n") != 1 {
		t.Errorf("log %q", text)
	}
	if content := read(t, b, "/invoices/acme/2026-no7.csv", 0); content != "content" {
		t.Errorf("content %q", content)
	}
	if last := asked[len(asked)-1]; last != "/docs/k7/acme-7" {
		t.Errorf("asked %s", last)
	}
}
