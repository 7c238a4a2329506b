package bearer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

type jwk map[string]string

func publicJWK(t *testing.T, kid string, key *ecdsa.PrivateKey) jwk {
	t.Helper()
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return jwk{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
		"x": enc(point[1:33]), "y": enc(point[33:])}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// issuer serves a key set that a test can change, and counts the fetches.
type issuer struct {
	*httptest.Server
	fetches atomic.Int32
	mu      sync.Mutex
	status  int
	keys    []jwk
}

func newIssuer(t *testing.T, keys ...jwk) *issuer {
	i := &issuer{status: http.StatusOK, keys: keys}
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		i.mu.Lock()
		defer i.mu.Unlock()
		w.WriteHeader(i.status)
		if err := json.NewEncoder(w).Encode(map[string]any{"keys": i.keys}); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) set(status int, keys ...jwk) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.status, i.keys = status, keys
}

// newJWKS reads from i by a clock that stands still until it is advanced.
func newJWKS(t *testing.T, i *issuer) (j *JWKS, advance func(time.Duration)) {
	t.Helper()
	j, err := NewJWKS(i.URL, i.Client())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	j.now = func() time.Time { return now }
	return j, func(d time.Duration) { now = now.Add(d) }
}

func (i *issuer) want(t *testing.T, fetches int32) {
	t.Helper()
	if got := i.fetches.Load(); got != fetches {
		t.Errorf("%d fetches, want %d", got, fetches)
	}
}

func TestKeysAreFetchedOnce(t *testing.T) {
	key := newKey(t)
	i := newIssuer(t, publicJWK(t, "a", key), jwk{"kty": "RSA", "kid": "r"}, jwk{"kty": "EC", "crv": "P-384", "kid": "b"})
	j, _ := newJWKS(t, i)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if got, err := j.Key(t.Context(), "a"); err != nil || !got.Equal(&key.PublicKey) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	all.Wait()
	i.want(t, 1)
}

func TestUnknownKeysAreAskedForNowAndThen(t *testing.T) {
	key := newKey(t)
	i := newIssuer(t, publicJWK(t, "a", key))
	j, advance := newJWKS(t, i)
	for range 5 {
		if _, err := j.Key(t.Context(), "b"); !errors.Is(err, ErrUnknownKey) {
			t.Errorf("got %v", err)
		}
	}
	i.want(t, 1)
	i.set(http.StatusOK, publicJWK(t, "a", key), publicJWK(t, "b", key))
	advance(fetchPause)
	if _, err := j.Key(t.Context(), "b"); err != nil {
		t.Errorf("after a rotation: %v", err)
	}
	i.want(t, 2)
}

func TestAWithdrawnKeyEnds(t *testing.T) {
	i := newIssuer(t, publicJWK(t, "a", newKey(t)))
	j, advance := newJWKS(t, i)
	if _, err := j.Key(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	i.set(http.StatusOK)
	advance(keysLife)
	if _, err := j.Key(t.Context(), "a"); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("got %v", err)
	}
}

func TestKeysOutliveTheirSource(t *testing.T) {
	i := newIssuer(t, publicJWK(t, "a", newKey(t)))
	j, advance := newJWKS(t, i)
	if _, err := j.Key(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	i.set(http.StatusInternalServerError)
	advance(keysLife)
	if _, err := j.Key(t.Context(), "a"); err != nil {
		t.Errorf("a known key: %v", err)
	}
	if _, err := j.Key(t.Context(), "b"); err == nil || errors.Is(err, ErrUnknownKey) {
		t.Errorf("an unknown key: %v", err)
	}
	i.want(t, 2)
}

func TestABrokenKeySetIsAnError(t *testing.T) {
	good := publicJWK(t, "a", newKey(t))
	off := publicJWK(t, "a", newKey(t))
	off["y"] = good["y"]
	short := jwk{"kty": "EC", "crv": "P-256", "kid": "a", "x": "AA", "y": "AA"}
	for name, k := range map[string]jwk{"off the curve": off, "short": short} {
		j, _ := newJWKS(t, newIssuer(t, k))
		if _, err := j.Key(t.Context(), "a"); err == nil || errors.Is(err, ErrUnknownKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, u := range []string{"", "/jwks.json", "ftp://x/", "http://", ":"} {
		if _, err := NewJWKS(u, nil); err == nil {
			t.Errorf("NewJWKS(%q): no error", u)
		}
	}
}

type failing struct{ err error }

func (f failing) Key(context.Context, string) (*ecdsa.PublicKey, error) { return nil, f.err }

func TestNoKeysIsNotNo(t *testing.T) {
	tok := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": "i", "aud": "a", "sub": "u", "exp": time.Now().Add(time.Minute).Unix()})
	tok.Header["typ"], tok.Header["kid"] = "at+jwt", "k"
	signed, err := tok.SignedString(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	for want, cause := range map[int]error{
		http.StatusServiceUnavailable: errors.New("no connection"),
		http.StatusUnauthorized:       ErrUnknownKey,
	} {
		v, err := New(Options{Keys: failing{cause}, Issuer: "i", Audience: "a"})
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+signed)
		_, err = v.Verify(r)
		if p, ok := errors.AsType[*problem.Details](err); !ok || p.Status != want {
			t.Errorf("%v: got %v, want %d", cause, err, want)
		}
	}
}

func TestNewRefusesWhatIsMissing(t *testing.T) {
	for _, o := range []Options{{}, {Keys: failing{}}, {Keys: failing{}, Issuer: "i"}} {
		if _, err := New(o); err == nil {
			t.Errorf("New(%+v): no error", o)
		}
	}
}
