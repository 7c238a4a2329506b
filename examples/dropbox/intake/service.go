// Package intake is a small service that takes documents by webhook: in one request
// each, or for large ones by a presigned URL. It looks at what it takes, and lays it
// down in a folder. It stands for a service that a team has already, and knows
// nothing of FTP.
package intake

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Options configures a Service.
type Options struct {
	// Dir is the folder for documents; it must exist. One Service at a time has it.
	Dir string
	// Token is the bearer token that requests have to show. Required.
	Token string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Logger gets the faults of the service's own; nil discards them.
	Logger *slog.Logger
}

// Service is an http.Handler, safe for concurrent use.
type Service struct {
	shelf   *shelf
	desk    *desk
	uploads *uploads
	token   [sha256.Size]byte
	now     func() time.Time
	log     *slog.Logger
	router  *echo.Echo
}

// New opens the folder and makes a Service. The caller closes it.
func New(o Options) (*Service, error) {
	if o.Token == "" {
		return nil, errors.New("intake: Token is not set")
	}
	shelf, err := openShelf(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("intake: %w", err)
	}
	s := &Service{shelf: shelf, desk: newDesk(), token: sha256.Sum256([]byte(o.Token)), now: o.Now, log: o.Logger}
	s.uploads = &uploads{open: map[string]*upload{}, key: []byte(rand.Text())}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.router = s.routes()
	return s, nil
}

func (s *Service) routes() *echo.Echo {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = problems(s.log)
	e.POST("/drops", s.drop, s.authorize)
	e.GET("/drops/:ticket", s.ticket, s.authorize)
	e.POST("/uploads", s.beginUpload, s.authorize)
	e.POST("/uploads/:id/complete", s.completeUpload, s.authorize)
	e.DELETE("/uploads/:id", s.abortUpload, s.authorize)
	e.PUT("/blobs/:id", s.putBlob) // its URL is signed
	return e
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Close gives the folder back. Requests under way fail.
func (s *Service) Close() error { return s.shelf.root.Close() }

// authorize lets requests with the token through (RFC 6750).
func (s *Service) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		scheme, token, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(token))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(sum[:], s.token[:]) != 1 {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="intake"`)
			return problem(http.StatusUnauthorized, "Unauthorized", "The request shows no valid bearer token.")
		}
		return next(c)
	}
}

// discard ends a part. What cannot be removed is hidden, and gone at the next start.
func (s *Service) discard(p *part) {
	if err := p.drop(); err != nil {
		s.log.Warn("document not removed", "err", err)
	}
}

// ticket answers GET /drops/{ticket}: what has come of a document.
func (s *Service) ticket(c echo.Context) error {
	r, err := s.desk.find(c.Param("ticket"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, r)
}
