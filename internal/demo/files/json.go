package files

import (
	"encoding/json"
	"net/http"

	"github.com/labstack/echo/v4"
)

// maxJSON bounds a JSON body, in bytes: two paths of the greatest length fit,
// even with every character escaped.
const maxJSON = 64 << 10

// readJSON reads a JSON body into v. A member that v does not have is refused,
// for the client would believe it obeyed.
func readJSON(c echo.Context, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, maxJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		p := badRequest("The body is not the JSON that is expected here.")
		p.Cause = err
		return p
	}
	return nil
}
