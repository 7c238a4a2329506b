package main

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/demo"
	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/files"
	"github.com/ftpbridge/bridge/internal/demo/login"
	"github.com/ftpbridge/bridge/internal/logging"
)

// The one user of the demonstration.
const (
	demoUser     = "demo"
	demoPassword = "demo"
)

// demoOptions are the flags of bridge demo.
type demoOptions struct {
	listen, http, dir   string
	tls                 string // a config.TLSMode
	logLevel, logFormat string
}

func demoCommand() *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run everything on this machine, to try it out",
		Long: `demo starts a storage service and a login webhook, both as HTTP servers on this
machine, and the bridge in front of them. The user is "demo", the password
"demo". The files are ordinary files in a folder.`,
		Example: `  bridge demo
  bridge demo --dir ./files --listen 127.0.0.1:2121 --http 127.0.0.1:8080
  bridge demo --tls implicit --listen '[::1]:9990'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runDemo(cmd.Context(), o, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:2121", "address for FTP")
	f.StringVar(&o.http, "http", "127.0.0.1:8080", "address of the admin listener")
	f.StringVar(&o.tls, "tls", string(config.TLSExplicit), "off, explicit, required or implicit")
	f.StringVar(&o.dir, "dir", "", "folder to serve (default a temporary one with samples)")
	f.StringVar(&o.logLevel, "log-level", "warn", "debug, info, warn or error")
	f.StringVar(&o.logFormat, "log-format", "console", "json or console")
	return cmd
}

// runDemo runs the demonstration until ctx ends.
func runDemo(ctx context.Context, o demoOptions, out, errOut io.Writer) (err error) {
	log, err := logging.New(o.logLevel, o.logFormat, errOut)
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "bridge-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	if o.dir == "" {
		o.dir = filepath.Join(scratch, "files")
		if err := demo.WriteSamples(o.dir); err != nil {
			return err
		}
	}
	d, err := newDemo(o, scratch, log)
	if err != nil {
		return err
	}
	d.printHints(out, o)
	return d.run(ctx)
}

// demoRun is a running demonstration: two services, and a bridge.
type demoRun struct {
	app             *app
	sockets         listeners
	storage         *files.Service
	login           http.Handler
	storageL, hookL net.Listener
	log             *slog.Logger
}

// newDemo opens the sockets and puts the parts together.
func newDemo(o demoOptions, scratch string, log *slog.Logger) (*demoRun, error) {
	d := &demoRun{log: log}
	var opened []net.Listener
	open := func(addr string) (net.Listener, error) {
		ln, err := net.Listen("tcp", addr)
		if err == nil {
			opened = append(opened, ln)
		}
		return ln, err
	}
	err := d.build(o, scratch, open)
	if err != nil {
		for _, ln := range opened {
			ln.Close() // nothing was served
		}
		return nil, err
	}
	return d, nil
}

func (d *demoRun) build(o demoOptions, scratch string, open func(string) (net.Listener, error)) error {
	ftp, err := open(o.listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	if d.sockets.admin, err = open(o.http); err != nil {
		return fmt.Errorf("%w; choose another address with --http", err)
	}
	d.sockets.ftp = []net.Listener{ftp}
	if d.storageL, err = open("127.0.0.1:0"); err != nil {
		return err
	}
	if d.hookL, err = open("127.0.0.1:0"); err != nil {
		return err
	}
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte(rand.Text()))
	cfg, err := d.config(config.TLSMode(o.tls), scratch, secret)
	if err != nil {
		return err
	}
	if d.app, err = newApp(cfg, d.log); err != nil {
		return err
	}
	keys, err := bearer.NewJWKS(cfg.Token.Issuer+"/.well-known/jwks.json", http.DefaultClient)
	if err != nil {
		return err
	}
	tokens, err := bearer.New(bearer.Options{Keys: keys, Issuer: cfg.Token.Issuer, Audience: cfg.Token.Audience})
	if err != nil {
		return err
	}
	d.login, err = login.New(login.Options{
		Secret: secret, User: demoUser, Password: demoPassword, Logger: d.log.With("service", "login"),
	})
	if err != nil {
		return err
	}
	d.storage, err = files.New(files.Options{Dir: o.dir, Tokens: tokens, Logger: d.log.With("service", "storage")})
	return err
}

// config is the demonstration's configuration, read and checked like any other.
func (d *demoRun) config(mode config.TLSMode, scratch, secret string) (*config.Config, error) {
	settings := map[string]string{
		"ftp.listen":                 d.sockets.ftp[0].Addr().String(),
		"ftp.tls.mode":               string(mode),
		"auth.0.webhook.url":         "http://" + d.hookL.Addr().String() + "/login",
		"auth.0.webhook.secret":      secret,
		"backend.preset":             "files",
		"backend.server.url":         "http://" + d.storageL.Addr().String(),
		"backend.credentials.bearer": "session-jwt",
		"backend.show_problem_text":  "true",
		"admin.listen":               d.sockets.admin.Addr().String(),
	}
	if mode != config.TLSOff {
		cert, key, err := writeCertificate(scratch)
		if err != nil {
			return nil, err
		}
		settings["ftp.tls.cert"], settings["ftp.tls.key"] = cert, key
	}
	return config.Load("", nil, settings)
}

// writeCertificate makes a certificate for this run and writes it below dir.
func writeCertificate(dir string) (certFile, keyFile string, err error) {
	cert, err := demo.SelfSignedCertificate("localhost", "127.0.0.1", "::1")
	if err != nil {
		return "", "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		return "", "", err
	}
	certFile, keyFile = filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	blocks := map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]},
		keyFile:  {Type: "PRIVATE KEY", Bytes: key},
	}
	for name, block := range blocks {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			return "", "", err
		}
	}
	return certFile, keyFile, nil
}

// run serves until ctx ends. The bridge ends first, so that running transfers
// still find their services.
func (d *demoRun) run(ctx context.Context) error {
	services, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var g errgroup.Group
	g.Go(func() error { return demo.Serve(services, d.storageL, d.storage, d.log) })
	g.Go(func() error { return demo.Serve(services, d.hookL, d.login, d.log) })
	err := d.app.run(ctx, d.sockets)
	stop()
	return errors.Join(err, g.Wait(), d.storage.Close())
}
