package httpbackend_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// Once a call has given something away, its failure is not passed over: what another
// call says would be taken for the rest of it.
func TestElseOnAfterTheFirstPage(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/old":
			_, _ = io.WriteString(w, `{"items":[{"name":"z"},{"name":"y"}]}`)
		case r.URL.Query().Get("at") == "":
			_, _ = io.WriteString(w, `{"items":[{"name":"a"}],"next":"2"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	const paged = `{http: {url: /new}, else_on: 404, items: /items, page: {cursor: {param: at, from: /next}}, `
	b := serve(t, h, mapped(t, `
routes:
  - path: /
    list:
      - `+paged+`each: [{name: =item.name}]}
      - {http: {url: /old}, items: /items, each: [{name: =item.name}]}
  - path: /all.csv
    read:
      - `+paged+`render: {csv: [{head: name, value: =item.name}]}}
      - {http: {url: /old}, items: /items, render: {csv: [{head: name, value: =item.name}]}}
`))
	entries, err := listAll(t, b, "/")
	if storage.KindOf(err) != storage.NotFound || err == nil {
		t.Errorf("listed %v, %v", entries, err)
	}
	if r, err := b.Open(t.Context(), "/all.csv", 10); err == nil {
		text, err := io.ReadAll(r)
		t.Errorf("read %q, %v", text, err)
	}
}

// An answer that leads elsewhere is an answer, whatever it says of the way: it has its
// kind, and does not make the upstream look down.
func TestUploadThatIsRedirected(t *testing.T) {
	for _, location := range []string{"/there", "http://[", "%zz"} {
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPut {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Location", location)
				w.WriteHeader(http.StatusTemporaryRedirect)
			}
		})
		b := serve(t, h, writing(t, `{http: {method: PUT, url: "/o/{name}"}, body: stream}`), func(o *httpbackend.Options) { o.BreakerFailures = 2 })
		for range 4 {
			_, err := b.Put(t.Context(), "/f", strings.NewReader(strings.Repeat("x", 300<<10)), storage.PutOptions{})
			if err == nil || storage.KindOf(err) != storage.Internal || !strings.Contains(err.Error(), "307") {
				t.Errorf("to %s: %v", location, err)
			}
		}
	}
}
