package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/internal/demo"
	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/files"
	"github.com/ftpbridge/bridge/internal/demo/login"
)

// world is a bridge between a client and two services that can go down.
type world struct {
	t       *testing.T
	dir     string
	storage *service
	login   *service
	ftp     string // address
	admin   string // address
}

// service is an HTTP server that keeps its address while it is down.
type service struct {
	t       *testing.T
	addr    string
	handler http.Handler
	stop    func()
}

func newService(t *testing.T, h http.Handler) *service {
	s := &service{t: t, addr: "127.0.0.1:0", handler: h}
	s.up()
	t.Cleanup(s.down)
	return s
}

func (s *service) up() {
	s.t.Helper()
	ln, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	srv := &http.Server{Handler: s.handler}
	var served sync.WaitGroup
	served.Go(func() { srv.Serve(ln) }) // ends by Close below
	s.stop = sync.OnceFunc(func() {
		srv.Close() // connections and all, as a killed process does
		served.Wait()
	})
}

func (s *service) down() { s.stop() }

// newWorld starts everything. Settings are configuration keys with their values.
func newWorld(t *testing.T, settings map[string]string) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	secret := "whsec_" + base64.StdEncoding.EncodeToString([]byte("a secret for this test only"))

	loginHandler, err := login.New(login.Options{Secret: secret, User: "ann", Password: "right"})
	if err != nil {
		t.Fatal(err)
	}
	w.login = newService(t, loginHandler)
	var tokens lateHandler
	w.storage = newService(t, &tokens)

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	adminL, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.ftp, w.admin = l.Addr().String(), adminL.Addr().String()
	overrides := map[string]string{
		"ftp.listen":                 w.ftp,
		"ftp.tls.mode":               "off",
		"auth.0.webhook.url":         "http://" + w.login.addr + "/login",
		"auth.0.webhook.secret":      secret,
		"backend.preset":             "files",
		"backend.server.url":         "http://" + w.storage.addr,
		"backend.credentials.bearer": "session-jwt",
		"admin.listen":               w.admin,
		"guard.failed_logins":        "0",
	}
	for k, v := range settings {
		overrides[k] = v
	}
	cfg, err := config.Load("", nil, overrides)
	if err != nil {
		t.Fatal(err)
	}
	a, err := newApp(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tokens.serve(t, w.dir, cfg)
	w.start(a, listeners{ftp: []net.Listener{l}, admin: adminL})
	return w
}

func (w *world) start(a *app, l listeners) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.run(ctx, l) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Errorf("bridge ended with %v", err)
		}
	})
}

// lateHandler is the storage service, which can be made only when the bridge's
// address is known.
type lateHandler struct{ service *files.Service }

func (h *lateHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.service.ServeHTTP(w, r) }

func (h *lateHandler) serve(t *testing.T, dir string, cfg *config.Config) {
	t.Helper()
	keys, err := bearer.NewJWKS(cfg.Token.Issuer+"/.well-known/jwks.json", &http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := bearer.New(bearer.Options{Keys: keys, Issuer: cfg.Token.Issuer, Audience: cfg.Token.Audience})
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.WriteSamples(dir); err != nil {
		t.Fatal(err)
	}
	h.service, err = files.New(files.Options{Dir: dir, Tokens: verifier})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.service.Close() })
}

// connect opens a session that is not logged in.
func (w *world) connect() *ftp.ServerConn {
	w.t.Helper()
	c, err := ftp.Dial(w.ftp, ftp.DialWithTimeout(30*time.Second))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { c.Quit() }) // it may have ended already
	return c
}

// session opens a session and logs in.
func (w *world) session() *ftp.ServerConn {
	w.t.Helper()
	c := w.connect()
	if err := c.Login("ann", "right"); err != nil {
		w.t.Fatal(err)
	}
	return c
}

// code is the reply code of an error of the client; 0 for none.
func code(err error) int {
	var reply *textproto.Error
	if errors.As(err, &reply) {
		return reply.Code
	}
	return 0
}

// metric returns the value of one line of /metrics.
func (w *world) metric(name string) string {
	w.t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get("http://" + w.admin + "/metrics")
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return value
		}
	}
	w.t.Fatalf("no metric %s", name)
	return ""
}
