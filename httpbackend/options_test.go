package httpbackend_test

import (
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestOptionsThatAreWrong(t *testing.T) {
	m, err := filesPreset()
	if err != nil {
		t.Fatal(err)
	}
	for want, o := range map[string]httpbackend.Options{
		"Options.Mapping is nil":       {Server: "https://x"},
		"no server":                    {Mapping: m},
		"want an http or https URL":    {Mapping: m, Server: "ftp://x"},
		"with a host":                  {Mapping: m, Server: "/v1"},
		"a user in the URL":            {Mapping: m, Server: "https://u:secret@x"},
		"a query or fragment":          {Mapping: m, Server: "https://x?key=secret"},
		"not a URL":                    {Mapping: m, Server: "https://secret\x7f"},
		"Options.MaxPages is negative": {Mapping: m, Server: "https://x", MaxPages: -1},
		"which needs bearer":           {Mapping: m, Server: "https://x", Credentials: []string{"apiKey"}},
	} {
		_, err := httpbackend.New(o)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

func TestServerOfTheOptionsAndItsPath(t *testing.T) {
	m := &mapping.Mapping{Server: "https://x"}
	if _, err := httpbackend.New(httpbackend.Options{Mapping: m}); err != nil {
		t.Errorf("the server of the mapping is not taken: %v", err)
	}
	var asked string
	b := serveRaw(t, func(c *rawConn) {
		if r := c.request(); r != nil {
			asked = r.RequestURI
			c.write("HTTP/1.1 204 No Content\r\n\r\n")
		}
	}, func(o *httpbackend.Options) { o.Server += "/api%20x/" })
	if err := b.Delete(t.Context(), "/f"); err != nil || asked != "/api%20x/v1/files/f" {
		t.Errorf("asked for %s, %v", asked, err)
	}
}

func TestCallerWithoutACredential(t *testing.T) {
	m, err := filesPreset()
	if err != nil {
		t.Fatal(err)
	}
	u, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	err = u.Backend(httpbackend.Caller{Session: "s1"}).Delete(t.Context(), "/f")
	wantKind(t, err, storage.Unauthenticated)
}
