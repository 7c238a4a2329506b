package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/httpbackend/credential"
	"github.com/ftpbridge/bridge/internal/config"
)

// sessionJWT is a token that the bridge signs for the session.
func (c *credentials) sessionJWT(p *auth.Principal, l ftpfront.Login) (httpbackend.Credential, error) {
	return c.source(p, l), nil
}

func (c *credentials) source(p *auth.Principal, l ftpfront.Login) *token.Source {
	return c.signer.Source(token.Claims{
		Subject: p.ID, Audience: c.audience, Session: l.Session, Name: p.Name, Tenant: p.Tenant,
		Groups: p.Groups, Scope: scope(p.Permissions), Methods: p.Methods, Client: l.Client.Addr(),
	})
}

// scope is what the user may do at some path at least. Who may do everything
// gets no scope: the token then narrows nothing.
func scope(permissions []auth.Rule) []string {
	var actions []string
	for _, p := range permissions {
		actions = append(actions, p.Allow...)
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

// noCredential satisfies a security scheme without showing anything.
type noCredential struct{}

func (noCredential) Apply(context.Context, *http.Request) error { return nil }

// loginToken is the token that came with the login. It cannot be renewed: when
// it has expired, the session ends.
type loginToken struct{ token auth.Token }

// tokenOfLogin is a binder.
func tokenOfLogin(p *auth.Principal, _ ftpfront.Login) (httpbackend.Credential, error) {
	if p.Token == nil {
		return nil, nil
	}
	return &loginToken{token: *p.Token}, nil
}

func (t *loginToken) Apply(_ context.Context, r *http.Request) error {
	if !t.token.Expires.IsZero() && time.Now().After(t.token.Expires) {
		return httpbackend.ErrLoginExpired
	}
	r.Header.Set("Authorization", t.token.Type+" "+t.token.Value)
	return nil
}

func (t *loginToken) Refresh(context.Context) error { return httpbackend.ErrLoginExpired }

// loginPassword is what the user has typed. When the service no longer takes it,
// the session ends.
type loginPassword struct{ httpbackend.Credential }

func (loginPassword) Refresh(context.Context) error { return httpbackend.ErrLoginExpired }

// passwordOfLogin keeps the password for the session. One that HTTP cannot carry
// is refused as the service would refuse it.
func passwordOfLogin(as config.LoginPasswordForm) binder {
	return func(_ *auth.Principal, l ftpfront.Login) (httpbackend.Credential, error) {
		if l.Password == "" {
			return nil, nil
		}
		var made httpbackend.Credential
		var err error
		if as == config.LoginAsBearer {
			made, err = credential.NewBearer(l.Password)
		} else {
			made, err = credential.NewBasic(l.User, l.Password)
		}
		if err != nil {
			return nil, errors.Join(ftpfront.ErrLoginRefused, err)
		}
		return loginPassword{made}, nil
	}
}
