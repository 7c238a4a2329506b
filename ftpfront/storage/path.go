package storage

import (
	"errors"
	"path"
	"strings"
	"unicode/utf8"
)

// Path names a file or directory: absolute, slash separated, without "." or
// ".." segments, without empty ones, without control bytes that could end a
// line. Clean and Join make Paths; past them every Path may be relied on.
type Path string

// Root is the top of every account's storage.
const Root Path = "/"

const (
	// MaxName is the longest name of one segment, in bytes (as in POSIX's NAME_MAX).
	MaxName = 255
	// MaxPath is the longest Path, in bytes (as in Linux's PATH_MAX).
	MaxPath = 4096
)

// ErrPath is the error of Clean for text that names no file.
var ErrPath = errors.New("not a valid path")

// Clean makes a Path of arg, taken from dir when it is relative. ".." above
// the root stays at the root, as in a chrooted file system.
func Clean(dir Path, arg string) (Path, error) {
	if strings.ContainsAny(arg, "\x00\r\n") || len(arg) > MaxPath {
		return "", ErrPath
	}
	if !strings.HasPrefix(arg, "/") {
		arg = string(dir) + "/" + arg
	}
	p := path.Clean("/" + arg)
	if len(p) > MaxPath {
		return "", ErrPath
	}
	for seg := range strings.SplitSeq(p[1:], "/") {
		if len(seg) > MaxName {
			return "", ErrPath
		}
	}
	return Path(p), nil
}

// ValidName reports whether a name that came from a storage may be shown as
// one segment of a path: not empty, not "." or "..", no slash, no NUL, CR or
// LF, no other ASCII control byte, valid UTF-8, not longer than MaxName.
func ValidName(name string) bool {
	if name == "" || name == "." || name == ".." || len(name) > MaxName || !utf8.ValidString(name) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; c < 0x20 || c == 0x7f || c == '/' {
			return false
		}
	}
	return true
}

// Join appends one segment to p. The name must be a [ValidName].
func (p Path) Join(name string) Path {
	if p == Root {
		return Path("/" + name)
	}
	return p + "/" + Path(name)
}

// Base returns the last segment, or "/" for the root.
func (p Path) Base() string { return path.Base(string(p)) }

// Dir returns the parent; the root is its own.
func (p Path) Dir() Path { return Path(path.Dir(string(p))) }

// Under reports whether p is dir or lies below it.
func (p Path) Under(dir Path) bool {
	return p == dir || dir == Root || strings.HasPrefix(string(p), string(dir)+"/")
}

// Within places p, a path of an account, below the account's root.
func (p Path) Within(root Path) Path {
	if root == Root || root == "" {
		return p
	}
	if p == Root {
		return root
	}
	return root + p
}
