package billing

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const testToken = "token-of-the-test"

// Invoices of Sample.
const (
	acmeFinal   = "0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c2602"
	acmeDraft   = "0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c2603"
	acmeVoid    = "0b6e2c1a-5d0f-4b7e-9a41-6f2f6a0c26ff"
	globexDraft = "7c90d7f3-11c4-4a55-8a0e-d1c55e7b2603"
	unused      = "00000000-0000-4000-8000-000000000000"
)

var testNow = time.Date(2026, time.April, 1, 8, 0, 0, 0, time.UTC)

// client talks to a service of its own, filled with Sample.
type client struct {
	t   *testing.T
	srv *httptest.Server
}

func newClient(t *testing.T) *client {
	t.Helper()
	h, err := New(Options{Book: Sample(), Token: testToken, Now: func() time.Time { return testNow }})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return &client{t, srv}
}

// reply is an answer that has been read.
type reply struct {
	*http.Response
	body string
}

// do sends a request with the token; header has names and values in turn.
func (c *client) do(method, path, body string, header ...string) reply {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.srv.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
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
