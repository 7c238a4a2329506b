package mapping

import (
	"cmp"
	"slices"
)

// Compare orders templates for a search that takes the first that matches: it is
// negative if a comes before b. The first segment that differs decides: literal text
// comes before typed variables, these before a str, and a str before a rest; of the
// same rank, what matches fewer names comes first, so that {name}.csv comes before
// {name}. Compare is a strict weak order; what it finds equal, which has no path in
// common or is [Ambiguous], keeps the order of the source under a stable sort. What
// is not equal may be ambiguous too. Dir makes no difference.
func Compare(a, b *Template) int {
	for i := range min(len(a.segments), len(b.segments)) {
		if c := compareSegments(&a.segments[i], &b.segments[i]); c != 0 {
			return c
		}
	}
	return slices.Compare(a.ends(b), b.ends(a))
}

// ends tells what t has after the segments that it shares with u.
func (t *Template) ends(u *Template) []int {
	switch {
	case len(t.segments) > len(u.segments):
		return []int{t.segments[len(u.segments)].rank}
	case t.rest != "":
		return []int{rankRest}
	}
	return nil
}

func compareSegments(s, u *segment) int {
	if c := cmp.Compare(s.rank, u.rank); c != 0 {
		return c
	}
	if s.rank == rankLiteral { // one name each: the shorter is the one too many
		return cmp.Compare(len(u.pieces[0].text), len(s.pieces[0].text))
	}
	if s.same(u) {
		return 0
	}
	a, b := s.automaton(), u.automaton()
	switch {
	case a != nil && b != nil:
		return fewer(a, b)
	case a != nil:
		return -1
	case b != nil:
		return 1
	}
	return 0
}

// same reports whether s and u are written alike but for the names of variables.
func (s *segment) same(u *segment) bool {
	return slices.EqualFunc(s.pieces, u.pieces, func(p, q piece) bool {
		return p.text == q.text && (p.name == "") == (q.name == "") && p.typ.equal(q.typ)
	})
}

// Ambiguous reports whether some path matches both a and b and neither is the more
// specific: in the first segment that differs they are of the same rank, and neither
// segment matches only names that the other does too. Segments that are too large to
// tell count as such. Dir makes no difference: whether a file and a directory of the
// same path may be two routes is the caller's question.
func Ambiguous(a, b *Template) bool {
	for i := range min(len(a.segments), len(b.segments)) {
		s, u := &a.segments[i], &b.segments[i]
		if s.rank != u.rank {
			return false
		}
		r := relate(s, u)
		if r.onlyFirst != r.onlySecond && compareSegments(s, u) != 0 {
			return false
		}
		if r.onlyFirst || r.onlySecond {
			_, ok := Overlap(a, b)
			return ok
		}
	}
	_, ok := Overlap(a, b)
	return ok && len(a.segments) == len(b.segments) && (a.rest == "") == (b.rest == "")
}

// Overlap reports whether some path matches both a and b, and gives one. It is empty
// if the segments are too large to tell, which counts as an overlap.
func Overlap(a, b *Template) (path string, ok bool) {
	if len(a.segments) > len(b.segments) {
		a, b = b, a
	}
	if len(a.segments) < len(b.segments) && a.rest == "" {
		return "", false
	}
	told := true
	for i := range b.segments {
		s := &b.segments[i]
		if i < len(a.segments) {
			s = &a.segments[i]
		}
		r := relate(s, &b.segments[i])
		if !r.both {
			return "", false
		}
		told = told && r.example != ""
		path += "/" + r.example
	}
	switch {
	case !told:
		return "", true
	case path == "":
		return "/", true
	}
	return path, true
}

// relation is how the names of two segments relate: whether there are any that both
// have, or only one of them.
type relation struct {
	both, onlyFirst, onlySecond bool
	example                     string // a name that both have
}

// relate compares the names of s and u.
func relate(s, u *segment) relation {
	if s.rank == rankLiteral && u.rank == rankLiteral {
		text := s.pieces[0].text
		same := text == u.pieces[0].text
		return relation{both: same, onlyFirst: !same, onlySecond: !same, example: text}
	}
	a, b := s.automaton(), u.automaton()
	switch {
	case a != nil && b != nil:
	case s.rank == rankLiteral:
		both := u.matches(s.pieces[0].text)
		return relation{both: both, onlyFirst: !both, onlySecond: true, example: s.pieces[0].text}
	case u.rank == rankLiteral:
		both := s.matches(u.pieces[0].text)
		return relation{both: both, onlyFirst: true, onlySecond: !both, example: u.pieces[0].text}
	default:
		differ := !s.same(u)
		return relation{both: true, onlyFirst: differ, onlySecond: differ}
	}
	p := product{a: a, b: b, known: map[[2]int32]bool{}}
	return p.relate()
}

// product walks two automata at once, the shortest names first.
type product struct {
	a, b  *automaton
	known map[[2]int32]bool
	pairs []pair
}

// pair is a state of each automaton and how it was reached first.
type pair struct {
	at   [2]int32
	from int // in pairs
	by   byte
}

// maxPairs bounds a product of automata.
const maxPairs = 1 << 17

func (p *product) relate() relation {
	var r relation
	p.add(pair{from: none})
	letters := p.letters()
	for i := 0; i < len(p.pairs); i++ {
		at := p.pairs[i].at
		inA, inB := p.a.accepts(at[0]), p.b.accepts(at[1])
		if inA && inB && !r.both {
			r.both, r.example = true, p.name(i)
		}
		r.onlyFirst = r.onlyFirst || inA && !inB
		r.onlySecond = r.onlySecond || inB && !inA
		if r.both && r.onlyFirst && r.onlySecond {
			break
		}
		if len(p.pairs) > maxPairs {
			return relation{both: true, onlyFirst: true, onlySecond: true}
		}
		for _, c := range letters {
			p.add(pair{[2]int32{p.a.step(at[0], c), p.b.step(at[1], c)}, i, c})
		}
	}
	return r
}

func (p *product) add(to pair) {
	if to.at != [2]int32{none, none} && !p.known[to.at] {
		p.known[to.at] = true
		p.pairs = append(p.pairs, to)
	}
}

// letters is one byte of each kind that either automaton tells apart, of letters if
// there are some, since examples are read by people.
func (p *product) letters() []byte {
	var letters []byte
	seen := map[[2]uint8]bool{}
	for i := range 256 {
		c := byte('a' + i)
		if kind := [2]uint8{p.a.class[c], p.b.class[c]}; !seen[kind] {
			seen[kind] = true
			letters = append(letters, c)
		}
	}
	return letters
}

// name is the text that led to the pair at i.
func (p *product) name(i int) string {
	var text []byte
	for ; p.pairs[i].from != none; i = p.pairs[i].from {
		text = append(text, p.pairs[i].by)
	}
	slices.Reverse(text)
	return string(text)
}
