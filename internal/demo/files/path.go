package files

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
)

const (
	// rootPath is the directory itself, in the form that os.Root takes.
	rootPath = "."
	// maxName is the longest name in bytes that common file systems have.
	maxName = 255
	// maxPath is the longest path in bytes.
	maxPath = 4096
)

// target returns what a request is about: the part of its URL that the route's
// "*" stands for, as a path below the directory ("a/b", or "." for all of it).
//
// It starts from the escaped URL and decodes each segment by itself, once. The
// decoded URL cannot tell a "/" between two names from a %2F inside one.
func target(c echo.Context) (string, error) {
	prefix := strings.TrimSuffix(c.Path(), "*")
	rest, ok := strings.CutPrefix(c.Request().URL.EscapedPath(), prefix)
	if !ok {
		return "", invalidName("The path is not in its plain form.")
	}
	if rest == "" {
		return rootPath, nil
	}
	segments := strings.Split(rest, "/")
	for i, s := range segments {
		name, err := url.PathUnescape(s)
		if err != nil {
			return "", invalidName("The path is not percent-encoded UTF-8.")
		}
		segments[i] = name
	}
	return join(segments)
}

// parsePath reads a path that is not part of a URL, with or without the slash
// in front.
func parsePath(text string) (string, error) {
	text = strings.TrimPrefix(text, "/")
	if text == "" {
		return rootPath, nil
	}
	return join(strings.Split(text, "/"))
}

func join(segments []string) (string, error) {
	for _, s := range segments {
		if !validName(s) {
			return "", invalidName("A name in the path is empty, too long or has characters that names cannot have.")
		}
	}
	p := strings.Join(segments, "/")
	if len(p) > maxPath {
		return "", invalidName("The path is too long.")
	}
	if hidden(segments[0]) {
		return "", notFound(p)
	}
	return p, nil
}

// validName reports whether name can be one segment of a path. Control bytes
// are refused since they would break the line-based protocol on the other side.
func validName(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > maxName || !utf8.ValidString(name) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c < 0x20 || c == 0x7f || c == '/' {
			return false
		}
	}
	return true
}

// hidden reports whether name, directly in the directory, is the staging
// folder. Some file systems do not tell upper case from lower.
func hidden(name string) bool { return strings.EqualFold(name, stagingDir) }

// within reports whether p is dir or lies below it.
func within(p, dir string) bool {
	return dir == rootPath || p == dir || strings.HasPrefix(p, dir+"/")
}

// displayName is how a problem names p: the last segment alone, for what lies
// above it may be none of the user's business.
func displayName(p string) string {
	if p == rootPath {
		return `"/"`
	}
	return `"` + path.Base(p) + `"`
}

func invalidName(detail string) error {
	return fault(http.StatusBadRequest, "invalid-name", "Invalid name", detail)
}
