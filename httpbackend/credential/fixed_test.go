package credential

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/ftpbridge/bridge/httpbackend"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newRequest makes a request without a body.
func newRequest(t *testing.T, method, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func apply(t *testing.T, c httpbackend.Credential, r *http.Request) {
	t.Helper()
	if err := c.Apply(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// must returns the value of a constructor that does not fail.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestFixed(t *testing.T) {
	for what, c := range map[string]struct {
		credential httpbackend.Credential
		header     string
		want       string // of the header
		query      string
	}{
		"basic":              {must(NewBasic("Aladdin", "open sesame")), "Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "a=1"}, // RFC 7617, section 2
		"header":             {must(NewHeader("X-Api-Key", "k")), "X-Api-Key", "k", "a=1"},
		"bearer":             {must(NewBearer("k")), "Authorization", "Bearer k", "a=1"},
		"query":              {must(NewQuery("api key", "a&b=c")), "Authorization", "", "a=1&api+key=a%26b%3Dc"},
		"SAS":                {must(NewSAS("?sv=2021-12-02&sp=rl&sig=a%2Bb%2Fc%3D")), "Authorization", "", "a=1&sig=a%2Bb%2Fc%3D&sp=rl&sv=2021-12-02"},
		"SAS in clear":       {must(NewSAS("sp=rl&sig=a+b/c=")), "Authorization", "", "a=1&sig=a%2Bb%2Fc%3D&sp=rl"},
		"empty user is sent": {must(NewBasic("", "k")), "Authorization", "Basic Oms=", "a=1"},
	} {
		r := newRequest(t, http.MethodGet, "https://files.example/x?a=1")
		apply(t, c.credential, r)
		if got := r.Header.Get(c.header); got != c.want || r.URL.RawQuery != c.query {
			t.Errorf("%s: got %q and the query %s, want %q and %s", what, got, r.URL.RawQuery, c.want, c.query)
		}
	}
	r := newRequest(t, http.MethodGet, "https://files.example/x")
	apply(t, must(NewQuery("key", "v")), r)
	if got := r.URL.String(); got != "https://files.example/x?key=v" {
		t.Errorf("without another parameter: got %s", got)
	}
}

// TestWrongOptions holds what constructors refuse, and that no error repeats it.
func TestWrongOptions(t *testing.T) {
	const secret = "hunter2"
	oauth := OAuthOptions{TokenURL: "https://login.example/token", ClientID: "c", ClientSecret: secret}
	at := func(url string) OAuthOptions { o := oauth; o.TokenURL = url; return o }
	for want, f := range map[string]func() error{
		"user: holds a colon":                 func() error { _, err := NewBasic("hunter2:", "x"); return err },
		"user: holds a control character":     func() error { _, err := NewBasic("hunter2\r", "x"); return err },
		"password: holds a control character": func() error { _, err := NewBasic("x", "hunter2\n"); return err },
		"header: no name":                     func() error { _, err := NewHeader("", secret); return err },
		"header K: value: holds a control":    func() error { _, err := NewHeader("K", "hunter2\r\nX: y"); return err },
		"no name of a parameter":              func() error { _, err := NewQuery("", secret); return err },
		"not a query with the parameter sig":  func() error { _, err := NewSAS("sv=hunter2"); return err },
		"AccessKey: missing":                  func() error { _, err := NewSigV4(SigV4Options{SecretKey: secret, Region: "r"}); return err },
		"SecretKey: missing":                  func() error { _, err := NewSigV4(SigV4Options{AccessKey: secret, Region: "r"}); return err },
		"Region: missing":                     func() error { _, err := NewSigV4(SigV4Options{AccessKey: "a", SecretKey: secret}); return err },
		"or Service: holds a control":         func() error { _, err := NewSigV4(SigV4Options{"a\n", secret, "", "r", ""}); return err },
		"account: missing":                    func() error { _, err := NewAzureSharedKey("", "aHVudGVyMg=="); return err },
		"key: not base64":                     func() error { _, err := NewAzureSharedKey("a", "hunter2!"); return err },
		"ClientID: missing":                   func() error { _, err := NewClientCredentials(OAuthOptions{ClientSecret: secret}); return err },
		"ClientSecret: is given without": func() error {
			_, err := NewTokenExchange(OAuthOptions{TokenURL: "https://x", ClientSecret: secret})
			return err
		},
		"TokenURL: not an absolute URL":         func() error { _, err := NewClientCredentials(at("https://\x7fhunter2")); return err },
		"TokenURL: must hold no user":           func() error { _, err := NewClientCredentials(at("https://u:hunter2@x/")); return err },
		"TokenURL: scheme is not":               func() error { _, err := NewTokenExchange(at("ftp://x/hunter2")); return err },
		"TokenURL: secrets would travel":        func() error { _, err := NewClientCredentials(at("http://login.example/hunter2")); return err },
		"google service account: key: not JSON": func() error { _, err := NewGoogleServiceAccount(GoogleOptions{Key: []byte(secret)}); return err },
		"not the key of a service account": func() error {
			_, err := NewGoogleServiceAccount(GoogleOptions{Key: []byte(`{"type":"hunter2"}`)})
			return err
		},
		"private_key is no RSA key": func() error {
			_, err := NewGoogleServiceAccount(GoogleOptions{Key: []byte(`{"type":"service_account","client_email":"a","private_key":"hunter2"}`)})
			return err
		},
	} {
		if err := f(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	o := at("http://login.example/token")
	o.InsecureHTTP = true
	if _, err := NewClientCredentials(o); err != nil {
		t.Errorf("http that is allowed: %v", err)
	}
}

// TestPrintingShowsNoSecret prints every credential in every way.
func TestPrintingShowsNoSecret(t *testing.T) {
	const secret = "hunter2"
	oauth := OAuthOptions{TokenURL: "https://login.example/token", ClientID: "c", ClientSecret: secret}
	exchange := must(NewTokenExchange(oauth))
	for _, c := range []any{
		must(NewBasic("u", secret)), must(NewHeader("K", secret)), must(NewQuery("k", secret)), must(NewSAS("sig=" + secret)),
		must(NewSigV4(SigV4Options{"a", secret, secret, "r", ""})), must(NewAzureSharedKey("a", "aHVudGVyMg==")),
		must(NewClientCredentials(oauth)), exchange, exchange.Session(func() (string, error) { return secret, nil }),
	} {
		var b bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
			fmt.Fprintf(&b, verb, c)
			fmt.Fprintf(&b, verb, struct{ c any }{c})
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("text", "c", c)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("json", "c", c)
		if err := json.NewEncoder(&b).Encode(c); err != nil {
			t.Errorf("%T: %v", c, err)
		}
		if s := b.String(); strings.Contains(s, secret) || strings.Contains(s, "aHVudGVyMg") || strings.Contains(s, "104 117 110") {
			t.Errorf("%T shows its secret: %s", c, s)
		}
	}
}

// fails is a credential's way of saying that there is none.
func fails(t *testing.T, c httpbackend.Credential, want string) {
	t.Helper()
	r := newRequest(t, http.MethodGet, "https://files.example/")
	err := c.Apply(context.Background(), r)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
	if r.Header.Get("Authorization") != "" {
		t.Errorf("Authorization is %q", r.Header.Get("Authorization"))
	}
}
