//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// shown is how much of a body is shown, in bytes.
const shown = 1500

// ask is a request to an upstream.
type ask struct {
	method, path string // the path as it goes over the wire, with its query
	header       map[string]string
	body         string
	chunked      bool // no Content-Length
	bare         bool // without credentials
}

// do is a request without a body; header holds names and values by turns.
func do(method, path string, header ...string) ask {
	a := ask{method: method, path: path, header: make(map[string]string)}
	for pair := range slices.Chunk(header, 2) {
		a.header[pair[0]] = pair[1]
	}
	return a
}

// put is a PUT of a body with its length.
func put(path, body string, header ...string) ask {
	a := do(http.MethodPut, path, header...)
	a.body = body
	return a
}

// chunked is the same request without a Content-Length.
func chunked(a ask) ask {
	a.chunked = true
	return a
}

// bare is the same request without credentials.
func bare(a ask) ask {
	a.bare = true
	return a
}

// answer is what came back, with the body read.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request and reads the answer. Redirects are not followed.
func (u *upstream) send(t *testing.T, a ask) answer {
	t.Helper()
	r := u.request(t, a)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", a.method, a.path, err)
	}
	got := answer{resp.StatusCode, resp.Header, string(body)}
	show(t, a, got)
	return got
}

// want sends a request whose answer must have the status.
func (u *upstream) want(t *testing.T, a ask, status int) answer {
	t.Helper()
	got := u.send(t, a)
	if got.status != status {
		t.Errorf("%s %s: status %d, want %d\n%s", a.method, a.path, got.status, status, got.body[:min(len(got.body), shown)])
	}
	return got
}

// step is a request with what must come back: the status, and a part of the
// header or of the body.
type step struct {
	ask
	status int
	part   string
}

// steps takes steps in their order.
func (u *upstream) steps(t *testing.T, steps ...step) {
	t.Helper()
	for _, s := range steps {
		got := u.want(t, s.ask, s.status)
		var header strings.Builder
		_ = got.header.Write(&header) // a Builder takes all
		if text := header.String() + got.body; !strings.Contains(text, s.part) {
			t.Errorf("%s %s %v: no %q in\n%s", s.method, s.path, s.header, s.part, text[:min(len(text), 2*shown)])
		}
	}
}

// request makes the request, with the upstream's credentials.
func (u *upstream) request(t *testing.T, a ask) *http.Request {
	t.Helper()
	var body io.Reader
	if a.body != "" || a.method == http.MethodPut || a.method == http.MethodPost {
		body = strings.NewReader(a.body)
	}
	if a.chunked {
		body = io.MultiReader(body) // whose length net/http does not know
	}
	r, err := http.NewRequestWithContext(t.Context(), a.method, u.url+a.path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", "bridge-e2e")
	r.Header.Set("Accept-Encoding", "identity") // or net/http asks for gzip, and the length is lost
	for name, value := range a.header {
		r.Header.Set(name, value)
	}
	if u.sign != nil && !a.bare {
		u.sign(t, r)
	}
	return r
}

// cut sends a request of which the second half of the body never comes: only this
// side of the connection is closed, so that the server has dealt with the end
// when it closes its own. It returns what the server said, if it said anything.
func (u *upstream) cut(t *testing.T, a ask) answer {
	t.Helper()
	r := u.request(t, a)
	if !a.chunked {
		r.Header.Set("Content-Length", fmt.Sprint(len(a.body)))
	} else {
		r.Header.Set("Transfer-Encoding", "chunked")
	}
	conn, err := net.Dial("tcp", r.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(startLimit)); err != nil {
		t.Fatal(err)
	}
	half := a.body[:len(a.body)/2]
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: %s\r\n", a.method, r.URL.RequestURI(), r.URL.Host)
	for _, name := range slices.Sorted(maps.Keys(r.Header)) {
		fmt.Fprintf(&head, "%s: %s\r\n", name, r.Header.Get(name))
	}
	if a.chunked {
		half = fmt.Sprintf("%x\r\n%s\r\n", len(half), half)
	}
	fmt.Fprintf(&head, "\r\n%s", half)
	if _, err := conn.Write(head.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	got := answer{}
	resp, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err == nil {
		body, _ := io.ReadAll(resp.Body) // however it ends
		resp.Body.Close()
		got = answer{resp.StatusCode, resp.Header, string(body)}
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%s %s: the server does not notice that the body was cut", a.method, a.path)
	}
	show(t, a, got)
	return got
}

// show prints an exchange when BRIDGE_SHOW=1.
func show(t *testing.T, a ask, got answer) {
	t.Helper()
	if os.Getenv("BRIDGE_SHOW") != "1" {
		return
	}
	var text strings.Builder
	fmt.Fprintf(&text, "\n> %s %s %v body=%d chunked=%v\n< %d", a.method, a.path, a.header, len(a.body), a.chunked, got.status)
	for _, name := range slices.Sorted(maps.Keys(got.header)) {
		if name != "Server" && name != "Date" && name != "Connection" {
			fmt.Fprintf(&text, "\n<   %s: %s", name, got.header.Get(name))
		}
	}
	fmt.Fprintf(&text, "\n%s", got.body[:min(len(got.body), shown)])
	t.Log(text.String())
}
