// Package billing is a small billing service: customers, and their invoices for
// each month, kept in memory. It stands for a service that a team has already: it
// knows nothing of files or FTP. Its contract is billing.openapi.yaml.
package billing

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Options configures a service.
type Options struct {
	// Book is what the service serves. Required.
	Book *Book
	// Token is the bearer token that every request has to show. Required.
	Token string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}

type service struct {
	book  *Book
	token [sha256.Size]byte
	now   func() time.Time
}

// New returns the service as a handler, safe for concurrent use.
func New(o Options) (http.Handler, error) {
	if o.Book == nil {
		return nil, errors.New("billing: Book is not set")
	}
	if o.Token == "" {
		return nil, errors.New("billing: Token is not set")
	}
	s := &service{book: o.Book, token: sha256.Sum256([]byte(o.Token)), now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = writeProblem
	e.Use(s.authorize)
	e.GET("/customers", s.listCustomers)
	e.GET("/customers/:customer", s.getCustomer)
	e.GET("/invoices", s.searchInvoices)
	e.GET("/years", s.listYears)
	e.GET("/customers/:customer/invoices/:id", s.getInvoice)
	e.PUT("/customers/:customer/invoices/:id", s.putInvoice)
	e.DELETE("/customers/:customer/invoices/:id", s.voidInvoice)
	e.GET("/customers/:customer/invoices/:id/document", s.getInvoiceDocument)
	return e, nil
}

// authorize lets requests with the token through (RFC 6750).
func (s *service) authorize(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		scheme, token, _ := strings.Cut(c.Request().Header.Get("Authorization"), " ")
		sum := sha256.Sum256([]byte(token))
		if !strings.EqualFold(scheme, "Bearer") || subtle.ConstantTimeCompare(sum[:], s.token[:]) != 1 {
			c.Response().Header().Set("WWW-Authenticate", `Bearer realm="billing"`)
			return problem(http.StatusUnauthorized, "Unauthorized", "The request shows no valid bearer token.")
		}
		return next(c)
	}
}
