package httpbackend_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// reportRoute is the file /report, made from pages of items.
func reportRoute(t testing.TB, render string) func(*httpbackend.Options) {
	m := parseMapping(t, `routes: [{path: /report, read: {http: {url: /items}, items: /l, page: {page: {param: p}}, render: {`+render+`}}}]`)
	return func(o *httpbackend.Options) { o.Mapping = m }
}

// reportPages serves as many pages as it has, and then what last does.
type reportPages struct {
	asked atomic.Int64
	pages int
	last  http.HandlerFunc
}

func (s *reportPages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.asked.Add(1)
	if n > int64(s.pages) {
		s.last(w, r)
		return
	}
	fmt.Fprintf(w, `{"l":[{"n":%d,"text":"%s"},{"n":-%d}]}`, n, strings.Repeat("x", 40<<10), n)
}

func TestRenderedFileIsLazy(t *testing.T) {
	s := &reportPages{pages: 1 << 30}
	b := serve(t, s, reportRoute(t, "ndjson: true"))
	r, err := b.Open(t.Context(), "/report", 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.asked.Load(); n != 1 {
		t.Errorf("%d pages asked for by the open", n)
	}
	if _, err := io.CopyN(io.Discard, r, 50<<10); err != nil {
		t.Error(err)
	}
	if n := s.asked.Load(); n > 3 {
		t.Errorf("%d pages asked for 50 KiB", n)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if n, err := r.Read(make([]byte, 10)); n != 0 || err == nil || err == io.EOF {
		t.Errorf("read after close: %d, %v", n, err)
	}
}

// A page that fails makes the read fail, after what came before it, and never end.
func TestRenderedFileThatBreaksOff(t *testing.T) {
	for what, c := range map[string]struct {
		last http.HandlerFunc
		want storage.Kind
	}{
		"status": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, storage.Busy},
		"broken": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"l":[{"n":9},}`) }, storage.Internal},
		"cut":    {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"l":[{"n":9},`) }, storage.CutShort},
		"gone":   {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, storage.Unavailable},
	} {
		t.Run(what, func(t *testing.T) {
			b := serve(t, &reportPages{pages: 3, last: c.last}, reportRoute(t, "json: =item.n"))
			r, err := b.Open(t.Context(), "/report", 0)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			got, err := io.ReadAll(r)
			wantKind(t, err, c.want)
			if text := string(got); !strings.HasPrefix(text, "[1,\n-1,\n2,\n-2,\n3,\n-3") || strings.Contains(text, "]") {
				t.Errorf("content %q", text)
			}
			_, again := r.Read(make([]byte, 1))
			if !errors.Is(again, err) {
				t.Errorf("then %v", again)
			}
		})
	}
}

func TestRenderedFileThatCannotBegin(t *testing.T) {
	for status, want := range map[int]storage.Kind{404: storage.NotFound, 403: storage.Denied} {
		for _, render := range []string{"json: true", "ndjson: true", "csv: [{head: n, value: =item.n}]"} {
			b := serve(t, &reportPages{last: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}, reportRoute(t, render))
			_, err := b.Open(t.Context(), "/report", 0)
			wantKind(t, err, want)
		}
	}
}

// A read that waits for the service ends when the content is closed.
func TestRenderedFileIsClosedWhileItIsRead(t *testing.T) {
	waits := make(chan struct{})
	b := serve(t, &reportPages{pages: 1, last: func(_ http.ResponseWriter, r *http.Request) {
		close(waits)
		<-r.Context().Done()
	}}, reportRoute(t, "ndjson: true"))
	r, err := b.Open(t.Context(), "/report", 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() {
		_, err := io.Copy(io.Discard, r)
		ended <- err
	}()
	<-waits
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err == nil {
		t.Error("the read ended as if the file were whole")
	}
}

// What is written as CSV reads back as it was.
func TestValuesInCSV(t *testing.T) {
	values := []string{`"q"`, "a,b", "a\r\nb", "a\nb", "a\rb", "", " x ", "=1+1", `\.`, "ä", ";"}
	var body strings.Builder
	for i, v := range values {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"v":%q}`, v)
	}
	s := respond(jsonType, `{"l":[`+body.String()+`]}`)
	m := parseMapping(t, `routes: [{path: /report, read: {http: {url: /items}, items: /l, render: {csv: [{head: v, value: =item.v}]}}}]`)
	b := serve(t, s, func(o *httpbackend.Options) { o.Mapping = m })
	text := read(t, b, "/report", 0)
	if !strings.HasPrefix(text, "v\r\n\"\"\"q\"\"\"\r\n") {
		t.Errorf("begins %q", text)
	}
	// The library's reader makes LF of the CR LF in values; it is not asked about those.
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != len(values)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, v := range values {
		if got := rows[i+1][0]; got != v && v != "a\r\nb" {
			t.Errorf("%q came back as %q", v, got)
		}
	}
	if !strings.Contains(text, "\"a\r\nb\"\r\n\"a\nb\"\r\n\"a\rb\"\r\n") {
		t.Errorf("line breaks in values: %q", text)
	}
}
