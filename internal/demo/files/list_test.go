package files

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type page struct {
	Entries []entry
	Next    string
}

func (b *bench) page(query string) page {
	b.t.Helper()
	a := b.want(http.StatusOK, "GET", "/v1/list/many?"+query, "")
	var p page
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		b.t.Fatal(err)
	}
	return p
}

func (b *bench) manyFiles(n int) (names []string) {
	b.t.Helper()
	dir := filepath.Join(b.dir, "many")
	if err := os.Mkdir(dir, 0o777); err != nil {
		b.t.Fatal(err)
	}
	for i := range n {
		names = append(names, fmt.Sprintf("file %05d ü", i))
		if err := os.WriteFile(filepath.Join(dir, names[i]), []byte("x"), 0o666); err != nil {
			b.t.Fatal(err)
		}
	}
	return names
}

func TestPagesAreTheWholeDirectoryOnce(t *testing.T) {
	b := newBench(t)
	want := b.manyFiles(2500)
	for limit, pages := range map[string]int{"": 3, "limit=700": 4, "limit=2500": 1, "limit=999999": 1} {
		var got []string
		count, cursor := 0, ""
		for {
			p := b.page(limit + "&cursor=" + url.QueryEscape(cursor))
			for _, e := range p.Entries {
				got = append(got, e.Name)
			}
			count++
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if !slices.Equal(got, want) || count != pages {
			t.Errorf("%q: %d names in %d pages", limit, len(got), count)
		}
	}
}

func TestACursorOutlivesItsFile(t *testing.T) {
	b := newBench(t)
	names := b.manyFiles(20)
	p := b.page("limit=10")
	for _, name := range names[:10] {
		if err := os.Remove(filepath.Join(b.dir, "many", name)); err != nil {
			t.Fatal(err)
		}
	}
	if rest := b.page("cursor=" + p.Next); len(rest.Entries) != 10 || rest.Entries[0].Name != names[10] || rest.Next != "" {
		t.Errorf("got %+v", rest)
	}
}

func TestNDJSONIsTheWholeDirectory(t *testing.T) {
	b := newBench(t)
	want := b.manyFiles(nameBatch + 1)
	a := b.want(http.StatusOK, "GET", "/v1/list/many?limit=3", "", "Accept: application/x-ndjson, application/json;q=0.5")
	if ct := a.Header.Get("Content-Type"); ct != ndjsonType {
		t.Errorf("content type %q", ct)
	}
	var got []string
	for line := range strings.Lines(a.body) {
		var e entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Name)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %d names", len(got))
	}
}

func TestNDJSONIsForThoseWhoAsk(t *testing.T) {
	for accept, want := range map[string]bool{
		"":                          false,
		"*/*":                       false,
		"application/json":          false,
		"application/x-ndjson":      true,
		"application/ndjson;q=0.2":  true,
		"application/x-ndjson;q=0":  false,
		"application/*, text/plain": false,
		"application/json;q=0.9, application/x-ndjson":     true,
		"application/json, application/x-ndjson;q=0.9":     false,
		"application/json, application/x-ndjson, */*;q=.1": true,
	} {
		if got := prefersNDJSON([]string{accept}); got != want {
			t.Errorf("%q: got %v", accept, got)
		}
	}
}

func TestListShowsFilesAndDirectoriesOnly(t *testing.T) {
	b := newBench(t)
	b.file("a", "12345")
	b.file("d/x", "x")
	b.file("bad\nname", "x")
	b.file("bad\xff", "x")
	a := b.want(http.StatusOK, "GET", "/v1/list/", "")
	var p page
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Entries) != 2 || p.Entries[0].Name != "a" || p.Entries[0].Type != "file" || p.Entries[0].Size != 5 ||
		p.Entries[0].ETag == "" || p.Entries[1].Name != "d" || p.Entries[1].Type != "dir" {
		t.Errorf("got %s", a.body)
	}
}

func TestBadListings(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/list/none", "")
	b.wantProblem(http.StatusConflict, "not-directory", "GET", "/v1/list/a", "")
	b.wantProblem(http.StatusBadRequest, "", "GET", "/v1/list/?limit=0", "")
	b.wantProblem(http.StatusBadRequest, "", "GET", "/v1/list/?limit=many", "")
	b.wantProblem(http.StatusBadRequest, "", "GET", "/v1/list/?cursor=!", "")
	if err := os.Mkdir(filepath.Join(b.dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	if a := b.want(http.StatusOK, "GET", "/v1/list/empty", ""); strings.TrimSpace(a.body) != `{"entries":[]}` {
		t.Errorf("empty: %s", a.body)
	}
}
