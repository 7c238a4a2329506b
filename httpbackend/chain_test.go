package httpbackend_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

const threeSteps = `
steps:
  - {http: {method: POST, url: /begin}, save: {id: =resp.body.id, skip: =resp.body.skip}}
  - {when: "=skip != 'content'", http: {method: PUT, url: "/o/{id}"}, body: stream}
  - {when: "=skip != 'end'", http: {method: POST, url: "/end/{id}"}, save: {version: =resp.body.version}, errors: [{status: 409, kind: busy}]}
on_abort: {http: {method: DELETE, url: "/begin/{id}"}}
reply: "{resp.body.said} {version}"`

// chained answers the steps; fail names a request and how it ends.
func chained(t *testing.T, begun, fail string, status int) *place {
	t.Helper()
	return newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if r.Method+" "+r.URL.Path == fail {
			w.WriteHeader(status)
		}
		switch r.URL.Path {
		case "/begin":
			_, _ = io.WriteString(w, begun)
		case "/o/7":
			_, _ = io.WriteString(w, `{"said":"sent"}`)
		case "/end/7":
			_, _ = io.WriteString(w, `{"said":"ended","version":3}`)
		}
	})
}

func TestChain(t *testing.T) {
	const begin, content, end, abort = "POST /begin", "PUT /o/7", "POST /end/7", "DELETE /begin/7"
	for what, c := range map[string]struct {
		begun, fail string
		status      int
		want        storage.Kind
		text        string // of the receipt; empty: it fails
		requests    []string
	}{
		"whole":           {`{"id":7}`, "", 0, 0, "ended 3", []string{begin, content, end}},
		"end skipped":     {`{"id":7,"skip":"end"}`, "", 0, 0, "sent", []string{begin, content}},
		"content skipped": {`{"id":7,"skip":"content"}`, "", 0, storage.Internal, "", []string{begin, end, abort}},
		"begin refused":   {`{"id":7}`, begin, 403, storage.Denied, "", []string{begin}},
		"begin failed":    {`{"id":7}`, begin, 500, storage.Internal, "", []string{begin}}, // there is no id to clean up
		"content refused": {`{"id":7}`, content, 413, storage.TooLarge, "", []string{begin, content, abort}},
		"end refused":     {`{"id":7}`, end, 409, storage.Busy, "", []string{begin, content, end, abort}},
		"end failed":      {`{"id":7}`, end, 503, storage.Busy, "", []string{begin, content, end, abort}},
		"nothing to see":  {`not JSON`, "", 0, storage.Internal, "", []string{begin}},
		"clean-up fails":  {`{"id":7,"skip":"content"}`, abort, 500, storage.Internal, "", []string{begin, end, abort}},
	} {
		for _, size := range []int{5, 100 << 10} {
			p := chained(t, c.begun, c.fail, c.status)
			b := connect(t, p.Server, &bearer{token: "secret"}, writing(t, threeSteps), noAuth)
			receipt, err := b.Put(t.Context(), "/f", strings.NewReader(strings.Repeat("x", size)), storage.PutOptions{})
			if c.text != receipt.Text || (c.text == "") != (err != nil) {
				t.Errorf("%s: told %q, error %v", what, receipt.Text, err)
			}
			if err != nil && storage.KindOf(err) != c.want {
				t.Errorf("%s: error %v, want %v", what, err, c.want)
			}
			p.want(t, what, c.requests...)
		}
	}
}

// noAuth takes the credential away, whose header the expected requests do not have.
func noAuth(o *httpbackend.Options) {
	for _, r := range o.Mapping.Routes {
		for _, calls := range r.Calls {
			for _, c := range calls {
				for _, s := range c.Steps {
					s.Security = nil
				}
				if c.OnAbort != nil {
					c.OnAbort.Security = nil
				}
			}
		}
	}
}

// Each step renews its credential by itself.
func TestRefusedCredentialInAChain(t *testing.T) {
	var right string
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+right {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = io.WriteString(w, `{"id":7}`)
		right += "+" // the token is good for one request
	})
	right = "a"
	cred := &bearer{token: "a", refresh: func() (string, error) { return right, nil }}
	b := connect(t, p.Server, cred, writing(t, threeSteps))
	put(t, b, "/f", strings.Repeat("x", 100<<10), storage.PutOptions{})
	if cred.asked != 2 || len(p.got) != 5 {
		t.Errorf("asked %d times, requests %v", cred.asked, p.got)
	}
}

// A client that goes away between two steps has no file, and leaves none.
func TestCancelBetweenSteps(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newPlace(t, nil)
	p.handler = func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch r.Method + " " + r.URL.Path {
		case "POST /begin":
			_, _ = io.WriteString(w, `{"id":7}`)
		case "POST /end/7":
			cancel()
			<-r.Context().Done()
		}
	}
	b := connect(t, p.Server, &bearer{token: "secret"}, writing(t, threeSteps), noAuth)
	if _, err := b.Put(ctx, "/f", strings.NewReader("x"), storage.PutOptions{}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	p.want(t, "server", "POST /begin", "PUT /o/7", "POST /end/7", "DELETE /begin/7")
}

// An upstream that has the content already need not be sent it, if its end is known.
func TestContentThatIsThereAlready(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, `{"there":true}`) })
	b := connect(t, p.Server, &bearer{token: "secret"}, writing(t, `
steps:
  - {http: {method: POST, url: "/find"}, params: {sha256: =transfer.sha256, size: =transfer.bytes}, save: {there: =resp.body.there}}
  - {when: "=!there", http: {method: PUT, url: /o}, body: stream, needs_length: memory(1MiB)}
  - {http: {method: POST, url: /link}}`), noAuth)
	put(t, b, "/f", strings.Repeat("x", 70000), storage.PutOptions{})
	p.want(t, "server", "POST /find?sha256=bca09f4a757d5571c7d9f3341d4301f3c391c090826acc1a3013c6bcb7c01722&size=70000", "POST /link")
}

// The last step of a read has the content, from the offset on.
func TestReadInSteps(t *testing.T) {
	var p *place
	p = newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			_, _ = io.WriteString(w, `{"at":"`+p.URL+`/signed?x=%2f"}`)
			return
		}
		w.Header().Set("Content-Range", "bytes 3-6/7")
		w.WriteHeader(http.StatusPartialContent)
		_, _ = io.WriteString(w, "tent")
	})
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /{name}
    read:
      steps:
        - {http: {method: POST, url: "/sign/{name}"}, save: {at: =resp.body.at}}
        - {http: {url: =at}}`))
	if text, err := openText(t, b, 3); text != "tent" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	p.want(t, "server", "POST /sign/f Authorization=Bearer secret", "GET /signed?x=%2f Range=bytes=3-")
}

// A condition that cannot be computed says nothing, least of all that the upstream
// has the content already.
func TestStepWhoseConditionFails(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"parts":"none"}`)
	})
	b := connect(t, p.Server, &bearer{token: "secret"}, writing(t, `
steps:
  - {auth: none, http: {method: POST, url: /begin}, save: {parts: =resp.body.parts}}
  - {auth: none, when: "=int(parts) < 1", http: {method: PUT, url: /content}, body: stream, needs_length: spool}
on_abort: {auth: none, http: {method: DELETE, url: /begin}}`))
	_, err := b.Put(t.Context(), "/f", strings.NewReader("content"), storage.PutOptions{})
	if err == nil || storage.KindOf(err) != storage.Internal {
		t.Errorf("error %v", err)
	}
	p.want(t, "chain", "POST /begin", "DELETE /begin")
}
