package files

import (
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

// read answers GET and HEAD /v1/files/{path}; net/http knows all about ranges.
func (s *Service) read(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	f, fi, err := s.tree.openFile(p)
	if err != nil {
		return err
	}
	defer f.Close()
	if fi.IsDir() {
		return isDirectory(p)
	}
	h := c.Response().Header()
	h.Set("ETag", etag(fi))
	// Whatever the content claims to be, it is a file for the asker, and
	// nothing that a browser should show.
	h.Set("Content-Type", "application/octet-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	// Echo's own writer would hide the connection's ReadFrom, and with it sendfile.
	w := &content{ResponseWriter: c.Response().Writer}
	http.ServeContent(w, c.Request(), "", fi.ModTime(), f)
	c.Response().Committed, c.Response().Status = true, w.status
	return nil
}

// content is a writer for http.ServeContent whose refusals (412, 416) are
// problem documents too.
type content struct {
	http.ResponseWriter
	status int
}

// WriteHeader passes a success on and writes a refusal whole.
func (w *content) WriteHeader(status int) {
	w.status = status
	switch status {
	case http.StatusPreconditionFailed:
		problem.Write(w.ResponseWriter, fault(status, "changed", "Precondition failed",
			"The file is not the version that was asked for."))
	case http.StatusRequestedRangeNotSatisfiable:
		problem.Write(w.ResponseWriter, fault(status, "bad-range", "Range not satisfiable",
			"The range lies outside the file."))
	default:
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *content) refused() bool { return w.status >= http.StatusBadRequest }

// Write drops the text that belongs to a refusal already written.
func (w *content) Write(p []byte) (int, error) {
	if w.refused() {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// ReadFrom lets the content go from the file to the connection inside the kernel.
func (w *content) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(w.ResponseWriter, r)
}
