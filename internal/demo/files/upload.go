package files

import (
	"errors"
	"io"
	"net/http"
	"path"

	"github.com/labstack/echo/v4"
)

// copyBuffer is the size of the buffers that carry content, in bytes. At the 32
// KiB of io.Copy the system calls cost more than the copying.
const copyBuffer = 256 << 10

// receive appends the body of r to u. It fails unless the body came to its
// proper end: the last chunk, or the announced length.
func (s *Service) receive(u *staged, r *http.Request) error {
	d := digestOf(r)
	body := &watched{r: d.reader(r.Body)}
	buf := s.tree.buffers.Get().(*[]byte)
	defer s.tree.buffers.Put(buf)
	// Hiding the file's ReadFrom makes io.CopyBuffer use the buffer.
	_, err := io.CopyBuffer(struct{ io.Writer }{u.file}, body, *buf)
	if body.err != nil {
		p := fault(http.StatusBadRequest, "cut-short", "Content cut short", "The content broke off before its end.")
		p.Cause = body.err
		return p
	}
	if err != nil {
		return fromStaging(err)
	}
	return d.check()
}

// watched remembers why reading failed, to tell a body that broke off from a
// disk that is full.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// discard ends an upload. What it cannot remove stays invisible until the next
// start, so it is no error of the request.
func (s *Service) discard(u *staged) {
	if err := u.discard(); err != nil {
		s.log.Warn("staging file not removed", "err", err)
	}
}

// write answers PUT /v1/files/{path}. What can be refused is refused before the
// body is read: a client that sent "Expect: 100-continue" need not send it.
func (s *Service) write(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	r := c.Request()
	if err := s.checkWrite(p, r.Header); err != nil {
		return err
	}
	u, err := s.tree.stage()
	if err != nil {
		return err
	}
	defer s.discard(u)
	if err := s.receive(u, r); err != nil {
		return err
	}
	conditions := conditionsOf(r.Header)
	created, fi, err := u.commit(p, conditions.check)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", etag(fi))
	if created {
		return c.NoContent(http.StatusCreated)
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) checkWrite(p string, h http.Header) error {
	// RFC 9110, section 14.5: a PUT of a part must not pass for one of the whole.
	if h.Get("Content-Range") != "" || h.Get("Content-Encoding") != "" {
		return badRequest("A PUT carries the whole content, without a content coding.")
	}
	if err := s.checkParent(p); err != nil {
		return err
	}
	old, err := s.tree.lookup(p)
	if err != nil {
		return err
	}
	if old != nil && old.IsDir() {
		return isDirectory(p)
	}
	return conditionsOf(h).check(old)
}

// checkParent fails unless something can be made at p.
func (s *Service) checkParent(p string) error {
	parent := path.Dir(p)
	fi, err := s.tree.stat(parent)
	if err != nil {
		return err
	}
	if !fi.IsDir() {
		return notDirectory(parent)
	}
	return nil
}
