// Package login is a login webhook that knows one user by password: the
// smallest service that answers the bridge's question who is logging in.
package login

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// maxBody bounds a request, in bytes.
const maxBody = 64 << 10

// Options configures the webhook.
type Options struct {
	// Secret is shared with the bridge, in the form of Standard Webhooks:
	// "whsec_" and base64. Required.
	Secret string
	// User and Password are the one login that is let in. Required.
	User, Password string
	// Logger gets one line for each decision; nil discards them.
	Logger *slog.Logger
}

// webhook answers POST /login.
type webhook struct {
	secret         []byte
	user, password string
	now            func() time.Time
	log            *slog.Logger
}

// New returns a handler for POST /login, safe for concurrent use.
func New(o Options) (http.Handler, error) {
	return build(o, time.Now)
}

func build(o Options, now func() time.Time) (http.Handler, error) {
	secret, err := parseSecret(o.Secret)
	if err != nil {
		return nil, err
	}
	if o.User == "" || o.Password == "" {
		return nil, errors.New("login: User and Password must be set")
	}
	h := &webhook{secret: secret, user: o.User, password: o.Password, now: now, log: o.Logger}
	if h.log == nil {
		h.log = slog.New(slog.DiscardHandler)
	}
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	e.HTTPErrorHandler = problem.Handler
	e.POST("/login", h.login)
	return e, nil
}

// question is the part of the bridge's request that this webhook reads.
type question struct {
	Type string `json:"type"`
	Data struct {
		Session  string `json:"session"`
		Method   string `json:"method"`
		User     string `json:"user"`
		Password string `json:"password"`
	} `json:"data"`
}

// answer is the bridge's form of a decision.
type answer struct {
	Decision string `json:"decision"`
	User     *user  `json:"user,omitempty"`
	Home     string `json:"home,omitempty"`
	Root     string `json:"root,omitempty"`
	Greeting string `json:"greeting,omitempty"`
}

type user struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (h *webhook) login(c echo.Context) error {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, maxBody))
	if err != nil {
		return broken("The body could not be read.", err)
	}
	if err := verify(h.secret, c.Request().Header, body, h.now()); err != nil {
		// Not 401: that is how the bridge hears "this user is refused", and a
		// wrong secret is the operator's affair and not the user's.
		return broken("The signature is not accepted.", err)
	}
	var q question
	if err := json.Unmarshal(body, &q); err != nil {
		return broken("The body is not the JSON of a login.", err)
	}
	if q.Type != "ftp.login" || q.Data.User == "" {
		return broken("The body is not a login.", nil)
	}
	a := h.decide(q)
	h.log.Info("login", "session", q.Data.Session, "account", q.Data.User, "decision", a.Decision)
	return c.JSON(http.StatusOK, a)
}

func (h *webhook) decide(q question) answer {
	// Both are compared in every case, so that the time taken does not tell
	// which of them was wrong.
	match := equal(q.Data.User, h.user) & equal(q.Data.Password, h.password)
	withPassword := q.Data.Method == "password" || q.Data.Method == "password+certificate"
	if !withPassword || match != 1 {
		return answer{Decision: "deny"}
	}
	return answer{
		Decision: "allow",
		User:     &user{ID: h.user, Name: h.user},
		Home:     "/",
		Root:     "/",
		Greeting: "Welcome, " + h.user,
	}
}

// equal returns 1 if a and b are equal, in a time that depends on neither
// their content nor where they first differ.
func equal(a, b string) int {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:])
}

func broken(detail string, cause error) error {
	status := http.StatusBadRequest
	if _, ok := errors.AsType[*http.MaxBytesError](cause); ok {
		status = http.StatusRequestEntityTooLarge
	}
	return &problem.Details{Title: http.StatusText(status), Status: status, Detail: detail, Cause: cause}
}
