package httpbackend_test

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// parseMapping is a mapping whose routes are given, without a document.
func parseMapping(t testing.TB, routes string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Parse("x.map.yaml", []byte("ftpmap: 1\nauth: bearer\n"+routes))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// listRoute is the directory /d with the rest of its list given.
func listRoute(t testing.TB, list string) func(*httpbackend.Options) {
	m := parseMapping(t, "routes: [{path: /d/, list: {http: {url: /items}, "+list+"}}]\n")
	return func(o *httpbackend.Options) { o.Mapping = m }
}

// respond serves one body for all requests, of a type and with a Link to itself.
func respond(contentType, body string, header ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		_, _ = io.WriteString(w, body)
	})
}

const (
	jsonType  = "application/json"
	linesType = "application/x-ndjson"
	xmlType   = "text/xml"
	named     = "each: [{name: =item.n}]"
)

// An answer that is not what the mapping says is an error, and never a listing that
// looks whole.
func TestAnswersThatMisbehave(t *testing.T) {
	const (
		list    = `items: /l, ` + named
		lines   = `items: "", ` + named
		element = `items: /b/c, ` + named
		total   = `items: /l, page: {offset: {param: o, total: /t}}, ` + named
		more    = `items: /l, page: {cursor: {param: c, from: /c, more: /m}}, ` + named
		next    = `items: /l, page: {next: /u}, ` + named
		byLink  = `items: /l, page: link, ` + named
		number  = `items: /l, page: {page: {param: p}}, ` + named
		several = `items: /l, each: [{name: =item.n}, {items: /k, name: =item.n}]`
	)
	for what, c := range map[string]struct {
		list, contentType, body string
		want                    storage.Kind
		entries                 int
	}{
		"lines: HTML":            {lines, linesType, "<html>", storage.Internal, 0},
		"lines: broken":          {lines, linesType, "{\"n\":\"a\"}\n{\"n\":}\n", storage.Internal, 1},
		"lines: cut":             {lines, linesType, "{\"n\":\"a\"}\n{\"n\":\"b", storage.CutShort, 1},
		"lines: garbage":         {lines, linesType, "{\"n\":\"a\"}\nDone.\n", storage.Internal, 1},
		"lines: huge":            {lines, linesType, `{"n":"` + strings.Repeat("x", 2<<20), storage.Internal, 0},
		"lines: in a document":   {list, linesType, "{\"n\":\"a\"}\n", storage.Internal, 0},
		"sequence: cut":          {lines, "application/json-seq", "\x1e{\"n\":\"a\"}\n\x1e{\"n\":\n\x1e{\"n\":\"c\"}\n", storage.CutShort, 1},
		"XML: empty":             {element, xmlType, "", storage.CutShort, 0},
		"XML: JSON":              {element, xmlType, "{}", storage.Internal, 0},
		"XML: cut":               {element, xmlType, "<a><b><c><n>x</n></c><c>", storage.CutShort, 1},
		"XML: cut before items":  {element, xmlType, "<a>", storage.CutShort, 0},
		"XML: cut after items":   {element, xmlType, "<a><b><c><n>x</n></c></b>", storage.CutShort, 1},
		"XML: broken":            {element, xmlType, "<a><b><c><n>x</n></c></d>", storage.Internal, 1},
		"XML: two roots":         {element, xmlType, "<a><b><c><n>x</n></c></b></a><a/>", storage.Internal, 1},
		"XML: text at the end":   {element, xmlType, "<a><b></b></a> done", storage.Internal, 0},
		"XML: text before":       {element, xmlType, "Error: <a><b></b></a>", storage.Internal, 0},
		"XML: a web page":        {element, "application/xhtml+xml", "<html><b><c/></b></html>", storage.Internal, 0},
		"XML: forced":            {`format: xml, ` + element, "text/html", "<a><b></b></a>", storage.Internal, 0},
		"XML: an error":          {element, xmlType, "<Error><Code>NoSuchBucket</Code></Error>", storage.Internal, 0},
		"XML: no list":           {element, xmlType, "<a><x/></a>", storage.Internal, 0},
		"XML: too deep":          {element, xmlType, strings.Repeat("<a>", 100), storage.Internal, 0},
		"XML: item too deep":     {element, xmlType, "<a><b><c>" + strings.Repeat("<a>", 100), storage.Internal, 0},
		"XML: huge item":         {element, xmlType, "<a><b><c>" + strings.Repeat("<n>x</n>", 1<<18), storage.Internal, 0},
		"XML: entity":            {element, xmlType, `<!DOCTYPE a [<!ENTITY e "x">]><a><b><c><n>&e;</n></c></b></a>`, storage.Internal, 0},
		"XML: foreign charset":   {element, xmlType, `<?xml version="1.0" encoding="utf-7"?><a><b></b></a>`, storage.Internal, 0},
		"members: not meant":     {list, jsonType, `{"l":{"a":{"n":"x"}}}`, storage.Internal, 0},
		"several: a list":        {several, jsonType, `[{"n":"x"}]`, storage.Internal, 0},
		"several: text":          {several, jsonType, `{"l":[{"n":"x"}],"k":"none"}`, storage.Internal, 1},
		"total: text":            {total, jsonType, `{"t":"many","l":[{"n":"x"}]}`, storage.Internal, 0},
		"total: an object":       {total, jsonType, `{"t":{},"l":[{"n":"x"}]}`, storage.Internal, 0},
		"total: not reached":     {total, jsonType, `{"t":5,"l":[]}`, storage.Internal, 0},
		"more: no cursor":        {more, jsonType, `{"m":true,"l":[{"n":"x"}]}`, storage.Internal, 1},
		"more: neither":          {more, jsonType, `{"m":"perhaps","l":[]}`, storage.Internal, 0},
		"more: a list":           {more, jsonType, `{"m":[],"l":[]}`, storage.Internal, 0},
		"next: elsewhere":        {next, jsonType, `{"u":"http://other.example/x","l":[{"n":"x"}]}`, storage.Internal, 1},
		"next: with a user":      {next, jsonType, `{"u":"//u@127.0.0.1/x","l":[]}`, storage.Internal, 0},
		"next: no URL":           {next, jsonType, `{"u":"http://[","l":[]}`, storage.Internal, 0},
		"next: other scheme":     {next, jsonType, `{"u":"file:///etc/passwd","l":[]}`, storage.Internal, 0},
		"next: itself":           {next, jsonType, `{"u":"/items","l":[]}`, storage.Internal, 0},
		"link: elsewhere":        {byLink, jsonType, `{"l":[{"n":"x"}]}`, storage.Internal, 1},
		"number: the same again": {number, jsonType, `{"l":[{"n":"x"}]}`, storage.Internal, 1},
	} {
		t.Run(what, func(t *testing.T) {
			b := serve(t, respond(c.contentType, c.body, "Link", "<https://other.example/>; rel=next"), listRoute(t, c.list))
			entries, err := listAll(t, b, "/d")
			wantKind(t, err, c.want)
			if len(entries) != c.entries {
				t.Errorf("%d entries, want %d", len(entries), c.entries)
			}
		})
	}
}

// What is an empty list, and not an error.
func TestEmptyLists(t *testing.T) {
	for what, c := range map[string]struct{ list, contentType, body string }{
		"lines":        {`items: "", ` + named, linesType, ""},
		"blank lines":  {`items: "", ` + named, linesType, "\n\n"},
		"XML":          {`items: /b, ` + named, xmlType, "<?xml version=\"1.0\"?>\n<a/>\n<!-- end -->\n"},
		"XML holder":   {`items: /b/c, ` + named, xmlType, "\ufeff<a><b/></a>"},
		"several":      {`items: /l, each: [{name: =item.n}, {items: /k, name: =item.n}]`, jsonType, `{"kind":"list"}`},
		"members":      {`items: /l, each: [{name: =item.key}]`, jsonType, `{"l":{}}`},
		"cursor false": {`items: /l, page: {cursor: {param: c, from: /c}}, ` + named, jsonType, `{"l":[],"c":false}`},
		"total":        {`items: /l, page: {offset: {param: c, total: /t}}, ` + named, jsonType, `{"l":[],"t":0}`},
		"in a list":    {`items: /1/l, ` + named, jsonType, `[{"l":1},{"l":[]},3]`},
	} {
		t.Run(what, func(t *testing.T) {
			if got, err := listAll(t, serve(t, respond(c.contentType, c.body), listRoute(t, c.list)), "/d"); err != nil || len(got) > 0 {
				t.Errorf("%v %v", got, err)
			}
		})
	}
}

// A service that never ends is bounded by the number of pages, or of items.
func TestEndlessPages(t *testing.T) {
	for what, list := range map[string]string{
		"number": "items: /l, page: {page: {param: p, size_param: s, size: 1}}, max_pages: 7, " + named,
		"offset": "items: /l, page: {offset: {param: o}}, max_items: 7, " + named,
		"next":   "items: /l, page: {next: /u}, max_pages: 7, " + named,
	} {
		t.Run(what, func(t *testing.T) {
			n := 0
			b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				n++
				fmt.Fprintf(w, `{"l":[{"n":"f%d"}],"u":"?page=%d"}`, n, n)
			}), listRoute(t, list))
			entries, err := listAll(t, b, "/d")
			wantKind(t, err, storage.Internal)
			if len(entries) != 7 {
				t.Errorf("%d entries", len(entries))
			}
		})
	}
}

// A next page may lie at another origin that the mapping allows. What is meant for
// the server stays there: the credential, and headers that the mapping makes.
func TestNextPageAtAnotherOrigin(t *testing.T) {
	var heads []http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		heads = append(heads, r.Header)
		fmt.Fprint(w, `{"l":[{"n":"b"}],"u":"/third"}`)
	}))
	defer other.Close()
	for _, method := range []string{"GET", "POST"} {
		heads = nil
		m := parseMapping(t, `origins: ["`+other.URL+`"]
routes:
  - path: /d/
    list:
      http: {method: `+method+`, url: /items}
      params: {header.X-Key: secret, header.Cookie: secret, header.Accept: application/hal+json}
      items: /l
      page: {next: /u}
      max_pages: 2
      each: [{name: =item.n}]
`)
		b := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" || r.Header.Get("X-Key") != "secret" {
				t.Errorf("to the server: %v", r.Header)
			}
			fmt.Fprintf(w, `{"l":[{"n":"a"}],"u":"%s/second"}`, other.URL)
		}), func(o *httpbackend.Options) { o.Mapping = m })
		entries, err := listAll(t, b, "/d")
		wantKind(t, err, storage.Internal) // too many pages, or not by POST
		if method == "POST" {
			if len(entries) != 1 || len(heads) != 0 {
				t.Errorf("POST: %v, %d requests", entries, len(heads))
			}
			continue
		}
		if len(entries) != 2 || len(heads) != 1 {
			t.Fatalf("%v, %d requests", entries, len(heads))
		}
		for name, values := range heads[0] {
			if strings.Contains(strings.Join(values, " "), "secret") {
				t.Errorf("%s went to the other origin", name)
			}
		}
		if got := heads[0].Get("Accept"); got != "application/hal+json" {
			t.Errorf("Accept %q", got)
		}
	}
}

// Of two items that make the same name the first is shown.
func TestDoubledNames(t *testing.T) {
	var log bytes.Buffer
	body := `{"l":[{"n":"a","s":1},{"n":"a","s":2},{"n":"b","s":3},{"n":"a","s":4},{"n":"/","s":5}]}`
	b := serve(t, respond(jsonType, body), listRoute(t, "items: /l, each: [{name: =item.n, size: =item.s}]"),
		func(o *httpbackend.Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
	entries, err := listAll(t, b, "/d")
	if err != nil || len(entries) != 2 || entries[0].Size != 1 || entries[1].Size != 3 {
		t.Errorf("%+v %v", entries, err)
	}
	if got := log.String(); !strings.Contains(got, "count=3 doubled=2") {
		t.Errorf("log %q", got)
	}
}

// Rules see the status and the header of the answer.
func TestRulesSeeTheHeader(t *testing.T) {
	b := serve(t, respond(jsonType, `{"l":[{"n":"a"}]}`, "X-Suffix", ".z"), listRoute(t, `items: /l, each: [{name: "=item.n + resp.header['x-suffix']"}]`))
	if entries, err := listAll(t, b, "/d"); err != nil || len(entries) != 1 || entries[0].Name != "a.z" {
		t.Errorf("%v %v", entries, err)
	}
}

// itemsOf writes n items without holding them.
type itemsOf struct {
	format string
	n      int
}

func (s itemsOf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, last := 0, s.n
	w.Header().Set("Content-Type", map[string]string{"lines": linesType, "xml": xmlType}[s.format])
	if s.format == "pages" {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		first, last = min((page-1)*1000, s.n), min(page*1000, s.n)
	}
	buf := make([]byte, 0, 64<<10)
	switch s.format {
	case "xml":
		buf = append(buf, "<list>"...)
	case "array", "pages":
		buf = append(buf, `{"entries":[`...)
	}
	for i := first; i < last; i++ {
		switch s.format {
		case "xml":
			buf = fmt.Appendf(buf, "<entries><name>invoice-%06d.csv</name><type>file</type><size>%d</size><modified>2026-03-31T22:00:00Z</modified></entries>\n", i, 7*i)
		default:
			if i > first && s.format != "lines" {
				buf = append(buf, ',')
			}
			buf = append(buf, `{"name":"invoice-`...)
			buf = strconv.AppendInt(buf, int64(1_000_000+i), 10)
			buf = append(buf, `.csv","type":"file","size":`...)
			buf = strconv.AppendInt(buf, int64(i*7), 10)
			buf = append(buf, `,"modified":"2026-03-31T22:00:00Z","etag":"`...)
			buf = strconv.AppendInt(buf, int64(i), 16)
			buf = append(buf, "\"}\n"...)
		}
		if len(buf) > 60<<10 {
			_, _ = w.Write(buf)
			buf = buf[:0]
		}
	}
	switch s.format {
	case "xml":
		buf = append(buf, "</list>"...)
	case "array", "pages":
		buf = append(buf, "]}"...)
	}
	_, _ = w.Write(buf)
}

const fieldRule = "each: [{name: =item.name, type: =item.type, size: =item.size, mtime: =item.modified, etag: =item.etag}]"

// listOf is the mapping for an itemsOf of the format.
func listOf(t testing.TB, format, each string) func(*httpbackend.Options) {
	return listRoute(t, map[string]string{
		"array": "items: /entries, ",
		"pages": "items: /entries, page: {page: {param: page, size: 1000}}, ",
		"lines": `items: "", `,
		"xml":   "items: /entries, ",
	}[format]+each)
}

// What a listing takes does not grow with the number of its items.
func TestMemoryOfAListing(t *testing.T) {
	for format, items := range map[string]int{"array": 200_000, "pages": 200_000, "lines": 200_000, "xml": 50_000} {
		t.Run(format, func(t *testing.T) {
			const bound = 8 << 20
			b := serve(t, itemsOf{format, items}, listOf(t, format, fieldRule))
			inUse := func() uint64 {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				return m.HeapAlloc
			}
			n, before := 0, inUse()
			for _, err := range b.List(t.Context(), "/d") {
				if err != nil {
					t.Fatal(err)
				}
				if n++; n%(items/4) == 0 {
					if now := inUse(); now > before+bound {
						t.Errorf("after %d items %d bytes more", n, now-before)
					}
				}
			}
			if n != items {
				t.Errorf("%d items", n)
			}
		})
	}
}
