package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// explained are FTP commands with the operation that the engine makes of them.
var explained = []struct {
	commands []string
	do       func(context.Context, storage.Backend) error
}{
	{[]string{"RETR /d/a b"}, func(ctx context.Context, b storage.Backend) error { return open(ctx, b, 0) }},
	{[]string{"REST 5", "RETR /d/a b"}, func(ctx context.Context, b storage.Backend) error { return open(ctx, b, 5) }},
	{[]string{"STOR /d/a b"}, func(ctx context.Context, b storage.Backend) error { return store(ctx, b, storage.PutOptions{}) }},
	{[]string{"STOU /d/a b"}, func(ctx context.Context, b storage.Backend) error {
		return store(ctx, b, storage.PutOptions{Mode: storage.Create})
	}},
	{[]string{"REST 5", "STOR /d/a b"}, func(ctx context.Context, b storage.Backend) error {
		return store(ctx, b, storage.PutOptions{Mode: storage.Resume, Offset: 5})
	}},
	{[]string{"APPE /d/a b"}, func(ctx context.Context, b storage.Backend) error {
		return store(ctx, b, storage.PutOptions{Mode: storage.Append})
	}},
	{[]string{"MLSD /d"}, func(ctx context.Context, b storage.Backend) error {
		for _, err := range b.List(ctx, "/d") {
			return err
		}
		return nil
	}},
	{[]string{"MLST /d/a b"}, func(ctx context.Context, b storage.Backend) error {
		_, err := b.Stat(ctx, "/d/a b")
		return err
	}},
	{[]string{"DELE /d/a b"}, func(ctx context.Context, b storage.Backend) error { return b.Delete(ctx, "/d/a b") }},
	{[]string{"MKD /d/a b"}, func(ctx context.Context, b storage.Backend) error { return b.MakeDir(ctx, "/d/a b") }},
	{[]string{"RMD /d/a b"}, func(ctx context.Context, b storage.Backend) error { return b.RemoveDir(ctx, "/d/a b") }},
	{[]string{"RNFR /d/a b", "RNTO /c"}, func(ctx context.Context, b storage.Backend) error { return b.Rename(ctx, "/d/a b", "/c") }},
	{[]string{"MFMT 20260331220000 /d/a b"}, func(ctx context.Context, b storage.Backend) error {
		set := b.(storage.Abler).Abilities().SetModTime
		if set == nil {
			return nil
		}
		return set(ctx, "/d/a b", time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC))
	}},
}

func open(ctx context.Context, b storage.Backend, offset int64) error {
	r, err := b.Open(ctx, "/d/a b", offset)
	if err == nil {
		err = r.Close()
	}
	return err
}

func store(ctx context.Context, b storage.Backend, o storage.PutOptions) error {
	_, err := b.Put(ctx, "/d/a b", strings.NewReader("content"), o)
	return err
}

// TestExplanationsAreWhatIsSent compares the first request of each explanation with the
// first that the executor sends.
func TestExplanationsAreWhatIsSent(t *testing.T) {
	compared := 0
	for _, name := range []string{"files", "nginx", "webdav", "s3", "gcs", "azblob"} {
		m, err := mapping.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		sent := make(chan *http.Request, 100)
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			sent <- r
			w.WriteHeader(http.StatusTeapot) // one request is enough
		}))
		a := asker(&config.Backend{Server: config.Server{URL: srv.URL, Variables: map[string]string{"bucket": "b", "account": "a", "container": "c"}}}, "alice")
		a.Credentials = nil
		up, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: a.Server, Variables: a.Variables})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range explained {
			questions, err := mapping.ParseCommands(c.commands)
			if err != nil {
				t.Fatal(err)
			}
			text := m.Explain(questions[0], a)
			err = c.do(t.Context(), up.Backend(httpbackend.Caller{Session: "s", User: a.User, Credentials: emptyCredentials(m)}))
			var first *http.Request
			select {
			case first = <-sent:
			default:
			}
			for len(sent) > 0 {
				<-sent
			}
			if problem := compareFirst(text, first); problem != "" {
				t.Errorf("%s, %s: %s (the operation gave %v); explained was\n%s", name, c.commands, problem, err, text)
			}
			if first != nil {
				compared++
			}
		}
		up.Close()
		srv.Close()
	}
	if compared < 50 {
		t.Errorf("only %d requests were compared", compared)
	}
}

// emptyCredentials are all that a mapping names, and none shows anything.
func emptyCredentials(m *mapping.Mapping) map[string]httpbackend.Credential {
	all := map[string]httpbackend.Credential{}
	m.Each(func(c *mapping.Call) {
		for _, names := range c.Security {
			for _, name := range names {
				all[name] = noCredential{}
			}
		}
	})
	return all
}

var (
	curlLine    = regexp.MustCompile(`(?m)^  curl (?:-X (\S+) |(--head) )?'([^']*)'((?: \\\n    .*)*)`)
	unknownPart = regexp.MustCompile(`%3C.*?%3E`) // <name>
	curlHeader  = regexp.MustCompile(`-H '([^:]+): ([^'<*]*)'`)
)

// compareFirst says how the first curl of an explanation differs from a request.
func compareFirst(text string, r *http.Request) string {
	m := curlLine.FindStringSubmatch(text)
	switch {
	case m == nil && r == nil:
		return ""
	case m == nil:
		return "sent is " + r.Method + " " + r.RequestURI
	case r == nil:
		return "nothing is sent"
	}
	method := "GET"
	if m[1] != "" {
		method = m[1]
	} else if m[2] != "" {
		method = "HEAD"
	}
	u, err := url.Parse(m[3])
	if err != nil {
		return err.Error()
	}
	want := regexp.QuoteMeta(method + " " + u.EscapedPath() + "?" + u.Query().Encode())
	want = "^" + unknownPart.ReplaceAllString(want, ".+") + "$"
	if sent := r.Method + " " + r.URL.EscapedPath() + "?" + r.URL.Query().Encode(); !regexp.MustCompile(want).MatchString(sent) {
		return "sent is " + sent
	}
	for _, h := range curlHeader.FindAllStringSubmatch(m[4], -1) {
		if got := r.Header.Get(h[1]); got != h[2] {
			return "the header " + h[1] + " is sent as " + got
		}
	}
	return ""
}
