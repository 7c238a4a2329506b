package files

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// Options configures a Service.
type Options struct {
	// Dir is the directory that is served; it must exist. One Service at a
	// time may have it, for New removes what an earlier one left half done.
	Dir string
	// Tokens checks the bearer token of every request. Required.
	Tokens *bearer.Verifier
	// Logger gets one line for each request; nil discards them.
	Logger *slog.Logger
}

// Service is the storage service, an http.Handler. It is safe for concurrent use.
type Service struct {
	tree   *tree
	tokens *bearer.Verifier
	log    *slog.Logger
	router *echo.Echo
}

// New opens the directory and makes a Service. The caller closes it.
func New(o Options) (*Service, error) {
	if o.Dir == "" {
		return nil, errors.New("files: Dir is not set")
	}
	if o.Tokens == nil {
		return nil, errors.New("files: Tokens is not set")
	}
	t, err := openTree(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	s := &Service{tree: t, tokens: o.Tokens, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.router = s.routes()
	return s, nil
}

func (s *Service) routes() *echo.Echo {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = problem.Handler
	e.Use(s.access)
	e.GET("/v1/stat/*", s.stat)
	e.GET("/v1/list/*", s.list)
	e.GET("/v1/files/*", s.read)
	e.HEAD("/v1/files/*", s.read)
	e.PUT("/v1/files/*", s.write)
	e.PATCH("/v1/files/*", s.patch)
	e.DELETE("/v1/files/*", s.remove)
	e.PUT("/v1/directories/*", s.makeDir)
	e.DELETE("/v1/directories/*", s.removeDir)
	e.POST("/v1/rename", s.rename)
	e.GET("/v1/space/*", s.space)
	return e
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.router.ServeHTTP(w, r)
}

// Close gives the directory back. Requests under way fail.
func (s *Service) Close() error { return s.tree.root.Close() }

// access lets requests with a good token through, answers errors, and logs
// each request with the user that it was made for.
func (s *Service) access(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		r := c.Request()
		caller, err := s.tokens.Verify(r)
		if err == nil {
			err = next(c)
		}
		if err != nil {
			c.Error(err)
		}
		level, status := slog.LevelInfo, c.Response().Status
		if status >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		attrs := []slog.Attr{
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", status),
			slog.String("account", caller.Subject), slog.String("session", caller.Session),
			slog.Duration("took", time.Since(start)),
		}
		if err != nil {
			attrs = append(attrs, slog.Any("err", err))
		}
		s.log.LogAttrs(r.Context(), level, "request", attrs...)
		return nil
	}
}
