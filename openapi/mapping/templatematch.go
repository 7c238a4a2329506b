package mapping

import (
	"bytes"
	"strings"
)

// Ranks of what can stand in a segment, the strictest first.
const (
	rankLiteral = iota
	rankTyped
	rankPlain
	rankRest
)

// segment is what stands between two slashes: literal text and variables in turns.
type segment struct {
	pieces    []piece
	rank      int // of the loosest piece
	variables int
	// varying is the number of variables that have no fixed length. With fewer than
	// two, a text can be taken apart in one way only.
	varying int
	// memo: some texts lead to the same piece at the same place in many ways.
	memo bool
	// automaton is that of the texts that match, nil if it is too large.
	automaton func() *automaton
}

// finish computes what follows from the pieces.
func (s *segment) finish() {
	s.rank, s.variables, s.varying = rankLiteral, 0, 0
	choices := 0
	for i := range s.pieces {
		p := &s.pieces[i]
		if p.name == "" {
			continue
		}
		s.variables++
		rank := rankTyped
		if p.typ.Kind == KindStr {
			rank = rankPlain
		}
		s.rank = max(s.rank, rank)
		if p.width == 0 {
			s.varying++
			if rank == rankTyped {
				choices++
			}
		}
	}
	s.memo = choices > 1
	s.automaton = lazyAutomaton(s.pieces)
}

// span is where in a path the value of a variable is.
type span struct{ start, end int }

// Sizes that cost no allocation; longer paths and templates are as good.
const (
	usualVars = 16
	usualName = 256
)

// Matches reports whether path, which is absolute and clean, is one of t. A Dir
// template is matched without regard to its own last slash.
func (t *Template) Matches(path string) bool { return t.find(path, nil) }

// Match returns the variables of path, if it [Template.Matches].
func (t *Template) Match(path string) (map[string]any, bool) {
	var few [usualVars]span
	spans := few[:]
	if len(t.vars) > len(few) {
		spans = make([]span, len(t.vars))
	}
	if !t.find(path, spans) {
		return nil, false
	}
	vars := make(map[string]any, len(t.vars))
	n := 0
	for i := range t.segments {
		for j := range t.segments[i].pieces {
			if p := &t.segments[i].pieces[j]; p.name != "" {
				vars[p.name] = p.value(path[spans[n].start:spans[n].end])
				n++
			}
		}
	}
	if t.rest != "" {
		vars[t.rest] = path[spans[n].start:spans[n].end]
	}
	return vars, true
}

// find matches path and, if spans is not nil, tells where the variables are.
func (t *Template) find(path string, spans []span) bool {
	if !strings.HasPrefix(path, t.head) || path == "" || path[0] != '/' {
		return false
	}
	after := path
	if path == "/" {
		after = ""
	}
	for i := range t.segments {
		start := len(path) - len(after) + 1
		name, tail, ok := cutSegment(after)
		if !ok || !t.segments[i].find(name, start, spans) {
			return false
		}
		if spans != nil {
			spans = spans[t.segments[i].variables:]
		}
		after = tail
	}
	if t.rest == "" {
		return after == ""
	}
	if spans != nil {
		spans[0] = span{len(path) - max(0, len(after)-1), len(path)}
	}
	return after == "" || cleanRest(after[1:])
}

// cleanRest reports whether every segment of text can be a name.
func cleanRest(text string) bool {
	for seg := range strings.SplitSeq(text, "/") {
		if !isName(seg) {
			return false
		}
	}
	return true
}

// isName reports whether text, which has no slash, can be a name.
func isName[T string | []byte](text T) bool {
	if len(text) <= 2 && (len(text) == 0 || text[0] == '.' && text[len(text)-1] == '.') {
		return false
	}
	for i := range len(text) {
		if c := text[i]; c == 0 || c == '\r' || c == '\n' {
			return false
		}
	}
	return true
}

func (s *segment) matches(name string) bool { return s.find(name, 0, nil) }

// find matches one segment of a path, which begins at byte start of it.
func (s *segment) find(name string, start int, spans []span) bool {
	if s.rank == rankLiteral {
		return name == s.pieces[0].text
	}
	if !isName(name) {
		return false
	}
	var room [usualName]byte
	var few [usualVars]progress
	m := matcher{pieces: s.pieces, text: append(room[:0], name...), state: few[:]}
	if !m.run(s.memo) {
		return false
	}
	if spans == nil {
		return true
	}
	n, at := 0, 0
	for i := range s.pieces {
		if s.pieces[i].name != "" {
			spans[n] = span{start + at, start + m.state[i].end}
			n++
		}
		at = m.state[i].end
	}
	return true
}

// matcher takes the text of one segment apart. Every variable takes as few bytes as
// let the pieces after it match, the first one first.
type matcher struct {
	pieces []piece
	text   []byte
	state  []progress
	// failed has a bit for each piece and place that led nowhere; nil without memo.
	failed []uint64
	steps  int
}

// progress is how far a piece has got.
type progress struct {
	end int // of the piece
	// dead, if not 0, is one more than the first place from which a str led nowhere.
	// A str that begins further on has only ends that have been tried.
	dead int
}

func (m *matcher) run(memo bool) bool {
	if len(m.pieces) > len(m.state) {
		m.state = make([]progress, len(m.pieces))
	}
	if memo {
		m.failed = make([]uint64, len(m.pieces)*(len(m.text)+1)/64+1)
	}
	return m.match(0, 0)
}

// match reports whether the text from byte at on is the pieces from i on. Each piece
// is tried at each place once at most, so the steps are fewer than the product of
// pieces, bytes, and the choices of a typed variable.
func (m *matcher) match(i, at int) bool {
	m.steps++
	if i == len(m.pieces) {
		return at == len(m.text)
	}
	p := &m.pieces[i]
	rest := m.text[at:]
	switch {
	case p.name == "":
		return len(rest) >= len(p.text) && string(rest[:len(p.text)]) == p.text && m.ends(i, at+len(p.text))
	case p.width > 0:
		return len(rest) >= p.width && p.valid(rest[:p.width]) && m.ends(i, at+p.width)
	case i == len(m.pieces)-1:
		return p.valid(rest) && m.ends(i, len(m.text))
	case p.typ.Kind == KindStr:
		return m.str(i, at)
	}
	if m.failed == nil {
		return m.choose(i, at)
	}
	bit := i*(len(m.text)+1) + at
	if m.failed[bit/64]>>(bit%64)&1 != 0 {
		return false
	}
	if m.choose(i, at) {
		return true
	}
	m.failed[bit/64] |= 1 << (bit % 64)
	return false
}

// ends goes on after piece i, which ends before byte at.
func (m *matcher) ends(i, at int) bool {
	m.state[i].end = at
	return m.match(i+1, at)
}

// str tries the ends of a str that other pieces follow: the next piece is literal.
func (m *matcher) str(i, at int) bool {
	next := m.pieces[i+1].text
	stop := len(m.text)
	if dead := m.state[i].dead; dead > 0 {
		stop = dead - 1
	}
	for end := at + 1; end <= stop; end++ {
		found := bytes.Index(m.text[end:], []byte(next))
		if found < 0 || end+found > stop {
			break
		}
		end += found
		if m.ends(i, end) {
			return true
		}
	}
	if at < stop {
		m.state[i].dead = at + 1
	}
	return false
}

// choose tries the ends of a typed variable of no fixed length.
func (m *matcher) choose(i, at int) bool {
	p, rest := &m.pieces[i], m.text[at:]
	if p.typ.Kind == KindEnum {
		for _, v := range p.values {
			if len(rest) >= len(v) && string(rest[:len(v)]) == v && m.ends(i, at+len(v)) {
				return true
			}
		}
		return false
	}
	for n := 1; n <= digitsOf(rest) && p.valid(rest[:n]); n++ {
		if m.ends(i, at+n) {
			return true
		}
	}
	return false
}
