package httpbackend_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
)

// uploadTo is a mapping that is told where the content goes, and may say with what.
func uploadTo(t *testing.T, origins, auth string) func(*httpbackend.Options) {
	t.Helper()
	return mapped(t, `
origins: [`+origins+`]
routes:
  - path: /{name}
    write:
      steps:
        - {http: {method: POST, url: /uploads}, save: {put: =resp.body.put}}
        - {http: {method: PUT, url: =put}, body: stream`+auth+`}
        - {http: {method: POST, url: /complete}}
      on_abort: {http: {method: DELETE, url: /uploads}}`)
}

func TestComputedURL(t *testing.T) {
	const signed = "/bucket/a%2Fb/c?X-Sig=a%2Fb%2b+c&x&y=%7e;z&=&X-Sig=2"
	for what, c := range map[string]struct {
		origins, auth string // origins: OTHER or nothing
		to            string
		own, other    []string
	}{
		"listed": {"OTHER", "", "OTHER" + signed,
			[]string{"POST /uploads Authorization=Bearer secret", "POST /complete Authorization=Bearer secret"}, []string{"PUT " + signed}},
		"with a credential": {"OTHER", ", auth: bearer", "OTHER/o",
			[]string{"POST /uploads Authorization=Bearer secret", "POST /complete Authorization=Bearer secret"},
			[]string{"PUT /o Authorization=Bearer secret"}},
		"the server": {"", "", "OWN" + signed,
			[]string{"POST /uploads Authorization=Bearer secret", "PUT " + signed, "POST /complete Authorization=Bearer secret"}, nil},
		"a fragment": {"OTHER", "", "OTHER/o#x",
			[]string{"POST /uploads Authorization=Bearer secret", "POST /complete Authorization=Bearer secret"}, []string{"PUT /o"}},
		"not listed": {"", "", "OTHER/o",
			[]string{"POST /uploads Authorization=Bearer secret", "DELETE /uploads Authorization=Bearer secret"}, nil},
		"with a user": {"OTHER", "", "OTHERUSER/o",
			[]string{"POST /uploads Authorization=Bearer secret", "DELETE /uploads Authorization=Bearer secret"}, nil},
		"no URL": {"OTHER", "", "",
			[]string{"POST /uploads Authorization=Bearer secret", "DELETE /uploads Authorization=Bearer secret"}, nil},
	} {
		t.Run(what, func(t *testing.T) {
			other := newPlace(t, drain)
			var own *place
			own = newPlace(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/uploads" && r.Method == http.MethodPost {
					fill := strings.NewReplacer("OTHERUSER", strings.Replace(other.URL, "//", "//me:pw@", 1), "OTHER", other.URL, "OWN", own.URL)
					_, _ = io.WriteString(w, `{"put":"`+fill.Replace(c.to)+`"}`)
					return
				}
				drain(w, r)
			})
			b := connect(t, own.Server, &bearer{token: "secret"}, uploadTo(t, strings.ReplaceAll(c.origins, "OTHER", `"`+other.URL+`"`), c.auth))
			_, err := b.Put(t.Context(), "/f", strings.NewReader("content"), storage.PutOptions{})
			if failed := len(c.other) == 0 && what != "the server"; failed != (err != nil) {
				t.Errorf("error %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), "pw") || strings.Contains(err.Error(), "X-Sig")) {
				t.Errorf("a secret in the error: %v", err)
			}
			own.want(t, "server", c.own...)
			other.want(t, "other", c.other...)
		})
	}
}

func drain(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

// A storage that is down opens no breaker of the service that named it.
func TestFailuresElsewhereAreNotTheServers(t *testing.T) {
	other := newPlace(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	own := newPlace(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"put":"`+other.URL+`"}`) })
	b := connect(t, own.Server, &bearer{token: "secret"}, uploadTo(t, `"`+other.URL+`"`, ""),
		func(o *httpbackend.Options) { o.BreakerFailures = 1 })
	for range 3 {
		_, err := b.Put(t.Context(), "/f", strings.NewReader("x"), storage.PutOptions{})
		wantKind(t, err, storage.Unavailable)
	}
	if len(other.got) != 3 {
		t.Errorf("%d requests", len(other.got))
	}
}

// No name that an upstream may send leads to a link-local address.
func TestMetadataServiceIsOutOfReach(t *testing.T) {
	const metadata = "http://169.254.169.254"
	for what, text := range map[string]string{
		"a computed URL": `{steps: [{http: {method: GET, url: /go}, save: {at: =resp.body.at}}, {http: {url: =at}}]}`,
		"a redirect":     `{http: {url: /redirect}, redirects: "http://169.254.169.254"}`,
	} {
		p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/redirect" {
				redirectTo(302, metadata+"/latest")(w, r)
				return
			}
			_, _ = io.WriteString(w, `{"at":"`+metadata+`/latest"}`)
		})
		b := connect(t, p.Server, &bearer{token: "secret"}, mapped(t, `
origins: ["`+metadata+`"]
routes:
  - path: /{name}
    read: `+text), func(o *httpbackend.Options) { o.BreakerFailures = 1 })
		for range 2 { // it is not the upstream's fault
			_, err := openText(t, b, 0)
			wantKind(t, err, storage.Internal)
			if !strings.Contains(err.Error(), "metadata") {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
}

func TestServerAtALinkLocalAddress(t *testing.T) {
	for _, server := range []string{"http://169.254.169.254", "http://[fe80::1]", "http://[::ffff:169.254.169.254]",
		"http://[64:ff9b::a9fe:a9fe]", "http://[fd00:ec2::254]", "http://100.100.100.200", "http://192.0.0.192"} {
		o := httpbackend.Options{Server: server}
		mapped(t, `
routes:
  - path: /{name}
    read: {http: {url: /x}, auth: none}`)(&o)
		u, err := httpbackend.New(o)
		if err != nil {
			t.Fatal(err)
		}
		_, err = openText(t, u.Backend(httpbackend.Caller{Session: "s"}), 0)
		if err == nil || !strings.Contains(err.Error(), "link-local or a metadata service") {
			t.Errorf("%s: %v", server, err)
		}
		u.Close()
	}
}
