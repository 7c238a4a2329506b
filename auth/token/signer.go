package token

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Options says how tokens are signed.
type Options struct {
	// Issuer is the https URL (http for tests) under which services find the
	// key set: <Issuer>/.well-known/openid-configuration. Required.
	Issuer string
	// Instance names this bridge, as the actor of every token and the OAuth
	// client that it is for. Required.
	Instance string
	// Key is the private key: PEM, PKCS #8 or SEC 1, on the curve P-256. Nil
	// generates one, which no other instance has and which ends with the process.
	Key []byte
	// Published are more keys to publish without signing with them: the next
	// one and the last one. PEM, public or private.
	Published [][]byte
	// Lifetime of a token, from a minute to a day; 0 is 5 minutes.
	Lifetime time.Duration
}

const (
	defaultLifetime = 5 * time.Minute
	// With a minute, renewal leaves 24 s for a request to be queued, sent and
	// checked by a clock that is a little off.
	minLifetime = time.Minute
	maxLifetime = 24 * time.Hour
)

// Signer signs tokens with one key. It is safe for concurrent use.
type Signer struct {
	issuer   string
	instance string
	lifetime time.Duration
	key      *ecdsa.PrivateKey
	keyID    string
	keySet   []byte // JSON, published
	config   []byte // JSON, published
}

// NewSigner checks opt. The error names the field.
func NewSigner(opt Options) (*Signer, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	s := &Signer{issuer: opt.Issuer, instance: opt.Instance, lifetime: cmp.Or(opt.Lifetime, defaultLifetime)}
	var err error
	if s.key, err = signingKey(opt.Key); err != nil {
		return nil, fmt.Errorf("token Key: %w", err)
	}
	keys := []*ecdsa.PublicKey{&s.key.PublicKey}
	for i, text := range opt.Published {
		key, err := parsePublic(text)
		if err != nil {
			return nil, fmt.Errorf("token Published[%d]: %w", i, err)
		}
		keys = append(keys, key)
	}
	if err := s.publish(keys); err != nil {
		return nil, err
	}
	return s, nil
}

func (opt Options) check() error {
	u, err := url.Parse(opt.Issuer)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http"):
		return errors.New("token Issuer: not an http or https URL")
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(opt.Issuer, "/"):
		return errors.New("token Issuer: must have no user, query, fragment or final slash")
	case opt.Instance == "":
		return errors.New("token Instance: missing")
	case opt.Lifetime != 0 && (opt.Lifetime < minLifetime || opt.Lifetime > maxLifetime):
		return fmt.Errorf("token Lifetime: not %v to %v", minLifetime, maxLifetime)
	}
	return nil
}

func signingKey(text []byte) (*ecdsa.PrivateKey, error) {
	if text == nil {
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	return parsePrivate(text)
}

// sign makes a token that is valid from now on.
func (s *Signer) sign(c Claims, now time.Time) (string, error) {
	t := jwt.NewWithClaims(jwt.SigningMethodES256, s.claims(c, now))
	t.Header["typ"] = "at+jwt" // RFC 9068, section 2.1
	t.Header["kid"] = s.keyID
	text, err := t.SignedString(s.key)
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	return text, nil
}
