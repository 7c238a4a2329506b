package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/httpbackend/credential"
	"github.com/ftpbridge/bridge/internal/config"
)

// credentials makes what sessions show to the storage service. What they share is
// built once.
type credentials struct {
	signer       *token.Signer // nil without an issuer
	audience     string        // of its tokens
	binders      map[string]binder
	needPassword bool // of the login
	closers      []func()
}

// binder makes a credential of one session; nil if this session has none.
type binder func(*auth.Principal, ftpfront.Login) (httpbackend.Credential, error)

// newCredentials builds the configured credentials, and those that a mapping may
// name without.
func newCredentials(cfg *config.Config, signer *token.Signer) (*credentials, error) {
	c := &credentials{signer: signer, audience: cfg.Token.Audience}
	c.binders = map[string]binder{
		string(config.CredentialNone):         shared(noCredential{}),
		string(config.CredentialSessionToken): tokenOfLogin,
	}
	if signer != nil {
		c.binders[string(config.CredentialSessionJWT)] = c.sessionJWT
	}
	for name, settings := range cfg.Backend.Credentials {
		var err error
		if c.binders[name], err = c.binder(settings); err != nil {
			return nil, fmt.Errorf("backend.credentials.%s: %w", name, err)
		}
	}
	return c, nil
}

// names are those that a mapping may rely on.
func (c *credentials) names() []string { return slices.Sorted(maps.Keys(c.binders)) }

// close ends requests for tokens.
func (c *credentials) close() {
	for _, f := range c.closers {
		f()
	}
}

// bind makes the credentials of one session, by their names.
func (c *credentials) bind(p *auth.Principal, l ftpfront.Login) (map[string]httpbackend.Credential, error) {
	bound := make(map[string]httpbackend.Credential, len(c.binders))
	for name, bind := range c.binders {
		made, err := bind(p, l)
		if err != nil {
			return nil, fmt.Errorf("backend.credentials.%s: %w", name, err)
		}
		if made != nil {
			bound[name] = made
		}
	}
	return bound, nil
}

// binder builds what sessions share of a configured credential.
func (c *credentials) binder(s *config.Credential) (binder, error) {
	var made httpbackend.Credential
	var err error
	switch s.Kind {
	case config.CredentialNone:
		made = noCredential{}
	case config.CredentialSessionJWT:
		return c.sessionJWT, nil
	case config.CredentialSessionToken:
		return needed(tokenOfLogin, "the login gave no token"), nil
	case config.CredentialLoginPassword:
		c.needPassword = true
		return needed(passwordOfLogin(s.LoginPassword.As), "the login had no password"), nil
	case config.CredentialStatic:
		made, err = staticCredential(&s.Static)
	case config.CredentialBasic:
		made, err = credential.NewBasic(s.Basic.User, s.Basic.Password.Reveal())
	case config.CredentialSigV4:
		made, err = credential.NewSigV4(credential.SigV4Options{
			AccessKey: s.SigV4.AccessKey.Reveal(), SecretKey: s.SigV4.SecretKey.Reveal(), SessionToken: s.SigV4.SessionToken.Reveal(),
			Region: s.SigV4.Region, Service: s.SigV4.Service,
		})
	case config.CredentialAzureSharedKey:
		made, err = credential.NewAzureSharedKey(s.AzureSharedKey.Account, s.AzureSharedKey.Key.Reveal())
	case config.CredentialAzureSAS:
		made, err = credential.NewSAS(s.AzureSAS.Token.Reveal())
	case config.CredentialClientCredentials:
		made, err = c.clientCredentials(&s.OAuth)
	case config.CredentialGoogle:
		made, err = c.google(&s.Google)
	case config.CredentialTokenExchange:
		return c.tokenExchange(&s.OAuth)
	default:
		return nil, fmt.Errorf("unknown kind %q", s.Kind) // config lets none pass
	}
	return shared(made), err
}

// shared gives all sessions the same credential.
func shared(made httpbackend.Credential) binder {
	return func(*auth.Principal, ftpfront.Login) (httpbackend.Credential, error) { return made, nil }
}

// needed fails where bind has nothing for a session.
func needed(bind binder, why string) binder {
	return func(p *auth.Principal, l ftpfront.Login) (httpbackend.Credential, error) {
		made, err := bind(p, l)
		if made == nil && err == nil {
			err = errors.New(why)
		}
		return made, err
	}
}

func staticCredential(s *config.StaticCredential) (httpbackend.Credential, error) {
	switch {
	case s.Query != "":
		return credential.NewQuery(s.Query, s.Value.Reveal())
	case s.Header != "":
		return credential.NewHeader(s.Header, s.Value.Reveal())
	}
	return credential.NewBearer(s.Value.Reveal())
}

func (c *credentials) clientCredentials(s *config.OAuth) (httpbackend.Credential, error) {
	o, err := oauthOptions(s)
	if err != nil {
		return nil, err
	}
	made, err := credential.NewClientCredentials(o)
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, made.Close)
	return made, nil
}

func (c *credentials) google(s *config.GoogleServiceAccount) (httpbackend.Credential, error) {
	key, err := os.ReadFile(s.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("key_file: %w", err)
	}
	made, err := credential.NewGoogleServiceAccount(credential.GoogleOptions{Key: key, Scopes: s.Scopes})
	if err != nil {
		return nil, fmt.Errorf("key_file: %w", err)
	}
	c.closers = append(c.closers, made.Close)
	return made, nil
}

// tokenExchange exchanges the token that the bridge signs for the session.
func (c *credentials) tokenExchange(s *config.OAuth) (binder, error) {
	o, err := oauthOptions(s)
	if err != nil {
		return nil, err
	}
	exchange, err := credential.NewTokenExchange(o)
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, exchange.Close)
	return func(p *auth.Principal, l ftpfront.Login) (httpbackend.Credential, error) {
		return exchange.Session(c.source(p, l).Token), nil
	}, nil
}

func oauthOptions(s *config.OAuth) (credential.OAuthOptions, error) {
	tlsConfig, err := trust(s.CA)
	if err != nil {
		return credential.OAuthOptions{}, fmt.Errorf("ca: %w", err)
	}
	return credential.OAuthOptions{
		TokenURL: s.TokenURL, ClientID: s.ClientID, ClientSecret: s.ClientSecret.Reveal(),
		Scopes: s.Scopes, Audience: s.Audience, InsecureHTTP: s.InsecureHTTP, TLS: tlsConfig,
	}, nil
}
