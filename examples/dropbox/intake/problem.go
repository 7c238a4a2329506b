package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
)

// Problem is an error and its answer: a problem document (RFC 9457). The people at
// the other end may read all of it but Cause.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	Cause  error  `json:"-"` // for the log; may be nil
}

// Error implements error.
func (p *Problem) Error() string {
	s := fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail)
	if p.Cause != nil {
		s += ": " + p.Cause.Error()
	}
	return s
}

func problem(status int, title, format string, args ...any) *Problem {
	return &Problem{Title: title, Status: status, Detail: fmt.Sprintf(format, args...)}
}

func unfit(title, format string, args ...any) *Problem {
	return problem(http.StatusUnprocessableEntity, title, format, args...)
}

// problems returns echo's error handler. Faults of the service's own are logged.
func problems(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		p := &Problem{Title: http.StatusText(http.StatusInternalServerError), Status: http.StatusInternalServerError, Cause: err}
		if h, ok := errors.AsType[*echo.HTTPError](err); ok { // of echo's router
			p = &Problem{Title: http.StatusText(h.Code), Status: h.Code}
		}
		if own, ok := errors.AsType[*Problem](err); ok {
			p = own
		}
		if p.Status >= http.StatusInternalServerError {
			log.Error("request failed", "err", p)
		}
		doc, err := json.Marshal(p)
		if err != nil { // texts and a number
			panic(err)
		}
		// A client that has gone does not read its refusal; there is no one else to tell.
		_ = c.Blob(p.Status, "application/problem+json", doc)
	}
}
