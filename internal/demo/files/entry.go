package files

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/labstack/echo/v4"
)

// entry is the contract's description of a file or directory.
type entry struct {
	Name string `json:"name"`
	Type string `json:"type"`
	// Size is in bytes; 0 for directories.
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	// ETag is the value of the header of that name, with its quotes.
	ETag string `json:"etag,omitempty"`
}

func entryOf(name string, fi fs.FileInfo) entry {
	e := entry{Name: name, Type: "dir", Modified: fi.ModTime().UTC()}
	if !fi.IsDir() {
		e.Type, e.Size, e.ETag = "file", fi.Size(), etag(fi)
	}
	return e
}

// etag names a version of a file. A PUT always makes a new inode while the old
// one is still there, so it changes the tag even when a client sets the old
// size and time again.
func etag(fi fs.FileInfo) string {
	return fmt.Sprintf(`"%x-%x-%x"`, fi.Size(), fi.ModTime().UnixNano(), inode(fi))
}

// stat answers GET /v1/stat/{path}.
func (s *Service) stat(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	fi, err := s.tree.stat(p)
	if err != nil {
		return err
	}
	name := path.Base(p)
	if p == rootPath {
		name = "/"
	}
	return c.JSON(http.StatusOK, entryOf(name, fi))
}
