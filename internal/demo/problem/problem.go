// Package problem is the one form of error answers in the demo services: the
// problem documents of RFC 9457.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

// ContentType is the media type of a problem document (RFC 9457, section 3).
const ContentType = "application/problem+json"

// Details is a problem document, and an error that handlers return. Every
// member may be shown to the user at the other end of the FTP connection, so it
// says nothing of the machine that the service runs on; only Cause does.
type Details struct {
	// Type tells problems of one status apart, for programs: a reference
	// relative to the service, as in "/problems/not-empty". Empty means that
	// the status says all.
	Type string `json:"type,omitempty"`
	// Title is the same for every problem of the Type.
	Title string `json:"title"`
	// Status is the HTTP status of the answer.
	Status int `json:"status"`
	// Detail is about this very problem, for people.
	Detail string `json:"detail,omitempty"`
	// Header is added to the answer; it may be nil.
	Header http.Header `json:"-"`
	// Cause is for the log and is never sent; it may be nil.
	Cause error `json:"-"`
}

// Error returns the whole problem, with its cause, for the log.
func (d *Details) Error() string {
	s := strconv.Itoa(d.Status) + " " + d.Title
	if d.Detail != "" {
		s += ": " + d.Detail
	}
	if d.Cause != nil {
		s += ": " + d.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (d *Details) Unwrap() error { return d.Cause }

// Internal is the problem of a fault that is the service's own. The cause goes
// to the log only.
func Internal(cause error) *Details {
	return &Details{
		Title:  http.StatusText(http.StatusInternalServerError),
		Status: http.StatusInternalServerError,
		Detail: "The service could not complete the request.",
		Cause:  cause,
	}
}

// Of returns the problem that err is or wraps. Errors of echo's router keep
// their status; any other error becomes an internal one.
func Of(err error) *Details {
	if d, ok := errors.AsType[*Details](err); ok {
		return d
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		return &Details{Title: http.StatusText(h.Code), Status: h.Code, Cause: h.Internal}
	}
	return Internal(err)
}

// Write answers the request with d.
func Write(w http.ResponseWriter, d *Details) {
	doc, err := json.Marshal(d)
	if err != nil { // a struct of strings and a number always marshals
		panic(err)
	}
	h := w.Header()
	for k, v := range d.Header {
		h[k] = v
	}
	h.Set("Content-Type", ContentType)
	h.Set("Content-Length", strconv.Itoa(len(doc)))
	w.WriteHeader(d.Status)
	// A peer that has gone away does not read its refusal; there is no one else to tell.
	_, _ = w.Write(doc)
}

// Handler is the error handler of the demo services' echo instances.
func Handler(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	Write(c.Response(), Of(err))
}
