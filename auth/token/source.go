package token

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// Claims is what a token says of a session. Members that are empty are left out
// of the token.
type Claims struct {
	// Subject is the lasting identity of the user (sub).
	Subject string
	// Audience is the service that the token is for (aud).
	Audience string
	// Session is the id of the session (sid).
	Session string
	// Name is what the user is called (preferred_username).
	Name   string
	Tenant string
	Groups []string
	// Scope holds what the user may do, such as "list" and "read".
	Scope []string
	// Methods are the ways in which the user was authenticated (amr, RFC 8176).
	Methods []string
	// Client is the address of the FTP client (cip).
	Client netip.Addr
}

// claims adds to c what every token has (RFC 9068, section 2.2).
func (s *Signer) claims(c Claims, now time.Time) jwt.MapClaims {
	iat := now.Unix()
	m := jwt.MapClaims{
		"iss": s.issuer, "sub": c.Subject, "aud": c.Audience, "client_id": s.instance,
		"iat": iat, "nbf": iat, "exp": iat + int64(s.lifetime/time.Second),
		"jti": rand.Text(),
		"act": map[string]string{"sub": s.instance}, // RFC 8693, section 4.1
	}
	for name, text := range map[string]string{
		"sid": c.Session, "preferred_username": c.Name, "tenant": c.Tenant, "scope": strings.Join(c.Scope, " "),
	} {
		if text != "" {
			m[name] = text
		}
	}
	for name, list := range map[string][]string{"groups": c.Groups, "amr": c.Methods} {
		if len(list) > 0 {
			m[name] = list
		}
	}
	if c.Client.IsValid() {
		m["cip"] = c.Client.Unmap().WithZone("").String()
	}
	return m
}

// Source gives out the token of one session for one audience, and renews it. It
// is safe for concurrent use.
type Source struct {
	signer *Signer
	claims Claims

	mu    sync.Mutex
	text  string
	renew time.Time
}

// Source returns a Source of tokens that say c. Nothing is signed before a
// token is asked for.
func (s *Signer) Source(c Claims) *Source { return &Source{signer: s, claims: c} }

// Token returns a token with at least 40 % of its life before it.
func (s *Source) Token() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if s.text != "" && now.Before(s.renew) {
		return s.text, nil
	}
	text, err := s.signer.sign(s.claims, now)
	if err != nil {
		return "", err
	}
	s.text, s.renew = text, now.Add(s.signer.lifetime*6/10)
	return text, nil
}

// Apply puts the token into the Authorization header of r. The context is not
// used, as signing waits for nothing.
func (s *Source) Apply(_ context.Context, r *http.Request) error {
	text, err := s.Token()
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+text)
	return nil
}

// Refresh makes the next token a new one, after a service has refused the last.
func (s *Source) Refresh(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = ""
	return nil
}
