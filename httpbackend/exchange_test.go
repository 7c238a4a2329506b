package httpbackend_test

import (
	"flag"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/exchange"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite the requests in testdata/exchanges")

// TestExchanges plays testdata/exchanges, of the files preset where a file has no
// mapping of its own.
func TestExchanges(t *testing.T) {
	files, err := filepath.Glob("testdata/exchanges/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no exchanges: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			exchange.Play{File: file, Update: *update, Connect: func(srv *httptest.Server, text string) storage.Backend {
				return connect(t, srv, &bearer{token: "secret"}, func(o *httpbackend.Options) {
					o.ShowProblems = true
					if text == "" {
						return
					}
					m, err := mapping.Parse("x.map.yaml", []byte(text))
					if err != nil {
						t.Fatal(err)
					}
					o.Mapping = m
				})
			}}.Run(t)
		})
	}
}
