package main

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/admin"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/metrics"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// upstreamName is the label of the mapping's own service in metrics and logs; those
// of its mounts have their folders.
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
func newUpstream(cfg *config.Config, maps *mapping.Mapping, creds *credentials, m *metrics.Metrics, log *slog.Logger) (*httpbackend.Upstream, error) {
	o, err := upstreamOptions(cfg, maps, creds, m, log)
	if err != nil {
		return nil, err
	}
	m.BreakerState(upstreamName, "closed")
	for _, mount := range maps.Mounts {
		m.BreakerState(mount.At, "closed")
	}
	u, err := httpbackend.New(o)
	if err != nil {
		return nil, fmt.Errorf("backend: %w", err)
	}
	return u, nil
}

// upstreamOptions are the configuration's settings of the upstream.
func upstreamOptions(cfg *config.Config, maps *mapping.Mapping, creds *credentials, m *metrics.Metrics, log *slog.Logger) (httpbackend.Options, error) {
	b := &cfg.Backend
	for at := range b.Server.Mounts {
		if !slices.ContainsFunc(maps.Mounts, func(m *mapping.Mount) bool { return m.At == at }) {
			return httpbackend.Options{}, fmt.Errorf("backend.server.mounts.%s: the mapping mounts nothing there; remove it, or write the folder as in the mapping", at)
		}
	}
	tlsConfig, err := upstreamTLS(&b.TLS)
	if err != nil {
		return httpbackend.Options{}, fmt.Errorf("backend.tls: %w", err)
	}
	return httpbackend.Options{
		Mapping: maps, Server: b.Server.URL, Variables: b.Server.Variables, MountServers: b.Server.Mounts,
		Credentials: creds.names(), TLS: tlsConfig, AllowMetadata: b.AllowMetadata,
		ConnectTimeout: b.Timeout.Connect, AnswerTimeout: b.Timeout.Headers, MaxRequests: b.MaxRequests,
		MaxMemory: int64(b.Collect.Memory), SpoolDir: b.Collect.Dir, MaxSpool: int64(b.Collect.MaxFile),
		QueueTimeout: b.Timeout.Queue, StatCache: orNone(b.StatCache),
		BreakerFailures: b.Breaker.Failures, BreakerPause: b.Breaker.OpenFor, ShowProblems: b.ShowProblemText,
		UserAgent: "ftpbridge/" + version(), Logger: log.With("upstream", upstreamName),
		Observe: func(e httpbackend.Exchange) {
			m.UpstreamRequest(cmp.Or(e.Mount, upstreamName), e.Operation, e.Status, e.Took)
		},
		OnBreaker: func(mount, from, to string) {
			name := cmp.Or(mount, upstreamName)
			log.Warn("breaker", "upstream", name, "from", from, "to", to)
			m.BreakerState(name, to)
		},
		OnLeftOut: func(mount string, count int) { m.LeftOut(cmp.Or(mount, upstreamName), count) },
	}, nil
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
