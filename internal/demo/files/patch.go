package files

import (
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

const (
	offsetType = "application/offset+octet-stream"
	mergeType  = "application/merge-patch+json"
	// offsetField is where the content of a PATCH begins, in bytes; in answers,
	// how long the file is.
	offsetField = "Upload-Offset"
)

// patch answers PATCH /v1/files/{path}, which by its content type is one of two things.
func (s *Service) patch(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	kind, _, _ := mime.ParseMediaType(c.Request().Header.Get("Content-Type")) // an error leaves kind empty
	switch kind {
	case offsetType:
		return s.writeAt(c, p)
	case mergeType:
		return s.setTimes(c, p)
	}
	return &problem.Details{
		Title:  http.StatusText(http.StatusUnsupportedMediaType),
		Status: http.StatusUnsupportedMediaType,
		Detail: "A PATCH is " + offsetType + " or " + mergeType + ".",
		Header: http.Header{"Accept-Patch": {offsetType + ", " + mergeType}},
	}
}

// writeAt stores the body from an offset on; what followed there is replaced.
// The new version is put together beside the old one, so that a body that breaks
// off changes nothing. Where the file system can share blocks between files, the
// part that stays is not copied.
func (s *Service) writeAt(c echo.Context, p string) error {
	r := c.Request()
	offset, err := strconv.ParseInt(r.Header.Get(offsetField), 10, 64)
	if err != nil || offset < 0 {
		return badRequest(offsetField + " is missing or not a number of bytes.")
	}
	old, oldInfo, err := s.tree.openFile(p)
	if err != nil {
		return err
	}
	defer old.Close()
	conditions := conditionsOf(r.Header)
	if err := s.checkWriteAt(p, oldInfo, offset, conditions); err != nil {
		return err
	}
	u, err := s.tree.stage()
	if err != nil {
		return err
	}
	defer s.discard(u)
	if _, err := io.CopyN(u.file, old, offset); err != nil {
		return fromStaging(err)
	}
	if err := s.receive(u, r); err != nil {
		return err
	}
	_, fi, err := u.commit(p, func(now fs.FileInfo) error {
		// Without this, the later of two writers at one offset would drop what
		// the earlier one was told is stored.
		if now == nil || etag(now) != etag(oldInfo) {
			return badOffset(oldInfo.Size(), "The file has changed meanwhile.")
		}
		return nil
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(fi))
	c.Response().Header().Set(offsetField, strconv.FormatInt(fi.Size(), 10))
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) checkWriteAt(p string, old fs.FileInfo, offset int64, cond conditions) error {
	if old.IsDir() {
		return isDirectory(p)
	}
	if err := cond.check(old); err != nil {
		return err
	}
	if offset > old.Size() {
		return badOffset(old.Size(), fmt.Sprintf("The offset %d lies past the end of the file.", offset))
	}
	return nil
}

// badOffset is the answer to an offset that does not fit a file of this size.
func badOffset(size int64, detail string) error {
	p := fault(http.StatusConflict, "bad-offset", "Offset does not fit", detail)
	p.Header = http.Header{offsetField: {strconv.FormatInt(size, 10)}}
	return p
}

// setTimes sets the modification time: {"modified": "2026-03-01T12:00:00Z"}.
func (s *Service) setTimes(c echo.Context, p string) error {
	var change struct {
		Modified *time.Time `json:"modified"`
	}
	if err := readJSON(c, &change); err != nil {
		return err
	}
	if change.Modified == nil {
		return badRequest(`"modified" is missing.`)
	}
	err := s.tree.hold(func() error {
		fi, err := s.tree.stat(p)
		if err != nil {
			return err
		}
		if fi.IsDir() {
			return isDirectory(p)
		}
		if err := conditionsOf(c.Request().Header).check(fi); err != nil {
			return err
		}
		var keep time.Time // the time of the last access stays
		return fromDisk(s.tree.root.Chtimes(p, keep, *change.Modified), p)
	})
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
