package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/admin"
	"github.com/ftpbridge/bridge/internal/advertise"
	"github.com/ftpbridge/bridge/internal/certs"
	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/metrics"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// drainTime is how long running transfers may go on after a signal: less than
// the 30 seconds that Kubernetes gives a pod.
const drainTime = 25 * time.Second

// adminGrace is how long the admin server may finish its answers after that.
const adminGrace = 2 * time.Second

// app is a bridge, put together from its configuration.
type app struct {
	cfg         *config.Config
	log         *slog.Logger
	ftp         *ftpfront.Server
	admin       *admin.Server // nil without admin.listen
	mapping     *mapping.Mapping
	upstream    *httpbackend.Upstream
	credentials *credentials
	sources     *sources
	certs       *certs.Store // nil without TLS
	passive     *advertise.Addresses
	draining    atomic.Bool
}

// listeners are the sockets that an app serves on.
type listeners struct {
	ftp   []net.Listener
	admin net.Listener // nil without admin.listen
}

// newApp builds everything that needs no socket.
func newApp(cfg *config.Config, log *slog.Logger) (*app, error) {
	m := metrics.New()
	signer, errSigner := newSigner(cfg)
	maps, errMapping := loadMapping(&cfg.Backend)
	src, errSources := newSources(cfg)
	certificates, errCertificates := loadCertificates(&cfg.FTP.TLS)
	if err := errors.Join(errSigner, errMapping, errSources, errCertificates); err != nil {
		return nil, err
	}
	creds, err := newCredentials(cfg, signer)
	if err != nil {
		return nil, err
	}
	upstream, err := newUpstream(cfg, maps, creds, m, log)
	if err != nil {
		return nil, err
	}
	options := engineOptions(cfg)
	if certificates != nil {
		options.TLS = certificates.Config()
	}
	options.Logger, options.Events = log, events(m)
	options.Authenticator = &accounts{
		source: src.first, upstream: upstream, credentials: creds, instance: cfg.FTP.Name,
	}
	a := &app{
		cfg: cfg, log: log, mapping: maps, upstream: upstream, credentials: creds, sources: src, certs: certificates,
		passive: newAddresses(&cfg.FTP.Passive, log),
	}
	options.PassiveAddress = a.passive.For
	if a.ftp, err = ftpfront.New(options); err != nil {
		return nil, err
	}
	if cfg.Admin.Listen != "" {
		a.admin = newAdmin(a, m, signer)
	}
	return a, nil
}

// listen opens the sockets that the configuration names.
func listen(cfg *config.Config) (listeners, error) {
	var l listeners
	for _, addr := range cfg.FTP.Listen {
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			l.close()
			return listeners{}, fmt.Errorf("ftp.listen: %w", err)
		}
		l.ftp = append(l.ftp, ln)
	}
	if cfg.Admin.Listen != "" {
		ln, err := net.Listen("tcp", cfg.Admin.Listen)
		if err != nil {
			l.close()
			return listeners{}, fmt.Errorf("admin.listen: %w", err)
		}
		l.admin = ln
	}
	return l, nil
}

// close gives up listeners that nothing serves.
func (l listeners) close() {
	for _, ln := range l.ftp {
		ln.Close() // nothing was accepted
	}
	if l.admin != nil {
		l.admin.Close() // as above
	}
}

// run serves until ctx ends, then lets transfers finish for drainTime. It
// returns early when a listener fails.
func (a *app) run(ctx context.Context, l listeners) error {
	defer a.sources.close()
	defer a.credentials.close()
	defer a.upstream.Close()
	defer a.passive.Close()
	g, ctx := errgroup.WithContext(ctx)
	serve := a.ftp.Serve
	if a.cfg.FTP.TLS.Mode == config.TLSImplicit {
		serve = a.ftp.ServeTLS
	}
	for _, ln := range l.ftp {
		g.Go(func() error {
			if err := serve(ln); !errors.Is(err, ftpfront.ErrServerClosed) {
				return fmt.Errorf("ftp on %s: %w", ln.Addr(), err)
			}
			return nil
		})
	}
	if a.admin != nil {
		g.Go(func() error {
			if err := a.admin.Serve(l.admin); err != nil {
				return fmt.Errorf("admin on %s: %w", l.admin.Addr(), err)
			}
			return nil
		})
	}
	if a.certs != nil {
		g.Go(func() error { return a.certs.Watch(ctx, a.log) })
	}
	g.Go(func() error {
		<-ctx.Done()
		return a.drain()
	})
	return g.Wait()
}

// drain lets running transfers end. The admin server goes last, so that metrics
// and keys are there to the end.
func (a *app) drain() error {
	a.log.Info("shutting down", "drain", drainTime)
	a.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err := a.ftp.Shutdown(ctx)
	if err != nil {
		a.log.Warn("transfers cut off", "err", err)
		err = a.ftp.Close()
	}
	if a.admin == nil {
		return err
	}
	adminCtx, cancelAdmin := context.WithTimeout(context.Background(), adminGrace)
	defer cancelAdmin()
	return errors.Join(err, a.admin.Shutdown(adminCtx))
}

// ready says whether new sessions should come here. The storage's state is left
// out on purpose: all replicas share it, and refusing everybody mends nothing.
func (a *app) ready(context.Context) error {
	if a.draining.Load() {
		return errors.New("shutting down")
	}
	return nil
}
