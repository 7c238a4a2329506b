package intake

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

const testToken = "token-of-the-test"

var testNow = time.Date(2026, time.April, 1, 8, 0, 0, 0, time.UTC)

// client talks to a service of its own, over an empty folder.
type client struct {
	t   *testing.T
	dir string
	srv *httptest.Server
	now time.Time // of the service; changed only between requests
}

func newClient(t *testing.T) *client {
	t.Helper()
	c := &client{t: t, dir: t.TempDir(), now: testNow}
	s, err := New(Options{Dir: c.dir, Token: testToken, Now: func() time.Time { return c.now }})
	if err != nil {
		t.Fatal(err)
	}
	c.srv = httptest.NewServer(s)
	t.Cleanup(func() {
		c.srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// reply is an answer that has been read.
type reply struct {
	*http.Response
	body string
}

// do sends a request; url may be a path. Header has names and values in turn; the
// token is shown unless they say otherwise.
func (c *client) do(method, url string, body io.Reader, header ...string) reply {
	c.t.Helper()
	if strings.HasPrefix(url, "/") {
		url = c.srv.URL + url
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, url, body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	for i := 0; i < len(header); i += 2 {
		req.Header.Del(header[i])
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	resp, err := c.srv.Client().Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return reply{resp, string(text)}
}

// into checks the status and decodes the body.
func (r reply) into(t *testing.T, status int, v any) {
	t.Helper()
	if r.StatusCode != status {
		t.Fatalf("%s %s: got %s %s, want %d", r.Request.Method, r.Request.URL, r.Status, r.body, status)
	}
	if err := json.Unmarshal([]byte(r.body), v); err != nil {
		t.Fatalf("%s %s: %v in %s", r.Request.Method, r.Request.URL, err, r.body)
	}
}

// refused checks that the answer is a problem document whose detail has the words.
func (r reply) refused(t *testing.T, status int, words string) {
	t.Helper()
	var p Problem
	r.into(t, status, &p)
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type of a problem: got %q", got)
	}
	if p.Status != status || p.Title == "" || !strings.Contains(p.Detail, words) {
		t.Errorf("got problem %+v, want status %d and a detail with %q", p, status, words)
	}
}

// field is a part of a form; a filename makes it a document.
type field struct{ name, filename, value string }

// dropOf is a form in the order that the bridge sends it in.
func dropOf(filename, content string) []field {
	return []field{{"partner", "", "acme"}, {"user", "", "u-17"}, {"document", filename, content}}
}

// drop posts a form.
func (c *client) drop(key string, fields []field) reply {
	c.t.Helper()
	body, contentType := encode(c.t, fields)
	return c.do("POST", "/drops", bytes.NewReader(body), "Content-Type", contentType, "Idempotency-Key", key)
}

func encode(t *testing.T, fields []field) (body []byte, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for _, f := range fields {
		create := m.CreateFormField
		if f.filename != "" {
			create = func(name string) (io.Writer, error) { return m.CreateFormFile(name, f.filename) }
		}
		w, err := create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), m.FormDataContentType()
}

// shelf checks the names in the folder: n tickets, and nothing half done.
func (c *client) shelf(n int) {
	c.t.Helper()
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			c.t.Errorf("left half done: %s", e.Name())
		}
	}
	if len(entries) != n {
		c.t.Errorf("got %d documents, want %d", len(entries), n)
	}
}

// taken is the answer of who has taken a document.
type taken struct{ Ticket string }
