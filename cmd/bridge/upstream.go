package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/admin"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/metrics"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// upstreamName is the label of the one mount in metrics and logs.
const upstreamName = "default"

// loadMapping loads the mapping that the configuration names.
func loadMapping(b *config.Backend) (*mapping.Mapping, error) {
	if b.Mapping != "" {
		return mapping.Load(b.Mapping)
	}
	m, err := mapping.Preset(b.Preset)
	if err != nil {
		return nil, fmt.Errorf("backend.preset: %w", err)
	}
	return m, nil
}

// newUpstream builds the one HTTP client that all sessions share.
func newUpstream(cfg *config.Config, m *metrics.Metrics, log *slog.Logger) (*httpbackend.Upstream, error) {
	b := &cfg.Backend
	maps, err := loadMapping(b)
	if err != nil {
		return nil, err
	}
	schemes := make([]string, 0, len(b.Credentials))
	for scheme := range b.Credentials {
		schemes = append(schemes, scheme)
	}
	m.BreakerState(upstreamName, "closed")
	u, err := httpbackend.New(httpbackend.Options{
		Mapping: maps, Server: b.Server.URL, Credentials: schemes,
		ConnectTimeout: b.Timeout.Connect, AnswerTimeout: b.Timeout.Headers, MaxRequests: b.MaxRequests,
		QueueTimeout: b.Timeout.Queue, StatCache: orNone(b.StatCache),
		BreakerFailures: b.Breaker.Failures, BreakerPause: b.Breaker.OpenFor, ShowProblems: b.ShowProblemText,
		UserAgent: "ftpbridge/" + version(), Logger: log.With("upstream", upstreamName),
		Observe: func(e httpbackend.Exchange) {
			m.UpstreamRequest(upstreamName, e.Operation, e.Status, e.Took)
		},
		OnBreaker: func(from, to string) {
			log.Warn("breaker", "upstream", upstreamName, "from", from, "to", to)
			m.BreakerState(upstreamName, to)
		},
	})
	if err != nil {
		return nil, fmt.Errorf("backend: %w", err)
	}
	return u, nil
}

// newSigner loads or makes the key of the bridge's tokens; it is nil where the
// configuration has no issuer, and so no use for one.
func newSigner(cfg *config.Config) (*token.Signer, error) {
	if cfg.Token.Issuer == "" {
		return nil, nil
	}
	o := token.Options{Issuer: cfg.Token.Issuer, Instance: cfg.FTP.Name, Lifetime: cfg.Token.Lifetime}
	if cfg.Token.Key != "" {
		var err error
		if o.Key, err = os.ReadFile(cfg.Token.Key); err != nil {
			return nil, fmt.Errorf("token.key: %w", err)
		}
	}
	for _, file := range cfg.Token.Published {
		key, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("token.published: %w", err)
		}
		o.Published = append(o.Published, key)
	}
	s, err := token.NewSigner(o)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	return s, nil
}

// newAdmin builds the admin server.
func newAdmin(a *app, m *metrics.Metrics, signer *token.Signer) *admin.Server {
	o := admin.Options{
		Ready:   a.ready,
		Metrics: promhttp.HandlerFor(m.Gatherer(), promhttp.HandlerOpts{}),
		Logger:  a.log,
	}
	if signer != nil {
		o.JWKS, o.OpenIDConfiguration = signer.Keys(), signer.Configuration()
	}
	return admin.New(o)
}

// bind makes the credentials of one session, by security scheme.
func (a *accounts) bind(p *auth.Principal, l ftpfront.Login) (map[string]httpbackend.Credential, error) {
	bound := make(map[string]httpbackend.Credential, len(a.credentials))
	for scheme, c := range a.credentials {
		switch c.Kind {
		case config.CredentialNone:
			bound[scheme] = noCredential{}
		case config.CredentialSessionJWT:
			bound[scheme] = a.signer.Source(token.Claims{
				Subject: p.ID, Audience: a.audience, Session: l.Session, Name: p.Name, Tenant: p.Tenant,
				Groups: p.Groups, Scope: scope(p.Permissions), Methods: p.Methods, Client: l.Client.Addr(),
			})
		case config.CredentialSessionToken:
			if p.Token == nil {
				return nil, fmt.Errorf("backend.credentials.%s: the login gave no token", scheme)
			}
			bound[scheme] = &loginToken{token: *p.Token}
		case config.CredentialStatic:
			bound[scheme] = newStaticCredential(c)
		}
	}
	return bound, nil
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

// staticCredential is the same header for all sessions.
type staticCredential struct{ header, value string }

func newStaticCredential(c *config.Credential) staticCredential {
	if c.Header == "" {
		return staticCredential{"Authorization", "Bearer " + c.Value.Reveal()}
	}
	return staticCredential{c.Header, c.Value.Reveal()}
}

func (c staticCredential) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set(c.header, c.value)
	return nil
}

// loginToken is the token that came with the login. It cannot be renewed: when
// it has expired, the session ends.
type loginToken struct{ token auth.Token }

func (t *loginToken) Apply(_ context.Context, r *http.Request) error {
	if !t.token.Expires.IsZero() && time.Now().After(t.token.Expires) {
		return httpbackend.ErrLoginExpired
	}
	r.Header.Set("Authorization", t.token.Type+" "+t.token.Value)
	return nil
}

func (t *loginToken) Refresh(context.Context) error { return httpbackend.ErrLoginExpired }
