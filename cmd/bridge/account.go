package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/restrict"
	"github.com/ftpbridge/bridge/httpbackend"
)

// accounts answers the engine's logins: it asks the sources of auth and binds
// the principal to the upstream. It is where the packages meet.
type accounts struct {
	source      auth.Source
	upstream    *httpbackend.Upstream
	credentials *credentials
	instance    string
}

var _ ftpfront.Authenticator = (*accounts)(nil)

// Authenticate implements ftpfront.Authenticator.
func (a *accounts) Authenticate(ctx context.Context, l ftpfront.Login) (*ftpfront.Account, error) {
	if l.CertificateOnly && a.credentials.needPassword {
		return nil, ftpfront.ErrLoginRefused // asks for the password
	}
	p, err := a.source.Authenticate(ctx, a.authCredentials(l))
	if err != nil {
		return nil, loginError(err)
	}
	files, err := a.backend(p, l)
	if err != nil {
		return nil, fmt.Errorf("account of %s: %w", p.ID, err)
	}
	home, err := storage.Clean(storage.Root, p.Home)
	if err != nil {
		return nil, fmt.Errorf("home of %s: %w", p.ID, err)
	}
	return &ftpfront.Account{
		Name: accountName(p), Backend: files, Home: home, Greeting: p.Greeting,
		Limits: ftpfront.AccountLimits{
			Sessions: p.Limits.Sessions, Idle: p.Limits.Idle,
			BytesPerSecond: p.Limits.BytesPerSecond, MaxFileBytes: p.Limits.MaxFileBytes,
		},
	}, nil
}

// accountName is what sessions are counted by: users of one name in two tenants
// are two.
func accountName(p *auth.Principal) string {
	if p.Tenant == "" {
		return p.Name
	}
	return p.Tenant + "/" + p.Name
}

// loginError turns an answer of auth into the engine's.
func loginError(err error) error {
	var throttled *auth.ThrottledError
	switch {
	case errors.Is(err, auth.ErrDenied), errors.Is(err, auth.ErrNotMine):
		return errors.Join(ftpfront.ErrLoginRefused, err)
	case errors.Is(err, auth.ErrNeedAccount):
		return ftpfront.ErrNeedAccount
	case errors.As(err, &throttled):
		return &ftpfront.RetryError{After: throttled.RetryAfter}
	}
	return err
}

func (a *accounts) authCredentials(l ftpfront.Login) auth.Credentials {
	c := auth.Credentials{
		Session: l.Session, Attempt: l.Attempt, Method: auth.MethodPassword,
		User: l.User, Password: l.Password, Account: l.Account,
		Client: l.Client, Host: l.Host, Program: l.Program, Listener: l.Local.String(), Instance: a.instance,
	}
	if l.TLS != nil {
		c.TLS = tlsState(l.TLS, l.Implicit)
	}
	switch {
	case l.CertificateOnly:
		c.Method = auth.MethodCertificate
	case c.TLS != nil && c.TLS.Certificate != nil:
		c.Method = auth.MethodPasswordAndCertificate
	}
	return c
}

func tlsState(state *tls.ConnectionState, implicit bool) *auth.TLSState {
	t := &auth.TLSState{
		Version: strings.ReplaceAll(tls.VersionName(state.Version), " ", ""),
		Cipher:  tls.CipherSuiteName(state.CipherSuite),
		Mode:    "explicit",
	}
	if implicit {
		t.Mode = "implicit"
	}
	if len(state.VerifiedChains) > 0 {
		t.Certificate = state.VerifiedChains[0][0]
	}
	return t
}

// backend is the upstream as p may use it.
func (a *accounts) backend(p *auth.Principal, l ftpfront.Login) (storage.Backend, error) {
	credentials, err := a.credentials.bind(p, l)
	if err != nil {
		return nil, err
	}
	files := a.upstream.Backend(httpbackend.Caller{Session: l.Session, User: userScope(p), Credentials: credentials})
	root, err := storage.Clean(storage.Root, p.Root)
	if err != nil {
		return nil, fmt.Errorf("root: %w", err)
	}
	rules, err := rules(p.Permissions)
	if err != nil {
		return nil, err
	}
	if root == storage.Root && rules == nil {
		return files, nil
	}
	return restrict.New(files, restrict.Options{Root: root, Rules: rules})
}

// rules keeps nil, which allows everything, apart from a list without rules.
func rules(permissions []auth.Rule) ([]restrict.Rule, error) {
	if permissions == nil {
		return nil, nil
	}
	out := make([]restrict.Rule, 0, len(permissions))
	for _, p := range permissions {
		allow, err := restrict.ParseActions(p.Allow)
		if err != nil {
			return nil, fmt.Errorf("permissions of %s: %w", p.Path, err)
		}
		out = append(out, restrict.Rule{Pattern: p.Path, Allow: allow})
	}
	return out, nil
}

// userScope is "user" in the expressions of a mapping.
func userScope(p *auth.Principal) map[string]any {
	return map[string]any{
		"id": p.ID, "name": p.Name, "tenant": p.Tenant, "groups": p.Groups,
		"claims": p.Claims, "vars": p.Vars,
	}
}
