package httpbackend_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// mapped makes a backend use a mapping of the test's own.
func mapped(t testing.TB, text string) func(*httpbackend.Options) {
	t.Helper()
	m, err := mapping.Parse("x.map.yaml", []byte("ftpmap: 1\nauth: bearer\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return func(o *httpbackend.Options) { o.Mapping = m }
}

// writing is a mapping with one call of write.
func writing(t testing.TB, call string) func(*httpbackend.Options) {
	t.Helper()
	return mapped(t, "routes:\n  - path: /{name}\n    write:\n      "+strings.ReplaceAll(strings.TrimSpace(call), "\n", "\n      "))
}

// stylesOfUpload are all ways in which content goes out.
var stylesOfUpload = map[string]string{
	"chunked":       `{http: {method: PUT, url: "/o/{name}"}, body: stream}`,
	"memory":        `{http: {method: PUT, url: "/o/{name}"}, body: stream, needs_length: memory(8MiB)}`,
	"spool":         `{http: {method: PUT, url: "/o/{name}"}, body: stream, needs_length: spool}`,
	"form":          `{http: {method: POST, url: "/o/{name}"}, body: {multipart: {file: {field: f}}}}`,
	"form in spool": `{http: {method: POST, url: "/o/{name}"}, body: {multipart: {file: {field: f}}}, needs_length: spool}`,
	"steps": `
steps:
  - {http: {method: POST, url: "/begin/{name}"}}
  - {http: {method: PUT, url: "/o/{name}"}, body: stream}
  - {http: {method: POST, url: "/end/{name}"}}
on_abort: {http: {method: DELETE, url: "/begin/{name}"}}`,
	"steps with a form": `
steps:
  - {http: {method: POST, url: "/begin/{name}"}}
  - {http: {method: POST, url: "/o/{name}"}, body: {multipart: {file: {field: f}}}}
  - {http: {method: POST, url: "/end/{name}"}}
on_abort: {http: {method: DELETE, url: "/begin/{name}"}}`,
	"steps and spool": `
steps:
  - {http: {method: POST, url: "/begin/{name}"}}
  - {http: {method: PUT, url: "/o/{name}"}, body: stream, needs_length: spool}
  - {http: {method: POST, url: "/end/{name}"}}
on_abort: {http: {method: DELETE, url: "/begin/{name}"}}`,
}

// recorder is an upstream that writes down, byte for byte, what it is sent.
type recorder struct {
	mu       sync.Mutex
	whole    []string // requests that came to their end
	contents [][]byte // of whole requests for /o/
	raw      bytes.Buffer
}

func (r *recorder) serve(c *rawConn) {
	c.in.Reset(io.TeeReader(c.Conn, writerFunc(func(p []byte) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.raw.Write(p)
	})))
	for {
		req := c.request()
		if req == nil {
			return
		}
		if req.Header.Get("Expect") != "" {
			c.write("HTTP/1.1 100 Continue\r\n\r\n")
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return
		}
		r.mu.Lock()
		r.whole = append(r.whole, req.Method+" "+req.URL.Path)
		if strings.HasPrefix(req.URL.Path, "/o/") {
			r.contents = append(r.contents, body)
		}
		r.mu.Unlock()
		c.write("HTTP/1.1 204 No Content\r\n\r\n")
	}
}

func (r *recorder) requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.whole
}

type writerFunc func(p []byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

func TestCutShortContentInEveryStyle(t *testing.T) {
	for style, call := range stylesOfUpload {
		for _, size := range []int{0, 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, 1 << 20} {
			t.Run(style, func(t *testing.T) {
				r, dir := &recorder{}, t.TempDir()
				b := serveRaw(t, r.serve, writing(t, call), func(o *httpbackend.Options) { o.SpoolDir = dir })
				_, err := b.Put(t.Context(), "/f", cutAfter(size), storage.PutOptions{})
				wantKind(t, err, storage.CutShort)
				if !errors.Is(err, errReset) {
					t.Errorf("%d bytes: the cause is lost: %v", size, err)
				}
				checkBroken(t, r, dir)
			})
		}
	}
}

// checkBroken fails the test if the upstream could take a part for the whole.
func checkBroken(t *testing.T, r *recorder, dir string) {
	t.Helper()
	begun, aborted := 0, 0
	for _, req := range r.requests() {
		switch req {
		case "POST /begin/f":
			begun++
		case "DELETE /begin/f":
			aborted++
		default:
			t.Errorf("the upstream saw all of %s", req)
		}
	}
	if begun != aborted {
		t.Errorf("begun %d times and cleaned up %d times", begun, aborted)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if bytes.Contains(r.raw.Bytes(), []byte("--\r\n")) {
		t.Error("the form was closed")
	}
	if bytes.Contains(r.raw.Bytes(), []byte("\r\n0\r\n")) {
		t.Error("the last chunk was sent")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left in the spool: %v", left)
	}
}

func TestWholeContentInEveryStyle(t *testing.T) {
	for style, call := range stylesOfUpload {
		for _, size := range []int{0, 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, 1 << 20} {
			t.Run(style, func(t *testing.T) {
				r, dir := &recorder{}, t.TempDir()
				b := serveRaw(t, r.serve, writing(t, call), func(o *httpbackend.Options) { o.SpoolDir = dir })
				content := bytes.Repeat([]byte("0123456789"), size/10+1)[:size]
				if _, err := b.Put(t.Context(), "/f", bytes.NewReader(content), storage.PutOptions{}); err != nil {
					t.Fatal(err)
				}
				r.mu.Lock()
				defer r.mu.Unlock()
				if len(r.contents) != 1 || !bytes.Contains(r.contents[0], content) {
					t.Fatalf("%d bytes did not arrive", size)
				}
				if strings.Contains(style, "form") != bytes.HasSuffix(r.contents[0], []byte("--\r\n")) {
					t.Error("the form is not closed, or something else is")
				}
				if left, _ := os.ReadDir(dir); len(left) > 0 {
					t.Errorf("left in the spool: %v", left)
				}
			})
		}
	}
}

// A client that goes away in the middle: the engine cancels the context and breaks
// off the content.
func TestCancelledContentInEveryStyle(t *testing.T) {
	for style, call := range stylesOfUpload {
		t.Run(style, func(t *testing.T) {
			r, dir := &recorder{}, t.TempDir()
			b := serveRaw(t, r.serve, writing(t, call), func(o *httpbackend.Options) { o.SpoolDir = dir })
			ctx, cancel := context.WithCancel(t.Context())
			body := io.MultiReader(bytes.NewReader(make([]byte, 300<<10)), readerFunc(func([]byte) (int, error) {
				cancel()
				return 0, context.Canceled
			}))
			if _, err := b.Put(ctx, "/f", body, storage.PutOptions{}); err == nil {
				t.Error("Put succeeded")
			}
			checkBroken(t, r, dir)
		})
	}
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A panic of the content's reader is not ours to handle, but no file is left behind.
func TestPanicLeavesNoSpool(t *testing.T) {
	dir := t.TempDir()
	b := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }),
		writing(t, stylesOfUpload["spool"]), func(o *httpbackend.Options) { o.SpoolDir = dir })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		body := io.MultiReader(bytes.NewReader(make([]byte, 300<<10)), readerFunc(func([]byte) (int, error) { panic("bug") }))
		_, _ = b.Put(t.Context(), "/f", body, storage.PutOptions{})
	}()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
