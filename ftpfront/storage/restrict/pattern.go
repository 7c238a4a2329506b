package restrict

import (
	"errors"
	"math/bits"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// pattern is a compiled path pattern: its segments.
type pattern []string

// maxSegments is how many segments a pattern may have: one bit of a state each,
// and one for the end.
const maxSegments = 63

const anySegments = "**"

func parsePattern(text string) (pattern, error) {
	if text == string(storage.Root) {
		return pattern{}, nil
	}
	if !strings.HasPrefix(text, "/") || len(text) > storage.MaxPath {
		return nil, errors.New("not an absolute pattern")
	}
	p := pattern(strings.Split(text[1:], "/"))
	if len(p) > maxSegments {
		return nil, errors.New("too many segments")
	}
	for _, seg := range p {
		switch {
		case seg == "" || seg == "." || seg == "..":
			return nil, errors.New("empty, . or .. segment")
		case strings.Contains(seg, anySegments) && seg != anySegments:
			return nil, errors.New("** must be a whole segment")
		}
	}
	return p, nil
}

// state is how far a pattern has matched: bit i is set if its first i segments
// can stand for the path so far. Stepping through all possibilities at once
// keeps the time linear, whatever the pattern.
type state uint64

func (p pattern) start() state { return p.skip(1) }

// skip adds the states that are reached by "**" standing for nothing.
func (p pattern) skip(s state) state {
	for rest := s; rest != 0; rest &= rest - 1 {
		for i := bits.TrailingZeros64(uint64(rest)); i < len(p) && p[i] == anySegments; i++ {
			s |= 1 << (i + 1)
		}
	}
	return s
}

// step takes one segment of a path.
func (p pattern) step(s state, seg string) state {
	var next state
	for rest := s; rest != 0; rest &= rest - 1 {
		i := bits.TrailingZeros64(uint64(rest))
		switch {
		case i == len(p):
		case p[i] == anySegments:
			next |= 1 << i
		case matchSegment(p[i], seg):
			next |= 1 << (i + 1)
		}
	}
	return p.skip(next)
}

// after is the state after the whole of a path.
func (p pattern) after(name storage.Path) state {
	s := p.start()
	if name == storage.Root {
		return s
	}
	for seg := range strings.SplitSeq(string(name[1:]), "/") {
		if s = p.step(s, seg); s == 0 {
			break
		}
	}
	return s
}

// matches reports whether p stands for the path that led to s.
func (p pattern) matches(s state) bool { return s&(1<<len(p)) != 0 }

// leads reports whether p stands for some path below the one that led to s.
func (p pattern) leads(s state) bool { return s&(1<<len(p)-1) != 0 }

// covers reports whether p stands for every path below the one that led to s.
func (p pattern) covers(s state) bool {
	last := len(p) - 1
	return last >= 0 && p[last] == anySegments && s&(1<<last) != 0
}

// matchSegment matches one segment, in which "*" is any text. On a mismatch it
// goes back to the last "*" only: an earlier one could do no better.
func matchSegment(pat, seg string) bool {
	star, mark := -1, 0
	p, s := 0, 0
	for s < len(seg) {
		switch {
		case p < len(pat) && pat[p] == '*':
			star, mark = p, s
			p++
		case p < len(pat) && pat[p] == seg[s]:
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pat[p:], "*") == ""
}
