package credential

import (
	"cmp"
	"context"
	"crypto/rsa"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/ftpbridge/bridge/httpbackend"
)

const (
	googleTokenURL = "https://oauth2.googleapis.com/token"
	// googleScope lets objects be read and written, and no policy be changed.
	googleScope = "https://www.googleapis.com/auth/devstorage.read_write"
	// assertionLife is the longest that Google takes.
	assertionLife = time.Hour
	// assertionSkew makes up for a clock that is fast.
	assertionSkew = 10 * time.Second
)

// GoogleOptions are the key of a service account and what it is used for.
type GoogleOptions struct {
	// Key is the JSON file that Google gives out for a service account; required.
	Key []byte
	// Scopes asked for; empty means reading and writing objects of Cloud Storage.
	Scopes []string
	// InsecureHTTP allows a token endpoint in Key that is http on another machine.
	InsecureHTTP bool
	// TLS is how https connections are made; nil uses the system's roots.
	TLS *tls.Config
}

// GoogleServiceAccount is a token of a service account of Google Cloud, which the
// bridge asks for with a signed assertion (RFC 7523, section 2.1). All sessions
// share one, which is renewed in time, and once when it is refused.
type GoogleServiceAccount struct {
	masked
	*tokens
}

var _ httpbackend.Refresher = (*GoogleServiceAccount)(nil)

// serviceAccount is what is used of a key file.
type serviceAccount struct {
	Type     string `json:"type"`
	Email    string `json:"client_email"`
	KeyID    string `json:"private_key_id"`
	Key      string `json:"private_key"`
	TokenURL string `json:"token_uri"`
}

// NewGoogleServiceAccount checks o. No error repeats anything of the key.
func NewGoogleServiceAccount(o GoogleOptions) (*GoogleServiceAccount, error) {
	account, key, err := parseServiceAccount(o)
	if err != nil {
		return nil, fmt.Errorf("google service account: %w", err)
	}
	scopes := o.Scopes
	if len(scopes) == 0 {
		scopes = []string{googleScope}
	}
	e := newEndpoint(o.TLS)
	return &GoogleServiceAccount{tokens: newTokens(e, func(ctx context.Context) (*oauth2.Token, error) {
		assertion, err := account.assertion(key, scopes, time.Now())
		if err != nil {
			return nil, err
		}
		return e.ask(ctx, &clientcredentials.Config{
			TokenURL: account.TokenURL, AuthStyle: oauth2.AuthStyleInParams,
			EndpointParams: url.Values{
				"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
				"assertion":  {assertion},
			},
		})
	})}, nil
}

// Close ends what is under way; the credential is of no use then.
func (g *GoogleServiceAccount) Close() { g.endpoint.Close() }

func parseServiceAccount(o GoogleOptions) (serviceAccount, *rsa.PrivateKey, error) {
	var a serviceAccount
	if err := json.Unmarshal(o.Key, &a); err != nil {
		return a, nil, errors.New("key: not JSON") // the cause may show a part of it
	}
	if a.Type != "service_account" || a.Email == "" {
		return a, nil, errors.New("key: not the key of a service account")
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(a.Key))
	if err != nil {
		return a, nil, errors.New("key: private_key is no RSA key in PEM") // as above
	}
	a.TokenURL = cmp.Or(a.TokenURL, googleTokenURL)
	if err := checkTokenURL(a.TokenURL, o.InsecureHTTP); err != nil {
		return a, nil, fmt.Errorf("key: token_uri: %w", err)
	}
	return a, key, nil
}

// assertion asks for a token as the account.
func (a serviceAccount) assertion(key *rsa.PrivateKey, scopes []string, now time.Time) (string, error) {
	issued := now.Add(-assertionSkew)
	t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
		"iss": a.Email, "scope": strings.Join(scopes, " "), "aud": a.TokenURL,
		"iat": issued.Unix(), "exp": issued.Add(assertionLife).Unix(),
	})
	if a.KeyID != "" {
		t.Header["kid"] = a.KeyID
	}
	text, err := t.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign assertion: %w", err)
	}
	return text, nil
}
