package files

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// space answers GET /v1/space/{path}: the bytes that are free, and all, where
// the file or directory lies.
func (s *Service) space(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	f, _, err := s.tree.openFile(p)
	if err != nil {
		return err
	}
	defer f.Close()
	var answer struct {
		Free  uint64 `json:"free"`
		Total uint64 `json:"total"`
	}
	answer.Free, answer.Total, err = space(f)
	if errors.Is(err, errors.ErrUnsupported) {
		return &problem.Details{
			Title:  http.StatusText(http.StatusNotImplemented),
			Status: http.StatusNotImplemented,
			Detail: "The space is not known on this system.",
		}
	}
	if err != nil {
		return fromDisk(err, p)
	}
	return c.JSON(http.StatusOK, answer)
}
