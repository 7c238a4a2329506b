package httpbackend_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// waiting is a mapping with a call that waits a moment, and others that wait longer.
const waiting = `
routes:
  - path: /{name}
    read: {http: {url: "/o/{name}"}}
    delete: {http: {method: DELETE, url: /hang}, timeout: 10ms}
    write: {http: {method: PUT, url: "/o/{name}"}, body: stream, timeout: 900ms}
    mkdir: {http: {method: POST, url: /slow}, timeout: 1h}
    rmdir: {http: {method: DELETE, url: /hang}}`

// hanging is an upstream that does not answer some requests, and others when it is told.
func hanging(t *testing.T, release <-chan struct{}) http.Handler {
	done := t.Context().Done()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch r.URL.Path {
		case "/hang":
			<-done
		case "/slow":
			<-release
		case "/o/body":
			_, _ = io.WriteString(w, "con")
			_ = http.NewResponseController(w).Flush()
			<-release
			_, _ = io.WriteString(w, "tent")
		}
	})
}

func TestTimeoutOfACall(t *testing.T) {
	b := serve(t, hanging(t, nil), mapped(t, waiting))
	err := b.Delete(t.Context(), "/f")
	wantKind(t, err, storage.Unavailable)
	if !strings.Contains(err.Error(), "no answer in time") {
		t.Errorf("%v", err)
	}
}

// A call that waits longer than the others is not cut off when they are.
func TestLongTimeoutOfACall(t *testing.T) {
	release, made := make(chan struct{}), make(chan error)
	b := serve(t, hanging(t, release), mapped(t, waiting), func(o *httpbackend.Options) { o.AnswerTimeout = 20 * time.Millisecond })
	go func() { made <- b.MakeDir(t.Context(), "/slow") }()
	wantKind(t, b.RemoveDir(t.Context(), "/f"), storage.Unavailable) // has waited for AnswerTimeout
	wantKind(t, b.RemoveDir(t.Context(), "/f"), storage.Unavailable)
	close(release)
	if err := <-made; err != nil {
		t.Error(err)
	}
}

// The time is that of the headers: bodies take their own, both ways.
func TestTimeoutLeavesBodiesAlone(t *testing.T) {
	t.Parallel() // it waits for a second
	release := make(chan struct{})
	b := serve(t, hanging(t, release), mapped(t, waiting), func(o *httpbackend.Options) { o.AnswerTimeout = time.Second })
	r, err := b.Open(t.Context(), "/body", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	outlast := func() { // waits for AnswerTimeout; called by the HTTP client
		if err := b.RemoveDir(t.Context(), "/f"); storage.KindOf(err) != storage.Unavailable {
			t.Errorf("error %v", err)
		}
	}
	body := io.MultiReader(strings.NewReader(strings.Repeat("x", 100<<10)), readerFunc(func([]byte) (int, error) {
		outlast()
		return 0, io.EOF
	}))
	if _, err := b.Put(t.Context(), "/f", body, storage.PutOptions{}); err != nil {
		t.Error(err)
	}
	close(release)
	if data, err := io.ReadAll(r); string(data) != "content" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

// A kept connection that turns out to be closed loses no request that may be sent
// again: one with an idempotency key, with that key, and a PUT of a whole file.
func TestLostConnection(t *testing.T) {
	for call, again := range map[string]bool{
		`{http: {method: POST, url: /o}, body: stream, idempotency_key: "k-{transfer.seq}"}`: true,
		`{http: {method: PUT, url: /o}, body: stream, idempotency_key: "k-{transfer.seq}"}`:  true,
		`{http: {method: PUT, url: /o}, body: stream}`:                                       true,
		`{http: {method: POST, url: /o}, body: stream}`:                                      false,
	} {
		var mu sync.Mutex
		var keys []string
		b := serveRaw(t, func(c *rawConn) {
			for n := 0; ; n++ {
				r := c.request()
				if r == nil {
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				mu.Lock()
				keys = append(keys, r.Header.Get("Idempotency-Key"))
				mu.Unlock()
				if n > 0 { // the connection is closed as the second request comes
					return
				}
				c.write("HTTP/1.1 204 No Content\r\n\r\n")
			}
		}, writing(t, call))
		put(t, b, "/f", "x", storage.PutOptions{})
		_, err := b.Put(t.Context(), "/f", strings.NewReader("x"), storage.PutOptions{})
		want := map[bool]string{true: "k-1 k-2 k-2", false: "  "}[strings.Contains(call, "idem")]
		if !again {
			want = " "
		}
		mu.Lock()
		defer mu.Unlock()
		if got := strings.Join(keys, " "); got != want || (err == nil) != again {
			t.Errorf("%s: keys %q, error %v", call, got, err)
		}
	}
}
