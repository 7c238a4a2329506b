// Package bearer checks the bridge's tokens: JWTs after RFC 9068, signed with
// ES256, whose keys the bridge publishes as a JWK set. It is what a service in
// Go needs to know who is calling.
package bearer

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// leeway is how far the clocks of the bridge and the service may differ.
const leeway = 10 * time.Second

// ErrUnknownKey is the error of Keys for an id that no key has.
var ErrUnknownKey = errors.New("unknown key")

// Keys finds the key that a token names. It is used concurrently.
type Keys interface {
	// Key returns the public key with the id kid. ErrUnknownKey means that
	// there is no such key, any other error that it could not be found out.
	Key(ctx context.Context, kid string) (*ecdsa.PublicKey, error)
}

// Options says which tokens are accepted. All fields are required.
type Options struct {
	Keys Keys
	// Issuer is the value that a token's "iss" must have.
	Issuer string
	// Audience is a value that a token's "aud" must contain.
	Audience string
}

// Caller is whom a token speaks for.
type Caller struct {
	// Subject is the user ("sub"), never empty.
	Subject string
	// Session is the FTP session ("sid"); empty if the token has none.
	Session string
}

// Verifier checks the tokens of requests. It is safe for concurrent use.
type Verifier struct {
	keys   Keys
	parser *jwt.Parser
}

// New makes a Verifier.
func New(o Options) (*Verifier, error) {
	switch {
	case o.Keys == nil:
		return nil, errors.New("bearer: Keys is not set")
	case o.Issuer == "":
		return nil, errors.New("bearer: Issuer is not set")
	case o.Audience == "":
		return nil, errors.New("bearer: Audience is not set")
	}
	return &Verifier{keys: o.Keys, parser: jwt.NewParser(
		// The list of methods is what keeps "none" and HMAC with a public key out.
		jwt.WithValidMethods([]string{jwt.SigningMethodES256.Alg()}),
		jwt.WithIssuer(o.Issuer),
		jwt.WithAudience(o.Audience),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(leeway),
	)}, nil
}

type claims struct {
	jwt.RegisteredClaims
	Session string `json:"sid"`
}

// Verify checks the token of r. Its errors are problem documents: 401 for a
// token that is missing or not accepted, 503 when the keys could not be asked for.
func (v *Verifier) Verify(r *http.Request) (Caller, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return Caller{}, missing()
	}
	var c claims
	_, err := v.parser.ParseWithClaims(strings.TrimSpace(token), &c, func(t *jwt.Token) (any, error) {
		return v.keyOf(r.Context(), t)
	})
	if errors.Is(err, errKeysUnavailable) {
		return Caller{}, &problem.Details{
			Title:  "Keys unavailable",
			Status: http.StatusServiceUnavailable,
			Detail: "The keys that verify tokens could not be fetched.",
			Cause:  err,
		}
	}
	if err == nil && c.Subject == "" {
		err = errors.New("the token has no subject")
	}
	if err != nil {
		return Caller{}, refused(err)
	}
	return Caller{Subject: c.Subject, Session: c.Session}, nil
}

var errKeysUnavailable = errors.New("keys unavailable")

// keyOf finds the key of a token whose signature is still to be checked.
func (v *Verifier) keyOf(ctx context.Context, t *jwt.Token) (any, error) {
	// RFC 9068, section 4: any other type is a token for another purpose.
	typ, _ := t.Header["typ"].(string)
	if typ = strings.ToLower(typ); typ != "at+jwt" && typ != "application/at+jwt" {
		return nil, fmt.Errorf("type %q is not at+jwt", typ)
	}
	kid, _ := t.Header["kid"].(string)
	key, err := v.keys.Key(ctx, kid)
	if err != nil && !errors.Is(err, ErrUnknownKey) {
		return nil, fmt.Errorf("%w: %w", errKeysUnavailable, err)
	}
	if err != nil {
		return nil, err
	}
	return key, nil
}

// missing is the answer to a request without a token. RFC 6750, section 3.1:
// it names no error, for the client may not have known that it needs one.
func missing() error {
	return unauthorized(`Bearer realm="files"`, "The request carries no bearer token.", nil)
}

func refused(cause error) error {
	return unauthorized(`Bearer realm="files", error="invalid_token"`, "The bearer token is not accepted.", cause)
}

func unauthorized(challenge, detail string, cause error) error {
	return &problem.Details{
		Title:  http.StatusText(http.StatusUnauthorized),
		Status: http.StatusUnauthorized,
		Detail: detail,
		Header: http.Header{"Www-Authenticate": {challenge}},
		Cause:  cause,
	}
}
