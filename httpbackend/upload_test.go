package httpbackend_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

var errReset = errors.New("data connection reset")

// cutAfter gives n bytes and then fails.
func cutAfter(n int) io.Reader {
	return io.MultiReader(bytes.NewReader(make([]byte, n)), iotest.ErrReader(errReset))
}

func TestCutShortUploadIsBrokenForTheUpstream(t *testing.T) {
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, 1 << 20, 5 << 20} {
		type seen struct {
			n   int64
			err error
		}
		requests := make(chan seen, 1)
		b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, err := io.Copy(io.Discard, r.Body)
			requests <- seen{n, err}
		}))
		_, err := b.Put(t.Context(), "/f", cutAfter(size), storage.PutOptions{})
		wantKind(t, err, storage.CutShort)
		if !errors.Is(err, errReset) {
			t.Errorf("%d bytes: the cause is lost: %v", size, err)
		}
		if size < 64<<10 {
			if len(requests) > 0 {
				t.Errorf("%d bytes: a request was sent", size)
			}
			continue
		}
		if s := <-requests; s.err == nil {
			t.Errorf("%d bytes: the upstream saw %d bytes end as if they were all", size, s.n)
		}
	}
}

// A reader's own io.ErrUnexpectedEOF is a cut, however few bytes came before it.
func TestUnexpectedEOFIsNoEnd(t *testing.T) {
	b := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	body := io.MultiReader(strings.NewReader("part"), iotest.ErrReader(io.ErrUnexpectedEOF))
	_, err := b.Put(t.Context(), "/f", body, storage.PutOptions{})
	wantKind(t, err, storage.CutShort)
}

func TestEarlyAnswerIsReported(t *testing.T) {
	for status, want := range map[int]storage.Kind{403: storage.Denied, 413: storage.TooLarge, 507: storage.NoSpace, 500: storage.Internal} {
		for what, readFirst := range map[string]int64{"before the body": 0, "within the body": 1 << 20} {
			b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.CopyN(io.Discard, r.Body, readFirst)
				w.WriteHeader(status)
			}))
			_, err := b.Put(t.Context(), "/f", endless{}, storage.PutOptions{})
			if got := storage.KindOf(err); got != want {
				t.Errorf("%d %s: %v (%v), want %v", status, what, err, got, want)
			}
		}
	}
}

// endless is content without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// An upstream that answers and hangs up resets the connection, since content is on its
// way: the answer counts, not the reset.
func TestAnswerBeforeAReset(t *testing.T) {
	for range 20 {
		b := serveRaw(t, func(c *rawConn) {
			if c.request() != nil {
				c.write("HTTP/1.1 100 Continue\r\n\r\n")
				c.read(200 << 10)
				c.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
		})
		_, err := b.Put(t.Context(), "/f", endless{}, storage.PutOptions{})
		wantKind(t, err, storage.TooLarge)
	}
}

func TestSuccessBeforeTheEndIsNoSuccess(t *testing.T) {
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 100<<10)
		w.WriteHeader(http.StatusNoContent)
	}))
	_, err := b.Put(t.Context(), "/f", endless{}, storage.PutOptions{})
	wantKind(t, err, storage.Internal)
}

func TestPutReturnsAfterTheAnswer(t *testing.T) {
	var durable atomic.Bool
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		durable.Store(true)
		w.WriteHeader(http.StatusCreated)
	}))
	put(t, b, "/f", strings.Repeat("x", 1<<20), storage.PutOptions{})
	if !durable.Load() {
		t.Error("Put returned before the upstream had answered")
	}
}

func TestSmallUploadHasALengthAndLargeOnesAreChunked(t *testing.T) {
	type shape struct {
		length   int64
		encoding string
		expect   string
	}
	got := make(chan shape, 1)
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got <- shape{r.ContentLength, strings.Join(r.TransferEncoding, ","), r.Header.Get("Expect")}
	}))
	for size, want := range map[int]shape{
		0: {0, "", ""}, 5: {5, "", ""}, 64<<10 - 1: {64<<10 - 1, "", ""}, 64<<10 + 1: {-1, "chunked", "100-continue"},
	} {
		// An announced size is a claim, and never becomes a length.
		put(t, b, "/f", strings.Repeat("x", size), storage.PutOptions{Size: 77})
		if g := <-got; g != want {
			t.Errorf("%d bytes: %+v, want %+v", size, g, want)
		}
	}
}

func TestUpstreamThatIgnoresExpectIsNotAskedAgain(t *testing.T) {
	t.Parallel() // it waits for a second
	var expects []string
	b := serveRaw(t, func(c *rawConn) {
		for {
			r := c.request()
			if r == nil {
				return
			}
			expects = append(expects, r.Header.Get("Expect"))
			_, _ = io.Copy(io.Discard, r.Body) // sends no 100 Continue, unlike net/http
			c.write("HTTP/1.1 204 No Content\r\n\r\n")
		}
	})
	for range 2 {
		put(t, b, "/f", strings.Repeat("x", 100<<10), storage.PutOptions{})
	}
	if got := strings.Join(expects, ","); got != "100-continue," {
		t.Errorf("Expect was %q", got)
	}
}

func TestCancelledUploadAborts(t *testing.T) {
	broken := make(chan error, 1)
	started := make(chan struct{})
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 1)
		close(started)
		_, err := io.Copy(io.Discard, r.Body)
		broken <- err
	}))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	body, feed := io.Pipe()
	go func() {
		_, _ = feed.Write(make([]byte, 100<<10))
		<-started
		cancel()
		feed.CloseWithError(context.Canceled) // as the engine does: it closes the data connection
	}()
	_, err := b.Put(ctx, "/f", body, storage.PutOptions{})
	if err == nil {
		t.Error("Put succeeded")
	}
	if <-broken == nil {
		t.Error("the upstream saw a whole body")
	}
}

func TestRefusedCredentialIsRenewedOnce(t *testing.T) {
	s := newNative()
	s.token = "new"
	for what, content := range map[string]string{"small": "x", "large": strings.Repeat("x", 1<<20)} {
		cred := &bearer{token: "old", refresh: func() (string, error) { return "new", nil }}
		b := serveWith(t, s, cred)
		put(t, b, "/f", content, storage.PutOptions{})
		if got, _ := s.content("/f"); string(got) != content {
			t.Errorf("%s: %d bytes arrived", what, len(got))
		}
		if cred.asked != 1 {
			t.Errorf("%s: refreshed %d times", what, cred.asked)
		}
	}
}

func TestRefusedCredential(t *testing.T) {
	for what, c := range map[string]struct {
		refresh func() (string, error)
		want    storage.Kind
	}{
		"no other":     {nil, storage.Unauthenticated},
		"other is bad": {func() (string, error) { return "worse", nil }, storage.Unauthenticated},
		"of the login": {func() (string, error) { return "", httpbackend.ErrLoginExpired }, storage.LoginExpired},
	} {
		t.Run(what, func(t *testing.T) {
			s := newNative()
			s.token = "right"
			cred := &bearer{token: "wrong", refresh: c.refresh}
			b := serveWith(t, s, cred)
			_, err := b.Stat(t.Context(), "/")
			wantKind(t, err, c.want)
			if cred.asked != 1 {
				t.Errorf("refreshed %d times", cred.asked)
			}
			if strings.Contains(err.Error(), "wrong") {
				t.Errorf("the token is in the error: %v", err)
			}
		})
	}
}

// noToken is a credential that cannot be had.
type noToken struct{ err error }

func (n noToken) Apply(context.Context, *http.Request) error { return n.err }

func TestCredentialThatCannotBeHad(t *testing.T) {
	for want, err := range map[storage.Kind]error{
		storage.Unauthenticated: errors.New("no token now"), storage.LoginExpired: httpbackend.ErrLoginExpired,
	} {
		b := serveWith(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }), noToken{err})
		for range 20 { // it is not the upstream's fault
			wantKind(t, b.Delete(t.Context(), "/f"), want)
		}
	}
}

// inQuery is a credential in the URL.
type inQuery struct{}

func (inQuery) Apply(_ context.Context, r *http.Request) error {
	r.URL.RawQuery = "key=hunter2"
	return nil
}

// Errors are logged, and those of the HTTP client name the URL.
func TestCredentialInTheQueryIsInNoError(t *testing.T) {
	b := serveWith(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), inQuery{})
	err := b.Delete(t.Context(), "/f")
	wantKind(t, err, storage.Unavailable)
	if strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "/v1/files/f") {
		t.Errorf("got %v, want the URL without its query", err)
	}
}

// An upload whose content has been used cannot be sent again: it fails, and is not
// sent as a rest.
func TestRefusedCredentialAfterTheContent(t *testing.T) {
	requests := 0
	cred := &bearer{token: "old", refresh: func() (string, error) { return "new", nil }}
	b := serveWith(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusUnauthorized)
	}), cred)
	_, err := b.Put(t.Context(), "/f", strings.NewReader(strings.Repeat("x", 1<<20)), storage.PutOptions{})
	wantKind(t, err, storage.Unauthenticated)
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

func TestAcceptedIsSaid(t *testing.T) {
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	r, err := b.Put(t.Context(), "/f", strings.NewReader("x"), storage.PutOptions{})
	if err != nil || r.Text != "accepted" {
		t.Errorf("%+v %v", r, err)
	}
}

func TestUploadToADeadUpstreamFailsSoon(t *testing.T) {
	t.Parallel() // it waits for a second
	b := serveRaw(t, func(c *rawConn) {
		c.read(1000)
		c.reset()
	})
	start := time.Now()
	_, err := b.Put(t.Context(), "/f", endless{}, storage.PutOptions{})
	wantKind(t, err, storage.Unavailable)
	if time.Since(start) > 10*time.Second {
		t.Error("it took too long")
	}
}
