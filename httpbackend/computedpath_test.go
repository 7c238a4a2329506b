package httpbackend_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// A path that is computed goes to the server with its credentials. One that would lead
// out of the server's own path, or to something else than it says, is not sent, and
// says nothing of the upstream.
func TestComputedPathThatLeadsElsewhere(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "content") })
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /{name}
    read: {http: {url: "='/o/' + urldec(name)"}}
`), func(o *httpbackend.Options) { o.BreakerFailures = 2 })
	for _, name := range []storage.Path{"/..%2F..%2Fadmin", "/%252e%252E%2Fadmin", "/a%23b", "/%25zz", "/a%0ab", "/x%2F.", "/%25zz"} {
		r, err := b.Open(t.Context(), name, 0)
		if err == nil {
			_ = r.Close()
			t.Errorf("%s: sent", name)
		} else if storage.KindOf(err) != storage.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	p.want(t, "refused")
	if got := read(t, b, "/a%20b..c%3Fd=%2F..", 0); got != "content" {
		t.Errorf("read %q", got)
	}
	p.want(t, "sent", "GET /o/a%20b..c?d=/.. Authorization=Bearer secret")
}
