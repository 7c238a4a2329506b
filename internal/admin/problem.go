package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
)

// problemType is the media type of a problem document (RFC 9457, section 3).
const problemType = "application/problem+json"

// problem answers an error with a problem document, whose title is the text of
// the status. It is the only place where the server answers errors.
func problem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, detail := http.StatusInternalServerError, ""
	var known *echo.HTTPError
	if errors.As(err, &known) {
		status = known.Code
		detail, _ = known.Message.(string)
	}
	title := http.StatusText(status)
	if detail == title {
		detail = ""
	}
	document := struct {
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail,omitempty"`
	}{title, status, detail}
	// Marshal cannot fail on strings and numbers.
	body, _ := json.Marshal(document)
	// A client that is gone is the only error left; nobody can be told.
	_ = c.Blob(status, problemType, body)
}
