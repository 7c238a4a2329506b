package billing

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
)

// Problem is an error and its answer: a problem document (RFC 9457). The people at
// the other end may read all of it.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// Error implements error.
func (p *Problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Title, p.Detail) }

func problem(status int, title, format string, args ...any) *Problem {
	return &Problem{Title: title, Status: status, Detail: fmt.Sprintf(format, args...)}
}

func conflict(title, format string, args ...any) *Problem {
	return problem(http.StatusConflict, title, format, args...)
}

func invalid(format string, args ...any) *Problem {
	return problem(http.StatusUnprocessableEntity, "Not a valid invoice", format, args...)
}

// writeProblem is echo's error handler.
func writeProblem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := &Problem{Title: http.StatusText(http.StatusInternalServerError), Status: http.StatusInternalServerError}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok { // of echo's router
		p = &Problem{Title: http.StatusText(h.Code), Status: h.Code}
	}
	if own, ok := errors.AsType[*Problem](err); ok {
		p = own
	}
	doc, err := json.Marshal(p)
	if err != nil { // texts and a number
		panic(err)
	}
	// A client that has gone does not read its refusal; there is no one else to tell.
	_ = c.Blob(p.Status, "application/problem+json", doc)
}
