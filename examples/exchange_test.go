package examples_test

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/examples/dropbox/intake"
	"github.com/ftpbridge/bridge/examples/invoices/billing"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/exchange"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite the requests in */testdata")

// now is the time of the services, and token what they want to see.
func now() time.Time { return time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC) }

const token = "secret"

// services are those of the examples that have one; the answers of the others are
// recorded.
func services(t *testing.T) map[string]http.Handler {
	t.Helper()
	invoices, err := billing.New(billing.Options{Book: billing.Sample(), Token: token, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	dropbox, err := intake.New(intake.Options{Dir: t.TempDir(), Token: token, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := dropbox.Close(); err != nil {
			t.Error(err)
		}
	})
	return map[string]http.Handler{"invoices": invoices, "dropbox": dropbox}
}

// bearer is the credential of all examples.
type bearer struct{}

func (bearer) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// TestExchanges plays what is done in the examples, with every request that it makes.
func TestExchanges(t *testing.T) {
	for _, file := range glob(t, "*/testdata/*.txtar") {
		t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) {
			name, _, _ := strings.Cut(filepath.ToSlash(file), "/")
			exchange.Play{
				File: file, Update: *update, Service: services(t)[name],
				Replace: map[*regexp.Regexp]string{
					regexp.MustCompile(`http://127\.0\.0\.1:\d+`):            "http://SERVER",
					regexp.MustCompile(`(uploads|blobs)/[0-9A-Za-z_-]{16,}`): "$1/ID",
					regexp.MustCompile(`(signature|sig)=[0-9A-Za-z_%-]+`):    "$1=SIGNATURE",
					regexp.MustCompile(`accepted as [0-9A-Za-z-]+`):          "accepted as TICKET",
				},
				Connect: func(srv *httptest.Server, _ string) storage.Backend {
					t.Cleanup(srv.Close)
					return connect(t, name, srv)
				},
			}.Run(t)
		})
	}
}

// connect puts the mapping of an example in front of a server.
func connect(t *testing.T, name string, srv *httptest.Server) storage.Backend {
	t.Helper()
	m, err := mapping.Load(filepath.Join(name, name+".map.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	u, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: srv.URL, ShowProblems: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	credentials := map[string]httpbackend.Credential{}
	for _, credential := range m.Auth {
		credentials[credential] = bearer{}
	}
	return u.Backend(httpbackend.Caller{Session: "s1", User: map[string]any{"id": "u-17"}, Credentials: credentials})
}
