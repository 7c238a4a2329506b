package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// key is a credential.
type key string

func (k key) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", string(k))
	return nil
}

// A further page on the server is asked for with all that the first was; elsewhere
// nothing secret goes, and to places that the mapping does not list nothing at all.
func TestNextPage(t *testing.T) {
	var got []string
	note := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, strings.Join([]string{r.RequestURI, r.Header.Get("Authorization"), r.Header.Get("Cookie")}, " "))
	})
	own, other := httptest.NewServer(note), httptest.NewServer(note)
	defer own.Close()
	defer other.Close()
	m, err := mapping.Parse("x.map.yaml", []byte(`
ftpmap: 1
auth: key
origins: ["`+other.URL+`", "http://169.254.169.254"]
routes:
  - path: /
    list: {http: {url: /list}, params: {cookie.sid: s3cret, limit: 5}, items: "", each: [{name: =item}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	u, err := New(Options{Mapping: m, Server: own.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	b := u.Backend(Caller{Session: "s", Credentials: map[string]Credential{"key": key("k")}}).(*Backend)
	for next, want := range map[string]string{
		own.URL + "/list?page=2&sig=%2f":   "/list?page=2&sig=%2f k sid=s3cret",
		other.URL + "/list?page=2&sig=%2f": "/list?page=2&sig=%2f  ",
		"http://169.254.169.254/latest":    "",
		"http://elsewhere.example/":        "",
		"ftp://127.0.0.1/":                 "",
	} {
		got = nil
		target, err := b.resolve(storage.OpList, mapping.List, "/")
		if err != nil {
			t.Fatal(err)
		}
		x := target.exchange(target.calls[0])
		x.next = next
		resp, err := b.do(t.Context(), x)
		if err == nil {
			discard(resp)
		} else if !errors.Is(err, errForbidden) || storage.KindOf(err) != storage.Internal {
			t.Errorf("%s: %v", next, err)
		}
		if s := strings.Join(got, "; "); s != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", next, s, err)
		}
	}
}
