package httpbackend_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// listAll returns the entries of a directory and the error that ended them.
func listAll(t testing.TB, b storage.Backend, dir storage.Path) ([]storage.Entry, error) {
	var entries []storage.Entry
	for e, err := range b.List(t.Context(), dir) {
		if err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// pages serves a listing whose pages are given.
func pages(bodies ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := 0
		_, _ = fmt.Sscanf(r.URL.Query().Get("cursor"), "p%d", &i)
		_, _ = io.WriteString(w, bodies[i])
	})
}

func TestListingFaults(t *testing.T) {
	const good = `{"name":"a","type":"file"}`
	for what, c := range map[string]struct {
		body string
		want storage.Kind
	}{
		"HTML":                 {"<html><body>Log in</body></html>", storage.Internal},
		"empty":                {"", storage.CutShort},
		"no entries":           {"{}", storage.Internal},
		"entries are text":     {`{"entries":"x"}`, storage.Internal},
		"entries are keyed":    {`{"entries":{"a":{}}}`, storage.Internal},
		"a list at the top":    {"[" + good + "]", storage.Internal},
		"broken in the middle": {`{"entries":[` + good + `,{"name":"b",!}]}`, storage.Internal},
		"ends in the middle":   {`{"entries":[` + good + `,{"name":"b"`, storage.CutShort},
		"ends after an item":   {`{"entries":[` + good, storage.CutShort},
		"ends after the items": {`{"entries":[` + good + `]`, storage.CutShort},
		"two documents":        {`{"entries":[` + good + `]}{"entries":[]}`, storage.Internal},
		"huge item":            {`{"entries":[{"name":"` + strings.Repeat("x", 2<<20) + `"}]}`, storage.Internal},
		"garbage at the end":   {`{"entries":[` + good + `]} x`, storage.Internal},
		"cursor is an object":  {`{"entries":[` + good + `],"next":{"a":1}}`, storage.Internal},
		"cursor is true":       {`{"entries":[` + good + `],"next":true}`, storage.Internal},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := listAll(t, serve(t, pages(c.body)), "/")
			wantKind(t, err, c.want)
		})
	}
}

func TestListingThatBreaksOff(t *testing.T) {
	b := serveRaw(t, func(c *rawConn) {
		if c.request() != nil {
			c.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + `{"entries":[{"name":"a","type":"file"},`)
		}
	})
	entries, err := listAll(t, b, "/")
	wantKind(t, err, storage.CutShort)
	if len(entries) != 1 {
		t.Errorf("%d entries before the break", len(entries))
	}
}

func TestFaultOfALaterPageEndsTheListing(t *testing.T) {
	n := 0
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintf(w, `{"entries":[{"name":"f%d","type":"file"}],"next":"c%d"}`, n, n)
	}))
	entries, err := listAll(t, b, "/")
	wantKind(t, err, storage.Busy)
	if len(entries) != 2 {
		t.Errorf("%d entries", len(entries))
	}
}

func TestPagingGuards(t *testing.T) {
	item := `{"entries":[{"name":"f","type":"file"}],"next":%q}`
	for what, next := range map[string]func(i int) string{
		"same cursor":     func(int) string { return "again" },
		"cursors in turn": func(i int) string { return fmt.Sprint(i % 7) },
		"late cycle":      func(i int) string { return fmt.Sprint(min(i, 20+i%3)) },
		"no end":          func(i int) string { return fmt.Sprint(i) },
	} {
		t.Run(what, func(t *testing.T) {
			n := 0
			b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n++
				fmt.Fprintf(w, item, next(n))
			}), func(o *httpbackend.Options) { o.MaxPages = 100 })
			_, err := listAll(t, b, "/")
			wantKind(t, err, storage.Internal)
			if n > 100 {
				t.Errorf("%d requests", n)
			}
		})
	}
	b := serve(t, pages(`{"entries":[{"name":"a","type":"file"},{"name":"b","type":"file"},{"name":"c","type":"file"}]}`),
		func(o *httpbackend.Options) { o.MaxItems = 2 })
	if entries, err := listAll(t, b, "/"); len(entries) != 2 || storage.KindOf(err) != storage.Internal {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestNamesThatCannotBeAreLeftOut(t *testing.T) {
	var log bytes.Buffer
	body := `{"entries":[{"name":"../x","type":"file"},{"name":"..","type":"dir"},{"name":"","type":"file"},{"type":"file"},
		{"name":"a/b","type":"file"},{"name":"a\r\nb","type":"file"},{"name":"\u0000","type":"file"},{"name":"` + "\xff" + `","type":"file"},
		{"name":"\ud800","type":"file"},{"name":"link","type":"symlink"},{"name":null,"type":"file"},{"name":"good","type":"file"}, 5, null]}`
	b := serve(t, pages(body), func(o *httpbackend.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	entries, err := listAll(t, b, "/")
	if err != nil || len(entries) != 1 || entries[0].Name != "good" {
		t.Errorf("%v %v", entries, err)
	}
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "count=13") {
		t.Errorf("log %q", got)
	}
}

func TestEntriesOfAListing(t *testing.T) {
	b := serve(t, pages(
		`{ "next" : "p1" , "other" : [ { "entries" : 1 } ] , "entries" : [ { "size" : 7 , "name" : "a\"\u00e4\/b"  } ] }`,
		`{"entries":[{"name":"ä","type":"file","size":9007199254740993,"modified":"2026-03-31T22:00:00.5Z","etag":"\"e\"","permissions":["read","delete","fly"],"x":{"name":"no"}}],"next":"p2"}`,
		`{"entries":[{"name":"d","type":"dir","size":null,"modified":"yesterday","permissions":null},{"name":"n","size":"12","type":"file"},{"name":"m","size":-4,"type":"file"}],"next":null}`))
	got, err := listAll(t, b, "/")
	if err != nil {
		t.Fatal(err)
	}
	want := []storage.Entry{
		{Name: "ä", Size: 9007199254740993, ModTime: time.Date(2026, 3, 31, 22, 0, 0, 5e8, time.UTC), ETag: `"e"`, Permitted: storage.Read | storage.DeleteFile},
		{Name: "d", Type: storage.Dir, Size: storage.UnknownSize},
		{Name: "n", Size: 12},
		{Name: "m", Size: storage.UnknownSize},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

func TestNullIsAnEmptyList(t *testing.T) {
	if got, err := listAll(t, serve(t, pages(`{"entries":null}`)), "/"); err != nil || got != nil {
		t.Errorf("%v %v", got, err)
	}
}

func TestListingIsLazy(t *testing.T) {
	n := 0
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		fmt.Fprintf(w, `{"entries":[{"name":"f%d","type":"file"}],"next":"c%d"}`, n, n)
	}))
	seq := b.List(t.Context(), "/")
	if n != 0 {
		t.Error("asked before the iteration")
	}
	for range seq {
		break
	}
	if n != 1 {
		t.Errorf("%d pages asked for one entry", n)
	}
}

func TestStatAfterAListing(t *testing.T) {
	s := newNative()
	stats := 0
	b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1/stat/") {
			stats++
		}
		s.ServeHTTP(w, r)
	}))
	s.store("/a", []byte("1"))
	s.store("/b", []byte("22"))
	stat := func(name storage.Path, size int64, asked int) {
		t.Helper()
		e, err := b.Stat(t.Context(), name)
		if err != nil || e.Size != size || stats != asked {
			t.Errorf("%s: size %d, %v, %d requests; want %d, %d", name, e.Size, err, stats, size, asked)
		}
	}
	names(t, b, "/")
	stat("/a", 1, 0)
	stat("/b", 2, 0)
	put(t, b, "/a", "333", storage.PutOptions{})
	stat("/a", 3, 1)
	stat("/b", 2, 2)
}

// A listing that a write has overtaken is not remembered.
func TestWriteDuringAListing(t *testing.T) {
	s := newNative()
	s.store("/a", []byte("1"))
	b := serve(t, s)
	for _, err := range b.List(t.Context(), "/") {
		if err != nil {
			t.Fatal(err)
		}
		put(t, b, "/a", "22", storage.PutOptions{})
	}
	if e, err := b.Stat(t.Context(), "/a"); err != nil || e.Size != 2 {
		t.Errorf("%+v %v", e, err)
	}
}

func TestStatCacheIsOff(t *testing.T) {
	s := newNative()
	s.store("/a", []byte("1"))
	b := serve(t, s, func(o *httpbackend.Options) { o.StatCache = -1 })
	names(t, b, "/")
	s.store("/a", []byte("22"))
	if e, err := b.Stat(t.Context(), "/a"); err != nil || e.Size != 2 {
		t.Errorf("%+v %v", e, err)
	}
}

// listingMapping is a mapping of the native listing, with rules of its own and no
// document that would check them.
func listingMapping(t testing.TB, each string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse("x.map.yaml", []byte(`
ftpmap: 1
auth: bearer
routes:
  - path: /{path...}
    tree: true
    list: {http: {url: "/v1/list/{path...}"}, items: /entries, each: [`+each+`]}
`))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const withExpressions = `{
	name: "=item.name + '.x'", type: "=item.type == 'file' ? 'file' : 'dir'", size: "=item.size + 0",
	mtime: "=parseTime(item.modified, '2006-01-02T15:04:05Z07:00')", when: "=item.name != 'hidden'"}`

func TestRulesWithExpressions(t *testing.T) {
	rules := withExpressions + `, {name: "{item.name}-was-{item.kind.was}", type: dir, size: =item.kind.id, etag: "=string(item.kind.id)", permissions: "=['read','mtime']"}`
	body := `{"entries":[{"name":"a","type":"file","size":5,"modified":"2026-03-31T22:00:00Z"},
		{"name":"hidden","kind":{"was":"secret","id":9007199254740993}}]}`
	b := serve(t, pages(body), func(o *httpbackend.Options) { o.Mapping = listingMapping(t, rules) })
	got, err := listAll(t, b, "/")
	if err != nil {
		t.Fatal(err)
	}
	want := []storage.Entry{
		{Name: "a.x", Size: 5, ModTime: time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC)},
		{Name: "hidden-was-secret", Type: storage.Dir, Size: 9007199254740993, ETag: "9007199254740993", Permitted: storage.Read | storage.SetTime},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}

// What an expression cannot compute ends the listing: a shorter one would be a lie.
func TestExpressionThatFails(t *testing.T) {
	body := `{"entries":[{"name":"a","size":5},{"name":"b","size":"x"}]}`
	b := serve(t, pages(body), func(o *httpbackend.Options) {
		o.Mapping = listingMapping(t, `{name: =item.name, size: "=item.size * 2"}`)
	})
	got, err := listAll(t, b, "/")
	wantKind(t, err, storage.Internal)
	if len(got) != 1 || got[0].Size != 10 {
		t.Errorf("%+v", got)
	}
}

func TestVerbsThatTheMappingLacks(t *testing.T) {
	b := serve(t, newNative(), func(o *httpbackend.Options) { o.Mapping = listingMapping(t, `{name: =item.name}`) })
	_, err := b.Stat(t.Context(), "/f")
	wantKind(t, err, storage.NotFound) // the listing above does not have it
	_, err = b.Put(t.Context(), "/f", strings.NewReader("x"), storage.PutOptions{})
	wantKind(t, err, storage.Unsupported)
	a := b.Abilities()
	if a.SetModTime != nil || a.Permitted("/f") != storage.ListDir {
		t.Errorf("abilities %+v", a)
	}
}
