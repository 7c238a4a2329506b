package httpbackend_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

const copying = `
routes:
  - path: /{path...}
    tree: true
    stat: {http: {method: HEAD, url: "/{path...}"}}
    rename:
      steps:
        - {http: {method: PUT, url: "/{target...}"}, params: {path.target: =to.path}}
        - http: {method: DELETE, url: "/{path...}"}
`

// Stores of objects rename by a copy and a deletion, which would be the end of a file
// that is given its own name.
func TestRenameToItselfKeepsTheFile(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/none" {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	b := connect(t, p.Server, &bearer{token: "t"}, mapped(t, copying))
	if err := b.Rename(t.Context(), "/a", "/a"); err != nil {
		t.Error(err)
	}
	wantKind(t, b.Rename(t.Context(), "/none", "/none"), storage.NotFound)
	wantKind(t, b.Rename(t.Context(), "/a", "/a/b"), storage.InvalidName)
	p.want(t, "renamed in vain", "HEAD /a Authorization=Bearer t", "HEAD /none Authorization=Bearer t")
	p.got = nil
	if err := b.Rename(t.Context(), "/a", "/ab"); err != nil {
		t.Error(err)
	}
	p.want(t, "renamed", "PUT /ab Authorization=Bearer t", "DELETE /a Authorization=Bearer t")
}

// A condition that guards a deletion and cannot be computed, since the answer is not
// what the mapping expects, does not let the deletion pass.
func TestUncomputableGuard(t *testing.T) {
	for _, body := range []string{`{}`, `[]`, `"text"`, `{"entries": 7}`} {
		p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
		b := connect(t, p.Server, &bearer{token: "t"}, mapped(t, `
routes:
  - path: /{path...}
    tree: true
    rmdir:
      steps:
        - http: {url: "/{path...}"}
          errors: [{status: 2xx, when: "=len(item.entries) > 0", kind: not-empty}]
        - http: {method: DELETE, url: "/{path...}"}
`))
		wantKind(t, b.RemoveDir(t.Context(), "/d"), storage.Internal)
		p.want(t, body, "GET /d Authorization=Bearer t")
	}
}

// The root is there to stay: a service that deletes whole trees would be empty after
// the request that its path makes.
func TestRootStays(t *testing.T) {
	p := newPlace(t, func(http.ResponseWriter, *http.Request) {})
	b := connect(t, p.Server, &bearer{token: "t"}, mapped(t, copying+`
    write:  {http: {method: PUT, url: "/{path...}"}, body: stream}
    create: {http: {method: PUT, url: "/{path...}"}, body: stream}
    delete: {http: {method: DELETE, url: "/{path...}"}}
    mkdir:  {http: {method: MKCOL, url: "/{path...}"}}
    rmdir:  {http: {method: DELETE, url: "/{path...}/"}}
`))
	wantKind(t, b.Delete(t.Context(), "/"), storage.IsDir)
	wantKind(t, b.RemoveDir(t.Context(), "/"), storage.Denied)
	wantKind(t, b.MakeDir(t.Context(), "/"), storage.Exists)
	wantKind(t, b.Rename(t.Context(), "/", "/a"), storage.Denied)
	wantKind(t, b.Rename(t.Context(), "/a", "/"), storage.Denied)
	for _, mode := range []storage.PutMode{storage.Replace, storage.Create} {
		_, err := b.Put(t.Context(), "/", strings.NewReader("x"), storage.PutOptions{Mode: mode})
		wantKind(t, err, storage.IsDir)
	}
	p.want(t, "the root")
}
