package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/internal/verify"
)

// spoilt is a service that misbehaves in one way, and the checks that must find it.
type spoilt struct {
	name    string
	handler func(*world) http.Handler
	finds   []string
	options verify.Options
}

var spoiltServices = []spoilt{
	{
		name: "keeps half uploads", handler: keepsHalf,
		finds: []string{
			"cut short in the middle: new file", "cut short in the middle: old file", "cut short in the middle: append",
			"an upload that is cancelled",
		},
	},
	{
		name: "ignores Range", handler: ignoresRange, // the bridge drops what comes before the offset
	},
	{
		name: "answers another range", handler: wrongRange,
		finds: []string{"read from an offset"},
	},
	{
		name: "deletes recursively", handler: deletesAll,
		finds: []string{"rmdir of a folder with a file in it"},
	},
	{
		name: "lists names twice", handler: listsTwice, options: verify.Options{Files: 3},
		finds: []string{"list of the root"},
	},
	{
		name: "forgets a page", handler: forgetsOne,
		finds: []string{"list of many files"},
	},
	{
		name: "tells wrong sizes", handler: wrongSizes,
		finds: []string{"sizes and times: stat agrees with list"},
	},
	{
		name: "answers HTML", handler: func(*world) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				io.WriteString(w, "<!doctype html><title>Welcome</title>")
			})
		},
		finds: []string{"stat of the root", "list of the root"},
	},
	{
		name: "hangs", options: verify.Options{Limit: 50 * time.Millisecond},
		handler: func(*world) http.Handler {
			return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body) // so that the server sees the client leave
				<-r.Context().Done()
			})
		},
		finds: []string{"stat of the root", "list of the root"},
	},
	{
		name: "takes no credential", handler: func(*world) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
		},
		finds: []string{"stat of the root", "list of the root"},
	},
	{
		name: "replaces where it should not", handler: ignoresConditions,
		finds: []string{"create on a taken name"},
	},
	{
		name: "decodes names twice", handler: decodesTwice,
		finds: []string{"a name with %", "a name with a literal %2F"},
	},
	{
		name: "mkdir says yes to everything", handler: mkdirAlways,
		finds: []string{"mkdir again"},
	},
	{
		name: "delete says yes to everything", handler: deleteAlways,
		finds: []string{"delete it again"},
	},
}

func TestSpoilt(t *testing.T) {
	for _, s := range spoiltServices {
		t.Run(strings.ReplaceAll(s.name, " ", "-"), func(t *testing.T) {
			w := newWorld(t, preset(t, "files"), s.handler)
			if s.name == "lists names twice" {
				if err := os.WriteFile(filepath.Join(w.dir, "README.txt"), []byte("hello"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			o := s.options
			o.Name = "scratch"
			r := w.run(t, t.Context(), o)
			if got := failed(r); !slices.Equal(got, s.finds) {
				t.Errorf("failed %q, want %q", got, s.finds)
			}
			golden(t, r)
		})
	}
}

func isFile(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/v1/files/") }

// keepsHalf stores what has come when an upload breaks off.
func keepsHalf(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if isFile(r) && (r.Method == http.MethodPut || r.Method == http.MethodPatch) {
			part, err := io.ReadAll(r.Body)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(part)), int64(len(part))
			if err != nil {
				rw = httptest.NewRecorder() // nobody is there
			}
		}
		w.files.ServeHTTP(rw, r)
	})
}

func ignoresRange(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Header.Del("Range")
		w.files.ServeHTTP(rw, r)
	})
}

// wrongRange answers the first bytes where others were asked for.
func wrongRange(w *world) http.Handler {
	return changing(w, func(r *http.Request, answer *httptest.ResponseRecorder) {
		if isFile(r) && answer.Code == http.StatusPartialContent && answer.Body.Len() > 1 {
			for i, c := range answer.Body.Bytes() {
				answer.Body.Bytes()[i] = c ^ 1
			}
		}
	})
}

func deletesAll(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, "/v1/directories/")
		dir := filepath.Join(w.dir, filepath.FromSlash(name))
		if fi, err := os.Stat(dir); r.Method == http.MethodDelete && ok && err == nil && fi.IsDir() {
			os.RemoveAll(dir)
			rw.WriteHeader(http.StatusNoContent)
			return
		}
		w.files.ServeHTTP(rw, r)
	})
}

// listsTwice spoils the backend: that of HTTP leaves out what a service lists again.
func listsTwice(w *world) http.Handler {
	w.wrap = func(b storage.Backend) storage.Backend { return twice{b} }
	return w.files
}

// twice lists everything twice.
type twice struct{ storage.Backend }

func (t twice) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		for range 2 {
			for e, err := range t.Backend.List(ctx, name) {
				if !yield(e, err) {
					return
				}
			}
		}
	}
}

func forgetsOne(w *world) http.Handler {
	return listing(w, func(entries []map[string]any) []map[string]any {
		if len(entries) < 20 {
			return entries
		}
		return entries[1:]
	})
}

func wrongSizes(w *world) http.Handler {
	return listing(w, func(entries []map[string]any) []map[string]any {
		for _, e := range entries {
			if size, ok := e["size"].(float64); ok {
				e["size"] = size + 1
			}
		}
		return entries
	})
}

func ignoresConditions(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-None-Match")
		w.files.ServeHTTP(rw, r)
	})
}

// decodesTwice takes what is encoded in names for encoding once more.
func decodesTwice(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "%") {
			http.Error(rw, "cannot decode "+r.URL.Path, http.StatusInternalServerError)
			return
		}
		w.files.ServeHTTP(rw, r)
	})
}

func mkdirAlways(w *world) http.Handler {
	return changing(w, func(r *http.Request, answer *httptest.ResponseRecorder) {
		isDir := strings.HasPrefix(r.URL.Path, "/v1/directories/")
		if isDir && r.Method == http.MethodPut && strings.Contains(answer.Body.String(), "/exists") {
			if fi, err := os.Stat(filepath.Join(w.dir, strings.TrimPrefix(r.URL.Path, "/v1/directories/"))); err == nil && fi.IsDir() {
				answer.Code, answer.Body = http.StatusCreated, &bytes.Buffer{}
			}
		}
	})
}

func deleteAlways(w *world) http.Handler {
	return changing(w, func(r *http.Request, answer *httptest.ResponseRecorder) {
		if isFile(r) && r.Method == http.MethodDelete && answer.Code == http.StatusNotFound {
			answer.Code, answer.Body = http.StatusNoContent, &bytes.Buffer{}
		}
	})
}

// changing lets change alter each answer.
func changing(w *world, change func(*http.Request, *httptest.ResponseRecorder)) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		w.files.ServeHTTP(answer, r)
		change(r, answer)
		for name, values := range answer.Header() {
			if name != "Content-Length" {
				rw.Header()[name] = values
			}
		}
		rw.WriteHeader(answer.Code)
		if answer.Code != http.StatusNoContent {
			rw.Write(answer.Body.Bytes())
		}
	})
}

// listing lets change alter the entries of each listing.
func listing(w *world, change func([]map[string]any) []map[string]any) http.Handler {
	return changing(w, func(r *http.Request, answer *httptest.ResponseRecorder) {
		if !strings.HasPrefix(r.URL.Path, "/v1/list/") || answer.Code != http.StatusOK {
			return
		}
		var page struct {
			Entries []map[string]any `json:"entries"`
			Next    string           `json:"next,omitempty"`
		}
		if json.Unmarshal(answer.Body.Bytes(), &page) != nil {
			return
		}
		page.Entries = change(page.Entries)
		body, _ := json.Marshal(page) // of what came from JSON
		answer.Body = bytes.NewBuffer(body)
	})
}
