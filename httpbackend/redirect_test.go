package httpbackend_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// place is a server that notes its requests.
type place struct {
	*httptest.Server
	got     []string // method, URI and headers of interest
	handler http.HandlerFunc
}

func newPlace(t *testing.T, h http.HandlerFunc) *place {
	t.Helper()
	p := &place{handler: h}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text := r.Method + " " + r.RequestURI
	for _, name := range []string{"Authorization", "Cookie", "X-Secret", "Range", "If-Match"} {
		if v := r.Header.Get(name); v != "" {
			text += " " + name + "=" + v
		}
	}
	p.got = append(p.got, text)
	p.handler(w, r)
}

func (p *place) want(t *testing.T, what string, requests ...string) {
	t.Helper()
	if got, want := strings.Join(p.got, "\n"), strings.Join(requests, "\n"); got != want {
		t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
	}
}

// reading is a mapping whose read sends what must not get around.
func reading(t *testing.T, more string) func(*httpbackend.Options) {
	t.Helper()
	return mapped(t, `
routes:
  - path: /{name}
    read:
      http: {url: "/o/{name}"}
      params: {cookie.sid: s3cret, header.X-Secret: s3cret}
      `+more)
}

func redirectTo(status int, to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}

func saying(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func openText(t *testing.T, b storage.Backend, offset int64) (string, error) {
	t.Helper()
	r, err := b.Open(t.Context(), "/f", offset)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}

const ownHeaders = " Authorization=Bearer secret Cookie=sid=s3cret X-Secret=s3cret"

func TestRedirectOnTheServer(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/o/f":
				redirectTo(status, "/moved?sig=a%2Fb+c&x&y=%7e;z#top")(w, r)
			case "/moved":
				redirectTo(status, "last")(w, r)
			default:
				w.Header().Set("Content-Range", "bytes 2-6/7")
				w.WriteHeader(http.StatusPartialContent)
				_, _ = io.WriteString(w, "ntent")
			}
		})
		b := connect(t, p.Server, &bearer{token: "secret"}, reading(t, "redirects: same-origin"))
		if text, err := openText(t, b, 2); text != "ntent" || err != nil {
			t.Errorf("%d: %q, %v", status, text, err)
		}
		p.want(t, "server", "GET /o/f"+ownHeaders+" Range=bytes=2-",
			"GET /moved?sig=a%2Fb+c&x&y=%7e;z"+ownHeaders+" Range=bytes=2-", "GET /last"+ownHeaders+" Range=bytes=2-")
	}
}

// Secrets stay behind, also when the other place leads back to the server.
func TestRedirectToAnotherOrigin(t *testing.T) {
	var own, other *place
	other = newPlace(t, func(w http.ResponseWriter, r *http.Request) { redirectTo(302, own.URL+"/back")(w, r) })
	own = newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/back" {
			saying("content")(w, r)
			return
		}
		redirectTo(307, other.URL+"/there?sig=%2f")(w, r)
	})
	b := connect(t, own.Server, &bearer{token: "secret"}, reading(t, "redirects: [same-origin, \""+other.URL+"\"]"))
	if text, err := openText(t, b, 3); text != "tent" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	own.want(t, "server", "GET /o/f"+ownHeaders+" Range=bytes=3-", "GET /back Range=bytes=3-")
	other.want(t, "other", "GET /there?sig=%2f Range=bytes=3-")
}

func TestRedirectsThatAreNotFollowed(t *testing.T) {
	other := newPlace(t, saying("stolen"))
	for what, c := range map[string]struct {
		redirects, to string
		requests      int
	}{
		"none wanted":     {"", "/g", 1},
		"other place":     {"redirects: same-origin", other.URL + "/g", 1},
		"server unlisted": {"redirects: https://other.example", "/g", 1},
		"with a user":     {"redirects: [same-origin, \"" + other.URL + "\"]", strings.Replace(other.URL, "http://", "http://me:pw@", 1), 1},
		"another scheme":  {"redirects: same-origin", "file:///etc/passwd", 1},
		"no place":        {"redirects: same-origin", "", 1},
		"itself":          {"redirects: same-origin", "/o/f", 1},
		"without end":     {"redirects: same-origin", "more", 6},
	} {
		var p *place
		p = newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			to := c.to
			if to == "more" {
				to = "/o" + strings.Repeat("/m", len(p.got))
			}
			redirectTo(302, to)(w, r)
		})
		b := connect(t, p.Server, &bearer{token: "secret"}, reading(t, c.redirects))
		_, err := openText(t, b, 0)
		if storage.KindOf(err) != storage.Internal || err == nil || len(p.got) != c.requests || len(other.got) > 0 {
			t.Errorf("%s: %v after %d requests, %d elsewhere", what, err, len(p.got), len(other.got))
		}
		if strings.Contains(err.Error(), "pw") {
			t.Errorf("a password in the error: %v", err)
		}
	}
}

// A redirect from https to http is refused even where its origin is listed.
func TestRedirectToPlainHTTP(t *testing.T) {
	other := newPlace(t, saying("stolen"))
	srv := httptest.NewTLSServer(redirectTo(302, other.URL))
	b := connect(t, srv, &bearer{token: "secret"}, reading(t, "redirects: \""+other.URL+"\""),
		func(o *httpbackend.Options) { o.TLS = srv.Client().Transport.(*http.Transport).TLSClientConfig })
	_, err := openText(t, b, 0)
	wantKind(t, err, storage.Internal)
	if len(other.got) > 0 || !strings.Contains(err.Error(), "https to http") {
		t.Errorf("%v after %d requests", err, len(other.got))
	}
}

// 303 and the practice of 301 and 302 make GET of a POST; 307 and 308 do not.
func TestMethodAfterARedirect(t *testing.T) {
	for status, want := range map[int]string{301: "GET /end", 302: "GET /end", 303: "GET /end", 307: "POST /end", 308: "POST /end"} {
		p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/begin" {
				redirectTo(status, "/end")(w, r)
				return
			}
			saying("content")(w, r)
		})
		b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /{name}
    read: {http: {method: POST, url: /begin}, auth: none, redirects: same-origin}`))
		if text, err := openText(t, b, 0); text != "content" || err != nil {
			t.Errorf("%d: %q, %v", status, text, err)
		}
		p.want(t, "server", "POST /begin", want)
	}
}

// A request with a body is not sent to another place.
func TestRedirectOfABody(t *testing.T) {
	p := newPlace(t, redirectTo(307, "/end"))
	b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
routes:
  - path: /{name}
    read: {http: {method: POST, url: /begin}, auth: none, body: {json: {a: 1}}, redirects: same-origin}
    write: {steps: [{http: {method: PUT, url: /o}, auth: none, body: stream, redirects: same-origin}]}`))
	_, err := openText(t, b, 0)
	wantKind(t, err, storage.Internal)
	_, err = b.Put(t.Context(), "/f", strings.NewReader("x"), storage.PutOptions{})
	wantKind(t, err, storage.Internal)
	p.want(t, "server", "POST /begin", "PUT /o")
}

// New credentials are asked for where a redirect has led to on the server.
func TestRefusedCredentialAfterARedirect(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/o/f":
			redirectTo(302, "/end")(w, r)
		case r.Header.Get("Authorization") != "Bearer new":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			saying("content")(w, r)
		}
	})
	cred := &bearer{token: "old", refresh: func() (string, error) { return "new", nil }}
	b := connect(t, p.Server, cred, reading(t, "redirects: same-origin"))
	if text, err := openText(t, b, 0); text != "content" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
}

// A page from another origin chooses no requests that carry the caller's credentials.
func TestNextPageThatLeadsBack(t *testing.T) {
	var own, other *place
	other = newPlace(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"items":[{"name":"b"}],"next":"`+own.URL+`/delete-everything"}`)
	})
	own = newPlace(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/items" {
			_, _ = io.WriteString(w, `{"items":[{"name":"a"}],"next":"`+other.URL+`/2"}`)
			return
		}
		_, _ = io.WriteString(w, `{"items":[{"name":"c"}]}`)
	})
	b := connect(t, own.Server, &bearer{token: "secret"}, mapped(t, `
origins: ["`+other.URL+`"]
routes:
  - path: /
    list: {http: {url: /items}, items: /items, page: {next: /next}, each: [{name: =item.name}]}
`))
	if got := strings.Join(names(t, b, "/"), " "); got != "a b c" {
		t.Errorf("listed %s", got)
	}
	other.want(t, "other", "GET /2")
	own.want(t, "own", "GET /items Authorization=Bearer secret", "GET /delete-everything")
}
