package httpbackend_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// status answers every request with a status that may change.
type status struct {
	code  atomic.Int32
	asked atomic.Int32
}

func (s *status) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked.Add(1)
	_, _ = io.Copy(io.Discard, r.Body)
	w.WriteHeader(int(s.code.Load()))
}

func TestBreaker(t *testing.T) {
	s := &status{}
	s.code.Store(500)
	var mu sync.Mutex
	var changes []string
	b := serve(t, s, func(o *httpbackend.Options) {
		o.BreakerFailures, o.BreakerPause = 3, 20*time.Millisecond
		o.OnBreaker = func(_, from, to string) {
			mu.Lock()
			defer mu.Unlock()
			changes = append(changes, from+" to "+to)
		}
	})
	for range 3 {
		wantKind(t, b.Delete(t.Context(), "/f"), storage.Internal)
	}
	wantKind(t, b.Delete(t.Context(), "/f"), storage.Unavailable)
	if n := s.asked.Load(); n != 3 {
		t.Errorf("%d requests", n)
	}
	s.code.Store(204)
	for deadline := time.Now().Add(10 * time.Second); b.Delete(t.Context(), "/f") != nil; {
		if time.Now().After(deadline) {
			t.Fatal("the breaker does not close again")
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(changes, ", "); got != "closed to open, open to half-open, half-open to closed" {
		t.Errorf("changes: %s", got)
	}
}

// TestSlowTrialHoldsUpNobody holds that an upload which is the trial of an open
// breaker, and may take hours, does not keep everyone else out meanwhile.
func TestSlowTrialHoldsUpNobody(t *testing.T) {
	s := &status{}
	s.code.Store(500)
	b := serve(t, s, func(o *httpbackend.Options) { o.BreakerFailures, o.BreakerPause = 1, 20*time.Millisecond })
	wantKind(t, b.Delete(t.Context(), "/f"), storage.Internal)
	s.code.Store(204)
	time.Sleep(30 * time.Millisecond)
	content, client := io.Pipe()
	uploaded := make(chan error, 1)
	go func() {
		_, err := b.Put(t.Context(), "/slow", content, storage.PutOptions{})
		uploaded <- err
	}()
	if _, err := client.Write(make([]byte, 1<<20)); err != nil { // it is under way
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); b.Delete(t.Context(), "/f") != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the upload keeps the others out")
		}
	}
	client.Close()
	if err := <-uploaded; err != nil {
		t.Error(err)
	}
}

func TestAnswersDoNotOpenTheBreaker(t *testing.T) {
	for _, code := range []int32{404, 403, 409, 429, 501, 507, 302} {
		s := &status{}
		s.code.Store(code)
		b := serve(t, s, func(o *httpbackend.Options) { o.BreakerFailures = 1 })
		for range 3 {
			_ = b.Delete(t.Context(), "/f")
		}
		if n := s.asked.Load(); n != 3 {
			t.Errorf("after %d answers of %d the breaker is open", n, code)
		}
	}
}

func TestWhatTheClientEndsDoesNotOpenTheBreaker(t *testing.T) {
	s := &status{}
	s.code.Store(204)
	b := serve(t, s, func(o *httpbackend.Options) {
		o.BreakerFailures = 1
		o.OnBreaker = func(_, from, to string) { t.Errorf("breaker goes from %s to %s", from, to) }
	})
	_, err := b.Put(t.Context(), "/f", cutAfter(1<<20), storage.PutOptions{})
	wantKind(t, err, storage.CutShort)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Delete(ctx, "/f"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if err := b.Delete(t.Context(), "/f"); err != nil {
		t.Error(err)
	}
}

func TestRequestsAreBounded(t *testing.T) {
	s := newNative()
	s.store("/f", []byte("content"))
	b := serve(t, s, func(o *httpbackend.Options) { o.MaxRequests, o.QueueTimeout = 1, time.Millisecond })
	r, err := b.Open(t.Context(), "/f", 0) // holds its place until it is closed
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Stat(t.Context(), "/f")
	wantKind(t, err, storage.Busy)
	r.Close()
	if _, err = b.Stat(t.Context(), "/f"); err != nil {
		t.Error(err)
	}
}

func TestObserve(t *testing.T) {
	var mu sync.Mutex
	var seen []string
	b := serve(t, newNative(), func(o *httpbackend.Options) {
		o.Observe = func(e httpbackend.Exchange) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, e.Operation+" "+http.StatusText(e.Status))
		}
	})
	put(t, b, "/f", "x", storage.PutOptions{})
	_, _ = b.Stat(t.Context(), "/none")
	if got := strings.Join(seen, ", "); got != "writeFile Created, stat Not Found" {
		t.Errorf("seen: %s", got)
	}
}

func TestProblemsAreShownOnlyIfAllowed(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"title":"Slow down","detail":"Too many\r\n226 files"}`)
	})
	for show, want := range map[bool]string{false: "", true: "Too many 226 files"} {
		b := serve(t, h, func(o *httpbackend.Options) { o.ShowProblems = show })
		err := b.Delete(t.Context(), "/f")
		e, ok := errors.AsType[*storage.Error](err)
		if !ok || e.Kind != storage.Busy || e.Text != want || e.RetryAfter != 7*time.Second || e.Op != storage.OpDelete || e.Path != "/f" {
			t.Errorf("%+v", e)
		}
	}
}
