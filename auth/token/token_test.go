package token

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newTestSigner(t *testing.T, opt Options) *Signer {
	t.Helper()
	opt.Issuer, opt.Instance = "https://bridge.example", "bridge-1"
	s, err := NewSigner(opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func inPEM(t *testing.T, kind string, der []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pkcs8(t *testing.T, key any) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	return inPEM(t, "PRIVATE KEY", der, err)
}

func sec1(t *testing.T, key *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalECPrivateKey(key)
	return inPEM(t, "EC PRIVATE KEY", der, err)
}

func public(t *testing.T, key *ecdsa.PrivateKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	return inPEM(t, "PUBLIC KEY", der, err)
}

// published fetches what a handler serves.
func published(t *testing.T, h http.Handler, into any) *http.Response {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	if err := json.Unmarshal(rec.Body.Bytes(), into); err != nil {
		t.Fatalf("%q: %v", rec.Body, err)
	}
	return rec.Result()
}

type keySet struct{ Keys []jwk }

// verify checks a token as a service does: by the published keys alone.
func verify(t *testing.T, s *Signer, text string) (*jwt.Token, jwt.MapClaims) {
	t.Helper()
	claims := jwt.MapClaims{}
	tok, err := jwt.ParseWithClaims(text, claims, func(tok *jwt.Token) (any, error) {
		var set keySet
		published(t, s.Keys(), &set)
		for _, k := range set.Keys {
			if k.KeyID == tok.Header["kid"] {
				return publicKey(t, k), nil
			}
		}
		return nil, jwt.ErrTokenUnverifiable
	}, jwt.WithValidMethods([]string{"ES256"}), jwt.WithIssuer("https://bridge.example"),
		jwt.WithAudience("files"), jwt.WithExpirationRequired(), jwt.WithJSONNumber())
	if err != nil {
		t.Fatalf("token does not verify: %v", err)
	}
	return tok, claims
}

func publicKey(t *testing.T, k jwk) *ecdsa.PublicKey {
	t.Helper()
	point := []byte{4}
	for _, text := range []string{k.X, k.Y} {
		b, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(b) != 32 {
			t.Fatalf("coordinate %q: %v", text, err)
		}
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestTokenSaysWhoIsCalling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSigner(t, Options{})
		text, err := s.Source(Claims{
			Subject: "u-17", Audience: "files", Session: "s_1", Name: "alice", Tenant: "acme", Groups: []string{"ops"},
			Scope: []string{"list", "read"}, Methods: []string{"pwd"}, Client: netip.MustParseAddr("::ffff:203.0.113.7"),
		}).Token()
		if err != nil {
			t.Fatal(err)
		}
		tok, got := verify(t, s, text)
		if tok.Header["typ"] != "at+jwt" || tok.Header["alg"] != "ES256" {
			t.Errorf("header %v", tok.Header)
		}
		if id, _ := got["jti"].(string); len(id) < 20 {
			t.Errorf("jti %q", id)
		}
		delete(got, "jti")
		now := got["iat"].(json.Number)
		iat, _ := now.Int64()
		if iat != time.Now().Unix() {
			t.Errorf("iat %v, want now", now)
		}
		exp, _ := got["exp"].(json.Number).Int64()
		want := jwt.MapClaims{
			"iss": "https://bridge.example", "sub": "u-17", "aud": "files", "client_id": "bridge-1",
			"iat": now, "nbf": now, "exp": got["exp"],
			"sid": "s_1", "preferred_username": "alice", "tenant": "acme", "groups": []any{"ops"}, "scope": "list read",
			"amr": []any{"pwd"}, "cip": "203.0.113.7", "act": map[string]any{"sub": "bridge-1"},
		}
		if !reflect.DeepEqual(got, want) || exp-iat != 300 {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	})
}

func TestTokenLeavesOutWhatIsEmpty(t *testing.T) {
	s := newTestSigner(t, Options{})
	text, err := s.Source(Claims{Subject: "u", Audience: "files"}).Token()
	if err != nil {
		t.Fatal(err)
	}
	_, got := verify(t, s, text)
	for _, name := range []string{"sid", "preferred_username", "tenant", "groups", "scope", "amr", "cip"} {
		if _, ok := got[name]; ok {
			t.Errorf("token has an empty %s", name)
		}
	}
}

func TestSourceRenewsAtSixtyPercent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSigner(t, Options{Lifetime: 10 * time.Minute})
		source := s.Source(Claims{Subject: "u", Audience: "files"})
		first, _ := source.Token()
		time.Sleep(6*time.Minute - time.Nanosecond)
		if again, _ := source.Token(); again != first {
			t.Error("token was renewed before 60 % of its life")
		}
		time.Sleep(time.Nanosecond)
		second, _ := source.Token()
		if second == first {
			t.Error("token was not renewed at 60 % of its life")
		}
		verify(t, s, second)
	})
}

func TestRefreshMakesANewToken(t *testing.T) {
	source := newTestSigner(t, Options{}).Source(Claims{Subject: "u"})
	first, _ := source.Token()
	if err := source.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if second, _ := source.Token(); second == first {
		t.Error("token was not renewed")
	}
}

func TestSourceIsSafeForConcurrentUse(t *testing.T) {
	source := newTestSigner(t, Options{}).Source(Claims{Subject: "u"})
	first, _ := source.Token()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			if err := source.Apply(t.Context(), r); err != nil || r.Header.Get("Authorization") != "Bearer "+first {
				t.Errorf("Apply: %v, %v", r.Header, err)
			}
		})
	}
	wg.Wait()
}

func TestKeysInEveryForm(t *testing.T) {
	key, next := newKey(t, elliptic.P256()), newKey(t, elliptic.P256())
	parameters := []byte("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n")
	var id string
	for _, text := range [][]byte{pkcs8(t, key), sec1(t, key), append(parameters, sec1(t, key)...)} {
		s := newTestSigner(t, Options{Key: text, Published: [][]byte{public(t, next), pkcs8(t, next), public(t, key)}})
		var set keySet
		published(t, s.Keys(), &set)
		if len(set.Keys) != 2 || set.Keys[0].KeyID != s.keyID || set.Keys[0].KeyID == set.Keys[1].KeyID {
			t.Errorf("published %+v, want the signing key and the next one", set.Keys)
		}
		if !publicKey(t, set.Keys[1]).Equal(&next.PublicKey) {
			t.Error("the next key is published wrong")
		}
		if id != "" && s.keyID != id {
			t.Errorf("one key has the ids %s and %s", id, s.keyID)
		}
		id = s.keyID
	}
}

// The key of RFC 7517, appendix A.1, and its thumbprint as RFC 7638 defines it.
func TestThumbprint(t *testing.T) {
	point := []byte{4}
	for _, text := range []string{"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"} {
		b, _ := base64.RawURLEncoding.DecodeString(text)
		point = append(point, b...)
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		t.Fatal(err)
	}
	k, err := newJWK(key)
	if want := "cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s"; err != nil || k.KeyID != want {
		t.Errorf("thumbprint %s, %v; want %s", k.KeyID, err, want)
	}
}

func TestCoordinatesKeepLeadingZeros(t *testing.T) {
	for {
		key := newKey(t, elliptic.P256())
		point, err := key.PublicKey.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		if point[1] != 0 {
			continue
		}
		k, err := newJWK(&key.PublicKey)
		if x, _ := base64.RawURLEncoding.DecodeString(k.X); err != nil || len(x) != 32 {
			t.Errorf("x has %d bytes, %v; want 32", len(x), err)
		}
		return
	}
}

func TestHandlers(t *testing.T) {
	s := newTestSigner(t, Options{})
	var config map[string]any
	resp := published(t, s.Configuration(), &config)
	if config["issuer"] != "https://bridge.example" || config["jwks_uri"] != "https://bridge.example/.well-known/jwks.json" {
		t.Errorf("configuration %v", config)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
	var set map[string][]map[string]any
	resp = published(t, s.Keys(), &set)
	if resp.Header.Get("Cache-Control") == "" || resp.Header.Get("Content-Type") != "application/jwk-set+json" {
		t.Errorf("header %v", resp.Header)
	}
	if _, private := set["keys"][0]["d"]; private || len(set["keys"]) != 1 {
		t.Errorf("key set %v", set)
	}
	for method, want := range map[string]int{http.MethodHead: 200, http.MethodPost: 405, http.MethodOptions: 405} {
		rec := httptest.NewRecorder()
		s.Keys().ServeHTTP(rec, httptest.NewRequest(method, "/", nil))
		if rec.Code != want || method == http.MethodHead && rec.Body.Len() != 0 {
			t.Errorf("%s: %d %q, want %d", method, rec.Code, rec.Body, want)
		}
	}
}

func TestNewSignerChecksItsOptions(t *testing.T) {
	good := Options{Issuer: "https://bridge.example", Instance: "b"}
	for want, change := range map[string]func(*Options){
		"Issuer:":       func(o *Options) { o.Issuer = "bridge" },
		"Issuer: must":  func(o *Options) { o.Issuer += "/" },
		"Issuer: must ": func(o *Options) { o.Issuer += "?a=b" },
		"Instance":      func(o *Options) { o.Instance = "" },
		"Lifetime":      func(o *Options) { o.Lifetime = time.Second },
		"Lifetime:":     func(o *Options) { o.Lifetime = -time.Hour },
		"Key":           func(o *Options) { o.Key = []byte{} },
		"Key: not an":   func(o *Options) { o.Key = pkcs8(t, newKey(t, elliptic.P384())) },
		"Key: not a PK": func(o *Options) { o.Key = public(t, newKey(t, elliptic.P256())) },
		"Key: damaged":  func(o *Options) { o.Key = inPEM(t, "PRIVATE KEY", []byte("x"), nil) },
		"Published[1]":  func(o *Options) { o.Published = [][]byte{public(t, newKey(t, elliptic.P256())), []byte("x")} },
	} {
		opt := good
		change(&opt)
		if _, err := NewSigner(opt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
