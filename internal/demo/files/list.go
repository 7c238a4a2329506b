package files

import (
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
)

const (
	defaultLimit = 1000
	maxLimit     = 10000
	// nameBatch is how many names are read from a directory at once.
	nameBatch = 1024
)

// list answers GET /v1/list/{path}: as NDJSON all entries in one answer, in the
// directory's own order; as JSON one page after the other, ordered by name.
// Neither needs memory for more than a page.
func (s *Service) list(c echo.Context) error {
	p, err := target(c)
	if err != nil {
		return err
	}
	d, err := s.tree.openListing(p)
	if err != nil {
		return err
	}
	defer d.Close()
	c.Response().Header().Set("Vary", "Accept")
	if prefersNDJSON(c.Request().Header.Values("Accept")) {
		return d.writeAll(c.Response())
	}
	return d.writePage(c)
}

// listing is a directory that is being listed.
type listing struct {
	tree *tree
	path string
	root *os.Root // the directory, so that entries are found without walking to it
	dir  *os.File // its names
}

func (t *tree) openListing(p string) (*listing, error) {
	fi, err := t.stat(p)
	if err != nil {
		return nil, err
	}
	if !fi.IsDir() {
		return nil, notDirectory(p)
	}
	root, err := t.root.OpenRoot(p)
	if err != nil {
		return nil, fromDisk(err, p)
	}
	dir, err := root.Open(rootPath)
	if err != nil {
		return nil, errors.Join(fromDisk(err, p), root.Close())
	}
	return &listing{tree: t, path: p, root: root, dir: dir}, nil
}

// Close ends the listing; there is nothing that could be lost.
func (l *listing) Close() {
	_ = l.dir.Close()
	_ = l.root.Close()
}

// names calls yield with the names that may be shown, in the directory's order.
func (l *listing) names(yield func(name string) error) error {
	for {
		batch, err := l.dir.Readdirnames(nameBatch)
		for _, name := range batch {
			if !validName(name) || l.path == rootPath && hidden(name) {
				continue
			}
			if err := yield(name); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fromDisk(err, l.path)
		}
	}
}

// entry describes one name. It is not ok for what has gone meanwhile, and for
// what has no place in a listing: devices, links that lead nowhere or outside.
func (l *listing) entry(name string) (e entry, ok bool) {
	fi, err := l.root.Lstat(name)
	if err == nil && fi.Mode()&fs.ModeSymlink != 0 {
		fi, err = l.tree.stat(joinName(l.path, name))
	}
	if err != nil || !fi.IsDir() && !fi.Mode().IsRegular() {
		return entry{}, false
	}
	return entryOf(name, fi), true
}

func joinName(dir, name string) string {
	if dir == rootPath {
		return name
	}
	return dir + "/" + name
}

// page returns the first limit names after a name, in order, and whether there
// are more. It reads the whole directory but keeps no more than two pages of names.
func (l *listing) page(after string, limit int) (names []string, more bool, err error) {
	want := limit + 1 // one more, to know whether there is one
	trim := func() {
		slices.Sort(names)
		names = names[:min(want, len(names))]
	}
	err = l.names(func(name string) error {
		if name <= after {
			return nil
		}
		if names = append(names, name); len(names) >= 2*want {
			trim()
		}
		return nil
	})
	trim()
	if len(names) > limit {
		return names[:limit], true, err
	}
	return names, false, err
}

func (l *listing) writePage(c echo.Context) error {
	limit, err := parseLimit(c.QueryParam("limit"))
	if err != nil {
		return err
	}
	after, err := parseCursor(c.QueryParam("cursor"))
	if err != nil {
		return err
	}
	names, more, err := l.page(after, limit)
	if err != nil {
		return err
	}
	answer := struct {
		Entries []entry `json:"entries"`
		Next    string  `json:"next,omitempty"`
	}{Entries: make([]entry, 0, len(names))}
	for _, name := range names {
		if e, ok := l.entry(name); ok {
			answer.Entries = append(answer.Entries, e)
		}
	}
	if more {
		answer.Next = cursorAfter(names[len(names)-1])
	}
	return c.JSON(http.StatusOK, answer)
}

// parseLimit reads the size of a page. More than maxLimit is taken as maxLimit:
// a client asks for what it can take and is given what there is.
func parseLimit(text string) (int, error) {
	if text == "" {
		return defaultLimit, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, badRequest("The limit is not a number above 0.")
	}
	return min(n, maxLimit), nil
}

// cursorAfter makes a cursor for the page after a name. It says where to go on and
// not how far the listing has come, so it stays good when files come and go.
func cursorAfter(name string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(name))
}

func parseCursor(text string) (after string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", badRequest("The cursor is not one that this service gave.")
	}
	return string(b), nil
}
