package credential

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/ftpbridge/bridge/httpbackend"
)

var (
	_ httpbackend.Refresher = (*ClientCredentials)(nil)
	_ httpbackend.Refresher = (*ExchangedToken)(nil)
)

// OAuthOptions say how an OAuth 2.0 server is asked for tokens.
type OAuthOptions struct {
	// TokenURL is the token endpoint: https, or http on this machine; required.
	TokenURL string
	// ClientID and ClientSecret are the client's. They are sent by Basic or, to a
	// server that refuses that, in the body (RFC 6749, section 2.3.1). A token
	// exchange needs neither.
	ClientID, ClientSecret string
	// Scopes asked for; empty leaves them to the server.
	Scopes []string
	// Audience names the service that the token is for, where the server wants
	// to know; may be empty.
	Audience string
	// InsecureHTTP allows http to other machines: secrets cross the network in
	// the clear.
	InsecureHTTP bool
	// TLS is how https connections are made; nil uses the system's roots.
	TLS *tls.Config
}

func (o OAuthOptions) config(parameters url.Values) (*clientcredentials.Config, error) {
	if err := checkTokenURL(o.TokenURL, o.InsecureHTTP); err != nil {
		return nil, fmt.Errorf("TokenURL: %w", err)
	}
	if o.ClientSecret != "" && o.ClientID == "" {
		return nil, errors.New("ClientSecret: is given without ClientID")
	}
	if o.Audience != "" {
		parameters.Set("audience", o.Audience)
	}
	c := &clientcredentials.Config{
		TokenURL: o.TokenURL, ClientID: o.ClientID, ClientSecret: o.ClientSecret,
		Scopes: o.Scopes, EndpointParams: parameters,
	}
	if o.ClientSecret == "" { // a public client, or none: RFC 6749, section 3.2.1
		c.AuthStyle = oauth2.AuthStyleInParams
	}
	return c, nil
}

// ClientCredentials is a token for the bridge itself (RFC 6749, section 4.4). All
// sessions share one, which is renewed in time, and once when it is refused.
type ClientCredentials struct {
	masked
	*tokens
}

// NewClientCredentials checks o. The error names the field. Nothing is sent before
// a token is needed.
func NewClientCredentials(o OAuthOptions) (*ClientCredentials, error) {
	if o.ClientID == "" {
		return nil, errors.New("client credentials: ClientID: missing")
	}
	c, err := o.config(url.Values{})
	if err != nil {
		return nil, fmt.Errorf("client credentials: %w", err)
	}
	e := newEndpoint(o.TLS)
	return &ClientCredentials{tokens: newTokens(e, func(ctx context.Context) (*oauth2.Token, error) {
		return e.ask(ctx, c)
	})}, nil
}

// Close ends what is under way; the credential is of no use then.
func (c *ClientCredentials) Close() { c.endpoint.Close() }

// TokenExchange gets tokens in the name of users (RFC 8693). It is shared;
// [TokenExchange.Session] makes the credential of one session.
type TokenExchange struct {
	masked
	endpoint *endpoint
	options  *OAuthOptions
}

// NewTokenExchange checks o. The error names the field.
func NewTokenExchange(o OAuthOptions) (*TokenExchange, error) {
	if _, err := o.config(url.Values{}); err != nil {
		return nil, fmt.Errorf("token exchange: %w", err)
	}
	return &TokenExchange{endpoint: newEndpoint(o.TLS), options: &o}, nil
}

// Close ends what is under way; the credentials of sessions are of no use then.
func (x *TokenExchange) Close() { x.endpoint.Close() }

// ExchangedToken is the token that a session got for its own.
type ExchangedToken struct {
	masked
	*tokens
}

// Session makes the credential of one session. The subject is asked for the token
// to exchange, a JWT, each time a new one is wanted.
func (x *TokenExchange) Session(subject func() (string, error)) *ExchangedToken {
	return &ExchangedToken{tokens: newTokens(x.endpoint, func(ctx context.Context) (*oauth2.Token, error) {
		text, err := subject()
		if err != nil {
			return nil, fmt.Errorf("token to exchange: %w", err)
		}
		c, err := x.options.config(url.Values{
			"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
			"subject_token":        {text},
			"subject_token_type":   {"urn:ietf:params:oauth:token-type:jwt"},
			"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
		})
		if err != nil {
			return nil, err
		}
		return x.endpoint.ask(ctx, c)
	})}
}
