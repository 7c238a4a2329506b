package httpbackend_test

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// Names that a listing saves spare the lookup only if they are all that it would
// find: a parameter without a value would be left out of the request.
func TestListingThatSavesLessThanTheLookup(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/docs":
			_, _ = io.WriteString(w, `[{"name":"a","id":7,"version":3}]`)
		default:
			_, _ = io.WriteString(w, r.URL.RawQuery)
		}
	})
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /d/
    list: {http: {url: /docs}, items: "", each: [{route: doc, bind: {name: =item.name}, save: {id: =item.id}}]}
  - path: /d/{name}
    id: doc
    lookup: {http: {url: /docs}, items: "", where: =item.name == name, save: {id: =item.id, version: =item.version}}
    read: {http: {url: "/text"}, params: {id: =id, version: =version}}
`))
	if got := names(t, b, "/d"); len(got) != 1 {
		t.Fatalf("listed %v", got)
	}
	if got := read(t, b, "/d/a", 0); got != "id=7&version=3" {
		t.Errorf("asked for %q", got)
	}
}

// What is saved for a path does not take the place of what the path itself says.
func TestSavedNameThatIsAVariableOfThePath(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/docs":
			_, _ = io.WriteString(w, `[{"name":"a","id":"b"}]`)
		default:
			_, _ = io.WriteString(w, r.URL.Path)
		}
	})
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /d/
    list: {http: {url: /docs}, items: "", each: [{name: =item.name, save: {id: =item.id}}]}
  - path: /d/{id}
    read: {http: {url: "/text/{id}"}}
`))
	names(t, b, "/d")
	if got := read(t, b, "/d/a", 0); got != "/text/a" {
		t.Errorf("asked for %q", got)
	}
}

// Two routes may take one path for different verbs, with a lookup each.
func TestLookupsOfTwoRoutesAtOnePath(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/numbers/5":
			_, _ = io.WriteString(w, `{"id":"number"}`)
		case "/words/5":
			_, _ = io.WriteString(w, `{"id":"word"}`)
		case "/number", "/word":
			_, _ = io.WriteString(w, r.URL.Path)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: "/d/{n:int}"
    lookup: {http: {url: "/numbers/{n}"}, save: {id: =item.id}}
    read: {http: {url: "/{id}"}}
  - path: /d/{word}
    lookup: {http: {url: "/words/{word}"}, save: {id: =item.id}}
    mtime: {http: {method: POST, url: "/{id}"}}
`))
	if got := read(t, b, "/d/5", 0); got != "/number" {
		t.Errorf("read %q", got)
	}
	if err := b.Abilities().SetModTime(t.Context(), "/d/5", time.Unix(0, 0)); err != nil {
		t.Error(err)
	}
	const auth = " Authorization=Bearer secret"
	p.want(t, "both", "GET /numbers/5"+auth, "GET /number"+auth, "GET /words/5"+auth, "POST /word"+auth)
}

// What was asked for before a write and answered after it is what was there before.
func TestAnswersThatAWriteHasOvertaken(t *testing.T) {
	asked, write := make(chan struct{}), make(chan struct{})
	var ids atomic.Int32
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/ids" && ids.Add(1) == 1:
			_, _ = io.WriteString(w, `{"id":"old",`)
			w.(http.Flusher).Flush()
			close(asked)
			<-write
			_, _ = io.WriteString(w, `"size":1}`)
		case r.URL.Path == "/ids":
			_, _ = io.WriteString(w, `{"id":"new","size":2}`)
		default:
			_, _ = io.WriteString(w, r.URL.Path)
		}
	})
	b := serve(t, h, mapped(t, `
routes:
  - path: /d/{name}
    lookup: {http: {url: /ids}, cache: 1h, save: {id: =item.id}}
    stat: {from: lookup, size: =item.size}
    read: {http: {url: "/{id}"}}
  - path: /w/{name}
    delete: {http: {method: DELETE, url: /w}}
`))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = b.Stat(t.Context(), "/d/a")
	}()
	<-asked
	if err := b.Delete(t.Context(), "/w/x"); err != nil {
		t.Error(err)
	}
	if got := read(t, b, "/d/a", 0); got != "/new" { // while the first is still under way
		t.Errorf("read %q", got)
	}
	close(write)
	<-done
	if got := read(t, b, "/d/a", 0); got != "/new" {
		t.Errorf("read %q", got)
	}
}

func TestStatThatAWriteHasOvertaken(t *testing.T) {
	asked, write := make(chan struct{}), make(chan struct{})
	var stats atomic.Int32
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && stats.Add(1) == 1 {
			close(asked)
			<-write
			_, _ = io.WriteString(w, `{"size":1}`)
			return
		}
		_, _ = io.WriteString(w, `{"size":2}`)
	})
	b := serve(t, h, mapped(t, `
routes:
  - path: /{name}
    stat: {http: {url: /stat}, cache: 1h, size: =item.size}
    delete: {http: {method: DELETE, url: /w}}
`))
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = b.Stat(t.Context(), "/a")
	}()
	<-asked
	if err := b.Delete(t.Context(), "/x"); err != nil {
		t.Error(err)
	}
	close(write)
	<-done
	if e, err := b.Stat(t.Context(), "/a"); e.Size != 2 || err != nil {
		t.Errorf("got %+v, %v", e, err)
	}
}
