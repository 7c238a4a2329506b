// Package admin is the HTTP server for operators and for the services behind the
// bridge: health, metrics, and the public keys of the bridge's tokens. It asks
// for no login and shows nothing that needs one.
package admin

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// Limits of the server. All answers are short and no request has a body.
const (
	readTimeout  = 10 * time.Second
	writeTimeout = 30 * time.Second
	idleTimeout  = time.Minute
	maxHeader    = 16 << 10
	maxBody      = 1 << 10

	// readyTimeout bounds one call of Options.Ready: probes give up by then.
	readyTimeout = 5 * time.Second
)

// Options say what the server answers. A nil handler leaves its path out.
type Options struct {
	// Ready is asked by /readyz; nil means always ready. The text of its
	// error is shown. It may be called by several goroutines at once.
	Ready func(context.Context) error
	// Metrics answers /metrics.
	Metrics http.Handler
	// JWKS answers /.well-known/jwks.json (RFC 7517).
	JWKS http.Handler
	// OpenIDConfiguration answers /.well-known/openid-configuration.
	OpenIDConfiguration http.Handler
	// Logger gets what goes wrong with connections; nil discards it.
	Logger *slog.Logger
}

// Server is the admin server. Its methods may be called by several goroutines
// at once.
type Server struct {
	http http.Server
}

// New returns a server that does not listen yet.
func New(o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Server{http: http.Server{
		Handler:           http.MaxBytesHandler(routes(o), maxBody),
		ReadHeaderTimeout: readTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn),
	}}
}

// Serve answers on l until Shutdown, then returns nil. It closes l. After
// Shutdown it returns nil at once.
func (s *Server) Serve(l net.Listener) error {
	err := s.http.Serve(l)
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Shutdown stops listening and waits for answers in progress. When ctx ends
// before that, it breaks them off and returns the error of ctx.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.http.Shutdown(ctx)
	if err != nil {
		// What is left is broken off on purpose, so its errors say nothing.
		_ = s.http.Close()
	}
	return err
}

// routes maps the paths to their handlers.
func routes(o Options) http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = problem
	// Without it echo believes X-Forwarded-For of anyone.
	e.IPExtractor = echo.ExtractIPDirect()

	methods := []string{http.MethodGet, http.MethodHead}
	e.Match(methods, "/healthz", healthz)
	e.Match(methods, "/readyz", readyz(o.Ready))
	for path, h := range map[string]http.Handler{
		"/metrics":                          o.Metrics,
		"/.well-known/jwks.json":            o.JWKS,
		"/.well-known/openid-configuration": o.OpenIDConfiguration,
	} {
		if h != nil {
			e.Match(methods, path, echo.WrapHandler(h))
		}
	}
	return e
}
