package httpbackend_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

func TestLimitsOfCollectedContent(t *testing.T) {
	for _, c := range []struct {
		length string
		size   int
		fits   bool
	}{
		{"memory(1KiB)", 1024, true}, {"memory(1KiB)", 1025, false},
		{"memory(100KiB)", 100 << 10, true}, {"memory(100KiB)", 100<<10 + 1, false},
		{"spool(1KiB)", 1024, true}, {"spool(1KiB)", 1025, false},
		{"spool(1MiB)", 1 << 20, true}, {"spool(1MiB)", 1<<20 + 1, false},
		{"spool", 200 << 10, true}, {"spool", 200<<10 + 1, false},
	} {
		requests := 0
		b := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			requests++
			if n, err := io.Copy(io.Discard, r.Body); n != int64(c.size) || err != nil || r.ContentLength != n {
				t.Errorf("%s: %d bytes of %d, said to be %d: %v", c.length, n, c.size, r.ContentLength, err)
			}
		}), writing(t, `{http: {method: PUT, url: /o}, body: stream, needs_length: `+c.length+`}`),
			func(o *httpbackend.Options) { o.MaxSpool = 200 << 10 })
		// The claim of the client counts for nothing.
		_, err := b.Put(t.Context(), "/f", bytes.NewReader(make([]byte, c.size)), storage.PutOptions{Size: 3})
		if c.fits && err == nil && requests == 1 {
			continue
		}
		if c.fits || requests != 0 {
			t.Errorf("%s, %d bytes: %v after %d requests", c.length, c.size, err, requests)
			continue
		}
		wantKind(t, err, storage.TooLarge)
	}
}

// A file in the spool has no name where the system allows that, or is readable by the
// bridge alone.
func TestSpoolIsPrivate(t *testing.T) {
	dir := t.TempDir()
	b := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }),
		writing(t, stylesOfUpload["spool"]), func(o *httpbackend.Options) { o.SpoolDir = dir })
	looked := false
	body := io.MultiReader(bytes.NewReader(make([]byte, 400<<10)), readerFunc(func([]byte) (int, error) {
		looked = true
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Error(err)
		}
		for _, f := range files {
			if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info, err)
			}
		}
		return 0, io.EOF
	}))
	if _, err := b.Put(t.Context(), "/f", body, storage.PutOptions{}); err != nil || !looked {
		t.Error(err, looked)
	}
}

func TestSpoolWithoutADirectory(t *testing.T) {
	b := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }),
		writing(t, stylesOfUpload["spool"]), func(o *httpbackend.Options) { o.SpoolDir = "/nowhere/at/all" })
	_, err := b.Put(t.Context(), "/f", bytes.NewReader(make([]byte, 100<<10)), storage.PutOptions{})
	wantKind(t, err, storage.Internal)
}

// Memory that one upload holds is not there for another, which fails when it has
// waited; afterwards it is there again.
func TestMemoryIsShared(t *testing.T) {
	b := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }),
		writing(t, `{http: {method: PUT, url: /o}, body: stream, needs_length: memory(1MiB)}`),
		func(o *httpbackend.Options) { o.MaxMemory, o.QueueTimeout = 1<<20, time.Millisecond })
	large := strings.Repeat("x", 900<<10)
	holding, release, done := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() {
		held := io.MultiReader(strings.NewReader(strings.Repeat("x", 64<<10+3*256<<10)), readerFunc(func([]byte) (int, error) {
			close(holding)
			<-release
			return 0, io.EOF
		}))
		_, err := b.Put(t.Context(), "/f", held, storage.PutOptions{})
		done <- err
	}()
	<-holding
	_, err := b.Put(t.Context(), "/g", strings.NewReader(large), storage.PutOptions{})
	wantKind(t, err, storage.Busy)
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	for range 5 { // all of it has been given back
		put(t, b, "/f", large, storage.PutOptions{})
	}
}

func TestMemoryThatCanNeverBeHad(t *testing.T) {
	o := httpbackend.Options{Server: "http://127.0.0.1", MaxMemory: 1 << 20}
	writing(t, `{http: {method: PUT, url: /o}, body: stream, needs_length: memory(2MiB)}`)(&o)
	if _, err := httpbackend.New(o); err == nil || !strings.Contains(err.Error(), "MaxMemory") {
		t.Errorf("error %v", err)
	}
}

// Content that has been collected can be sent again: with new credentials, and by the
// next call of the mapping.
func TestCollectedContentIsSentAgain(t *testing.T) {
	for _, length := range []string{"memory(8MiB)", "spool"} {
		content := strings.Repeat("x", 1<<20)
		var got []string
		cred := &bearer{token: "old", refresh: func() (string, error) { return "new", nil }}
		h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if string(body) != content {
				t.Errorf("%s %s: %d bytes", r.Method, r.URL.Path, len(body))
			}
			got = append(got, r.URL.Path+" "+r.Header.Get("Authorization"))
			switch {
			case r.Header.Get("Authorization") == "Bearer old":
				w.WriteHeader(http.StatusUnauthorized)
			case r.URL.Path == "/first":
				w.WriteHeader(http.StatusNotFound)
			}
		})
		b := connect(t, httptest.NewServer(h), cred, writing(t, `
- {http: {method: PUT, url: /first}, body: stream, needs_length: `+length+`, else_on: [404]}
- {http: {method: PUT, url: /second}, body: stream, needs_length: `+length+`}`))
		put(t, b, "/f", content, storage.PutOptions{})
		want := "/first Bearer old,/first Bearer new,/second Bearer new"
		if s := strings.Join(got, ","); s != want {
			t.Errorf("%s: %s, want %s", length, s, want)
		}
	}
}

// Content that has gone out is not there for the next call.
func TestStreamedContentIsNotSentAgain(t *testing.T) {
	requests := 0
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusNotFound)
	}), writing(t, `
- {http: {method: PUT, url: /first}, body: stream, else_on: [404]}
- {http: {method: PUT, url: /second}, body: stream}`))
	_, err := b.Put(t.Context(), "/f", strings.NewReader(strings.Repeat("x", 1<<20)), storage.PutOptions{})
	wantKind(t, err, storage.NotFound)
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

// An upstream that answers success before it has read collected content has not
// stored it.
func TestEarlySuccessForCollectedContent(t *testing.T) {
	answered := make(chan struct{})
	b := serveRaw(t, func(c *rawConn) {
		if c.request() != nil {
			c.write("HTTP/1.1 100 Continue\r\n\r\n")
			c.read(100)
			c.write("HTTP/1.1 204 No Content\r\n\r\n")
			<-answered
		}
	}, writing(t, `{http: {method: PUT, url: /o}, body: stream, needs_length: memory(64MiB)}`))
	// More than the buffers of both sockets hold.
	_, err := b.Put(t.Context(), "/f", io.LimitReader(endless{}, 32<<20), storage.PutOptions{})
	close(answered)
	wantKind(t, err, storage.Internal)
}
