package files

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/problem"
)

const (
	testIssuer   = "https://bridge.test"
	testAudience = "files"
	testKeyID    = "k1"
)

// oneKey is a bearer.Keys with a single key.
type oneKey struct{ key *ecdsa.PrivateKey }

func (k oneKey) Key(_ context.Context, kid string) (*ecdsa.PublicKey, error) {
	if kid != testKeyID {
		return nil, bearer.ErrUnknownKey
	}
	return &k.key.PublicKey, nil
}

// bench is a Service behind a real HTTP server, and a client with a good token.
type bench struct {
	t   *testing.T
	dir string
	srv *httptest.Server
	key *ecdsa.PrivateKey
}

func newBench(t *testing.T) *bench {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := bearer.New(bearer.Options{Keys: oneKey{key}, Issuer: testIssuer, Audience: testAudience})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s, err := New(Options{Dir: dir, Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	// A body that waits for "100 Continue" begins when the service asks for it.
	srv.Client().Transport.(*http.Transport).ExpectContinueTimeout = time.Minute
	t.Cleanup(func() {
		srv.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &bench{t: t, dir: dir, srv: srv, key: key}
}

// token signs a token; what is in change takes the place of the usual claims.
func (b *bench) token(change jwt.MapClaims) string {
	b.t.Helper()
	now := time.Now()
	c := jwt.MapClaims{
		"iss": testIssuer, "aud": testAudience, "sub": "u-17", "sid": "s_1",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Minute).Unix(),
	}
	maps.Copy(c, change)
	tok := jwt.NewWithClaims(jwt.SigningMethodES256, c)
	tok.Header["typ"], tok.Header["kid"] = "at+jwt", testKeyID
	signed, err := tok.SignedString(b.key)
	if err != nil {
		b.t.Fatal(err)
	}
	return signed
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request with header fields given as "Name: value".
func (b *bench) do(method, path string, body io.Reader, fields ...string) answer {
	b.t.Helper()
	r, err := http.NewRequest(method, b.srv.URL+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.token(nil))
	for _, f := range fields {
		k, v, _ := strings.Cut(f, ": ")
		r.Header.Set(k, v)
	}
	return b.send(r)
}

func (b *bench) send(r *http.Request) answer {
	b.t.Helper()
	resp, err := b.srv.Client().Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(text)}
}

// want fails the test unless the request is answered with status.
func (b *bench) want(status int, method, path, body string, fields ...string) answer {
	b.t.Helper()
	a := b.do(method, path, strings.NewReader(body), fields...)
	if a.StatusCode != status {
		b.t.Fatalf("%s %s: got %d %s, want %d", method, path, a.StatusCode, a.body, status)
	}
	return a
}

// wantProblem fails the test unless the answer is a problem of a type.
func (b *bench) wantProblem(status int, slug, method, path, body string, fields ...string) answer {
	b.t.Helper()
	a := b.want(status, method, path, body, fields...)
	var d problem.Details
	if err := json.Unmarshal([]byte(a.body), &d); err != nil {
		b.t.Fatalf("%s %s: %v in %q", method, path, err, a.body)
	}
	if got := strings.TrimPrefix(d.Type, "/problems/"); got != slug || d.Status != status || d.Title == "" {
		b.t.Errorf("%s %s: got problem %+v, want type %q", method, path, d, slug)
	}
	if ct := a.Header.Get("Content-Type"); ct != problem.ContentType {
		b.t.Errorf("%s %s: content type %q", method, path, ct)
	}
	return a
}

func (b *bench) file(name, text string) {
	b.t.Helper()
	p := filepath.Join(b.dir, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) wantFile(name, text string) {
	b.t.Helper()
	got, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		b.t.Error(err)
	} else if string(got) != text {
		b.t.Errorf("%s: got %q, want %q", name, got, text)
	}
}

// wantNothingStaged ends the server, which waits for all requests, and fails
// the test unless the staging folder is empty.
func (b *bench) wantNothingStaged() {
	b.t.Helper()
	b.srv.Close()
	left, err := os.ReadDir(filepath.Join(b.dir, stagingDir))
	if err != nil || len(left) != 0 {
		b.t.Errorf("staging folder: %v, %v", left, err)
	}
}

func TestEveryRequestNeedsAGoodToken(t *testing.T) {
	b := newBench(t)
	past := time.Now().Add(-time.Hour).Unix()
	future := time.Now().Add(time.Hour).Unix()
	none := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": testIssuer, "aud": testAudience, "sub": "u", "exp": future})
	none.Header["typ"], none.Header["kid"] = "at+jwt", testKeyID
	unsigned, err := none.SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other := &bench{t: t, key: stranger}
	cases := map[string]string{
		"missing":         "",
		"other scheme":    "Basic ZGVtbzpkZW1v",
		"garbage":         "Bearer x.y.z",
		"expired":         "Bearer " + b.token(jwt.MapClaims{"exp": past}),
		"not yet":         "Bearer " + b.token(jwt.MapClaims{"nbf": future}),
		"wrong audience":  "Bearer " + b.token(jwt.MapClaims{"aud": "billing"}),
		"wrong issuer":    "Bearer " + b.token(jwt.MapClaims{"iss": "https://evil.test"}),
		"no subject":      "Bearer " + b.token(jwt.MapClaims{"sub": ""}),
		"alg none":        "Bearer " + unsigned,
		"another's key":   "Bearer " + other.token(nil),
		"id token's type": "Bearer " + b.typed("JWT"),
	}
	for name, header := range cases {
		for _, path := range []string{"/v1/stat/", "/v1/nowhere"} {
			a := b.wantProblem(http.StatusUnauthorized, "", "GET", path, "", "Authorization: "+header)
			if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("%s: WWW-Authenticate is %q", name, a.Header.Get("WWW-Authenticate"))
			}
		}
	}
	b.want(http.StatusOK, "GET", "/v1/stat/", "", "Authorization: Bearer "+b.typed("application/at+jwt"))
}

// typed is a good token with another "typ".
func (b *bench) typed(typ string) string {
	tok := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": testIssuer, "aud": testAudience, "sub": "u", "exp": time.Now().Add(time.Minute).Unix()})
	tok.Header["typ"], tok.Header["kid"] = typ, testKeyID
	signed, err := tok.SignedString(b.key)
	if err != nil {
		b.t.Fatal(err)
	}
	return signed
}

func TestUnknownRoutesAndMethodsAreProblems(t *testing.T) {
	b := newBench(t)
	b.wantProblem(http.StatusNotFound, "", "GET", "/v2/stat/", "")
	b.wantProblem(http.StatusMethodNotAllowed, "", "POST", "/v1/files/a", "")
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	b := newBench(t)
	tokens, err := bearer.New(bearer.Options{Keys: oneKey{b.key}, Issuer: "i", Audience: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {Dir: b.dir}, {Dir: filepath.Join(b.dir, "none"), Tokens: tokens}} {
		if s, err := New(o); err == nil {
			t.Errorf("New(%+v) gave %v and no error", o, s)
		}
	}
}

func TestLeftOversAreRemovedAtStart(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, stagingDir, "half")
	if err := os.MkdirAll(filepath.Dir(left), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte("part"), 0o666); err != nil {
		t.Fatal(err)
	}
	tr, err := openTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.root.Close()
	if _, err := os.Stat(left); !os.IsNotExist(err) {
		t.Errorf("left-over: %v", err)
	}
}
