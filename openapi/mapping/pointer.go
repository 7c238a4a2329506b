package mapping

import (
	"errors"
	"strings"
)

// Pointer is a JSON Pointer (RFC 6901) as its unescaped tokens; none is the whole
// document.
type Pointer []string

// errPointer is the error of ParsePointer.
var errPointer = errors.New(`not a JSON Pointer: want "" or "/name", with ~0 for ~ and ~1 for /`)

// ParsePointer reads a JSON Pointer in its string form (RFC 6901, section 3).
func ParsePointer(s string) (Pointer, error) {
	if s == "" {
		return Pointer{}, nil
	}
	if s[0] != '/' {
		return nil, errPointer
	}
	p := Pointer(strings.Split(s[1:], "/"))
	for i, token := range p {
		for j := range len(token) {
			if token[j] == '~' && (j+1 == len(token) || token[j+1] != '0' && token[j+1] != '1') {
				return nil, errPointer
			}
		}
		p[i] = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
	}
	return p, nil
}

// String returns the string form of p.
func (p Pointer) String() string {
	var b strings.Builder
	for _, token := range p {
		b.WriteString("/" + strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1"))
	}
	return b.String()
}
