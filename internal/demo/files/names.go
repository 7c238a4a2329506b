package files

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

// remove answers DELETE /v1/files/{path}.
func (s *Service) remove(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	err = s.tree.change(func() error {
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
		return fromDisk(s.tree.root.Remove(p), p)
	}, p)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// removeDir answers DELETE /v1/directories/{path}.
func (s *Service) removeDir(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	if p == rootPath {
		return forbiddenRoot()
	}
	err = s.tree.change(func() error {
		fi, err := s.tree.stat(p)
		if err != nil {
			return err
		}
		if !fi.IsDir() {
			return notDirectory(p)
		}
		return fromDisk(s.tree.root.Remove(p), p)
	}, p)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// makeDir answers PUT /v1/directories/{path}.
func (s *Service) makeDir(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	if p == rootPath {
		return exists(p)
	}
	err = s.tree.change(func() error {
		if err := s.checkParent(p); err != nil {
			return err
		}
		return fromDisk(s.tree.root.Mkdir(p, 0o777), p)
	}, p)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusCreated)
}

// rename answers POST /v1/rename. A file takes the place of another one; nothing
// takes the place of a directory.
func (s *Service) rename(c echo.Context) error {
	var move struct{ From, To string }
	if err := readJSON(c, &move); err != nil {
		return err
	}
	from, err := parsePath(move.From)
	if err != nil {
		return err
	}
	to, err := parsePath(move.To)
	if err != nil {
		return err
	}
	if from == rootPath || to == rootPath {
		return forbiddenRoot()
	}
	err = s.tree.change(func() error {
		if err := s.checkRename(from, to); err != nil {
			return err
		}
		return fromDisk(s.tree.root.Rename(from, to), to)
	}, from, to)
	if err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Service) checkRename(from, to string) error {
	src, err := s.tree.stat(from)
	if err != nil {
		return err
	}
	if err := s.checkParent(to); err != nil {
		return err
	}
	dst, err := s.tree.lookup(to)
	if err != nil {
		return err
	}
	switch {
	case from == to:
		return nil
	case src.IsDir() && within(to, from):
		return fault(http.StatusConflict, "conflict", "Conflict", "A directory cannot move into itself.")
	case dst != nil && (src.IsDir() || dst.IsDir()):
		return exists(to)
	}
	return nil
}
