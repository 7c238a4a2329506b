package main

import (
	"fmt"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/internal/config"
)

// sources is the chain of login sources.
type sources struct {
	first    auth.Source
	webhooks []*auth.Webhook
}

// newSources builds the sources in their order, behind the guard.
func newSources(cfg *config.Config) (*sources, error) {
	s := &sources{}
	var chain []auth.Source
	for i, c := range cfg.Auth {
		src, err := s.source(c)
		if err != nil {
			return nil, fmt.Errorf("auth.%d: %w", i, err)
		}
		chain = append(chain, src)
	}
	s.first = auth.NewChain(chain...)
	if cfg.Guard.FailedLogins == 0 {
		return s, nil
	}
	by := auth.ByBoth
	switch cfg.Guard.By {
	case config.GuardByAddress:
		by = auth.ByAddress
	case config.GuardByUser:
		by = auth.ByUser
	}
	guard, err := auth.NewGuard(auth.GuardOptions{
		By: by, Failures: cfg.Guard.FailedLogins, Delay: cfg.Guard.Delay, MaxDelay: cfg.Guard.MaxDelay, Window: cfg.Guard.Window,
	}, s.first)
	if err != nil {
		return nil, fmt.Errorf("guard: %w", err)
	}
	s.first = guard
	return s, nil
}

func (s *sources) source(c config.Source) (auth.Source, error) {
	if c.Static != nil {
		return auth.LoadStatic(c.Static.File)
	}
	secrets := []string{c.Webhook.Secret.Reveal()}
	if old := c.Webhook.OldSecret.Reveal(); old != "" {
		secrets = append(secrets, old)
	}
	w, err := auth.NewWebhook(auth.WebhookOptions{
		URL: c.Webhook.URL, Secrets: secrets,
		Timeout: c.Webhook.Timeout, InsecureHTTP: c.Webhook.InsecureHTTP,
	})
	if err != nil {
		return nil, err
	}
	s.webhooks = append(s.webhooks, w)
	return w, nil
}

func (s *sources) close() {
	for _, w := range s.webhooks {
		w.Close()
	}
}
