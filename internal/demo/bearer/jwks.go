package bearer

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// fetchTimeout bounds one fetch of the key set.
	fetchTimeout = 5 * time.Second
	// keysLife is how long fetched keys are used without asking again, so that
	// a withdrawn key ends.
	keysLife = 5 * time.Minute
	// fetchPause lies between two fetches, so that tokens with made-up key ids
	// do not become requests to the bridge.
	fetchPause = 5 * time.Second
	// maxKeySet bounds the document, in bytes.
	maxKeySet = 1 << 20
	// coordinate is the length of one P-256 coordinate in bytes (RFC 7518, section 6.2.1.2).
	coordinate = 32
)

// JWKS are the keys at a URL: fetched when first needed, again when a token
// names an unknown one (a rotation) and when they have grown old. Old keys stay
// in use while the URL does not answer.
type JWKS struct {
	url    string
	client *http.Client
	now    func() time.Time

	fetching sync.Mutex // held during a fetch; never taken with mu held

	mu      sync.Mutex // guards what follows
	keys    map[string]*ecdsa.PublicKey
	fetched time.Time // the last success
	tried   time.Time // the last attempt
	err     error     // of the last attempt
}

// NewJWKS makes Keys of the JWK set at an absolute http or https URL. Nothing is
// fetched before the first token. A nil client stands for one of its own.
func NewJWKS(rawURL string, client *http.Client) (*JWKS, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("bearer: the URL of the key set is not an absolute http or https URL")
	}
	if client == nil {
		client = &http.Client{}
	}
	return &JWKS{url: rawURL, client: client, now: time.Now}, nil
}

// Key returns the key with the id kid.
func (j *JWKS) Key(ctx context.Context, kid string) (*ecdsa.PublicKey, error) {
	if key, done, err := j.cached(kid); done {
		return key, err
	}
	j.fetching.Lock()
	defer j.fetching.Unlock()
	if key, done, err := j.cached(kid); done { // fetched while this caller waited
		return key, err
	}
	keys, err := j.fetch(ctx)
	j.mu.Lock()
	j.tried, j.err = j.now(), err
	if err == nil {
		j.keys, j.fetched = keys, j.tried
	}
	j.mu.Unlock()
	key, _, err := j.cached(kid)
	return key, err
}

// cached looks kid up in what was fetched. It is not done if a fetch is due.
func (j *JWKS) cached(kid string) (key *ecdsa.PublicKey, done bool, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := j.now()
	key = j.keys[kid]
	paused := !j.tried.IsZero() && now.Sub(j.tried) < fetchPause
	switch {
	case key != nil && (paused || now.Sub(j.fetched) < keysLife):
		return key, true, nil
	case !paused:
		return nil, false, nil
	case j.err != nil:
		return nil, true, j.err
	}
	return nil, true, ErrUnknownKey
}

func (j *JWKS) fetch(ctx context.Context) (map[string]*ecdsa.PublicKey, error) {
	// The keys are for all requests: the one that fetches them may be called
	// off without harm to the others that wait.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, j.url, nil)
	if err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	resp, err := j.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch keys: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetch keys: status %d", resp.StatusCode)
	}
	return parseKeySet(io.LimitReader(resp.Body, maxKeySet))
}

// parseKeySet reads a JWK set (RFC 7517). Keys of other kinds and uses are left
// out, as section 5 asks.
func parseKeySet(r io.Reader) (map[string]*ecdsa.PublicKey, error) {
	var set struct {
		Keys []struct {
			Type  string `json:"kty"`
			Use   string `json:"use"`
			ID    string `json:"kid"`
			Curve string `json:"crv"`
			X, Y  string
		} `json:"keys"`
	}
	if err := json.NewDecoder(r).Decode(&set); err != nil {
		return nil, fmt.Errorf("read key set: %w", err)
	}
	keys := make(map[string]*ecdsa.PublicKey)
	for _, k := range set.Keys {
		if k.Type != "EC" || k.Curve != "P-256" || k.Use != "" && k.Use != "sig" {
			continue
		}
		key, err := parsePoint(k.X, k.Y)
		if err != nil {
			return nil, fmt.Errorf("read key %q: %w", k.ID, err)
		}
		keys[k.ID] = key
	}
	return keys, nil
}

// parsePoint makes a key of its coordinates, refusing points off the curve.
func parsePoint(x, y string) (*ecdsa.PublicKey, error) {
	point := []byte{4} // SEC 1, section 2.3.4: an uncompressed point
	for _, c := range []string{x, y} {
		b, err := base64.RawURLEncoding.DecodeString(c)
		if err != nil || len(b) != coordinate {
			return nil, errors.New("not a P-256 coordinate")
		}
		point = append(point, b...)
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
}
