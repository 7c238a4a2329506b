package httpbackend

import (
	"fmt"
	"strings"
)

// maxLinks bounds the links of one answer.
const maxLinks = 1000

var errLink = fmt.Errorf("%w: a Link header that is broken", errAnswer)

// link is one value of a Link header (RFC 8288, section 3).
type link struct {
	target string
	rel    string // of the first parameter rel; there may be several words in it
	// anchored: the link says that it is from another document than this one.
	anchored bool
}

// is reports whether the link has the relation, which is in lower case.
func (l link) is(rel string) bool {
	for word := range strings.FieldsSeq(l.rel) {
		if strings.EqualFold(word, rel) {
			return true
		}
	}
	return false
}

// nextLink returns the target of the link to the next page, empty if there is none.
// A header that is broken before such a link might have had it, so it is an error.
func nextLink(lines []string) (string, error) {
	for _, line := range lines {
		links, ok := parseLinks(line)
		for _, l := range links {
			if l.is("next") && !l.anchored {
				return l.target, nil
			}
		}
		if !ok {
			return "", errLink
		}
	}
	return "", nil
}

// parseLinks reads the links of one header line, up to where it is broken (RFC 8288,
// section 3 and appendix B.2).
func parseLinks(s string) (links []link, ok bool) {
	for {
		s = strings.TrimLeft(s, " \t,")
		if s == "" {
			return links, true
		}
		if s[0] != '<' || len(links) == maxLinks {
			return links, false
		}
		target, rest, closed := strings.Cut(s[1:], ">")
		if !closed {
			return links, false
		}
		l := link{target: strings.TrimSpace(target)}
		if s, ok = l.parseParams(rest); !ok {
			return links, false
		}
		links = append(links, l)
	}
}

// parseParams reads the parameters of a link and returns what follows them.
func (l *link) parseParams(s string) (rest string, ok bool) {
	for hasRel := false; ; {
		s = strings.TrimLeft(s, " \t")
		if s == "" || s[0] == ',' {
			return s, true
		}
		if s[0] != ';' {
			return s, false
		}
		s = strings.TrimLeft(s[1:], " \t")
		end := strings.IndexAny(s, "=;, \t")
		if end < 0 {
			end = len(s)
		}
		name, value := strings.ToLower(s[:end]), ""
		if s = strings.TrimLeft(s[end:], " \t"); strings.HasPrefix(s, "=") {
			if value, s, ok = linkValue(strings.TrimLeft(s[1:], " \t")); !ok {
				return s, false
			}
		}
		switch {
		case name == "rel" && !hasRel: // later ones are ignored (section 3.3)
			l.rel, hasRel = value, true
		case name == "anchor":
			l.anchored = true
		}
	}
}

// linkValue reads the value of a parameter, a token or a quoted string (RFC 9110,
// section 5.6.4), and returns what follows it.
func linkValue(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		end := strings.IndexAny(s, ";, \t")
		if end < 0 {
			end = len(s)
		}
		return s[:end], s[end:], true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}
