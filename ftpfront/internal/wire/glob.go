package wire

import (
	"path"
	"strings"
)

// Glob is a pattern for one segment of a path: * ? and [sets], as in a shell.
type Glob string

// CutGlob splits a path whose last segment is a pattern into what comes before
// the segment, with its slash, and the pattern. ok is false if that segment is
// an ordinary name.
func CutGlob(arg string) (dir string, g Glob, ok bool) {
	i := strings.LastIndexByte(arg, '/') + 1
	if !strings.ContainsAny(arg[i:], "*?[") {
		return arg, "", false
	}
	return arg[:i], Glob(arg[i:]), true
}

// Match reports whether a name matches. A pattern that is not well formed
// matches nothing.
func (g Glob) Match(name string) bool {
	ok, err := path.Match(string(g), name)
	return ok && err == nil
}
