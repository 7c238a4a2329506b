package mapping

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The steps that a match takes grow with the length of the name and not with the
// number of ways in which it could be taken apart.
func TestMatchingIsNotExponential(t *testing.T) {
	const length = 4000
	for _, c := range []struct{ template, name string }{
		{"/{a}-{b}-{c}-{d}-{e}-{f}x", strings.Repeat("-", length)},
		{"/{a}-{b:int}-{c}-{d:int}-{e}x", strings.Repeat("-1", length/2)},
		{"/{a}0{b:int}0{c:int}0{d:int}0{e:int}0{f:int}0{g:int}0{h}x", strings.Repeat("10", length/2)},
		{"/{a:enum(a|aa|aaa)}a{b:enum(a|aa|aaa)}a{c:enum(a|aa|aaa)}a{d:enum(a|aa)}a{e}-{f}x", strings.Repeat("a", length)},
	} {
		tpl, err := ParseTemplate(c.template)
		if err != nil {
			t.Fatal(err)
		}
		s := &tpl.segments[0]
		m := matcher{pieces: s.pieces, text: []byte(c.name)}
		if m.run(s.memo) {
			t.Errorf("%s matches", c.template)
		}
		// Every piece at every place, from each end of a typed variable before it.
		if most := len(s.pieces) * length * maxDigits; m.steps > most {
			t.Errorf("%s: %d steps for %d bytes, want at most %d", c.template, m.steps, length, most)
		}
	}
}

func segmentOf(t *rapid.T) *segment {
	var pieces []string
	isVariable := rapid.Bool().Draw(t, "begins with a variable")
	for i := range rapid.IntRange(1, 4).Draw(t, "pieces") {
		if piece := rapid.SampledFrom([]string{"a", "1", "0", "-", ".", "a-"}).Draw(t, "literal"); !isVariable {
			pieces = append(pieces, piece)
		} else {
			typ := rapid.SampledFrom([]string{
				"", ":int", ":int(2)", ":enum(a|ab)", ":enum(1|-|a-)", ":enum(.|..|a.)", ":date(06-01)", ":date(15.2006)", ":int(1)",
			}).Draw(t, "type")
			pieces = append(pieces, "{"+string(rune('p'+i))+typ+"}")
		}
		isVariable = !isVariable
	}
	tpl, err := ParseTemplate("/" + strings.Join(pieces, ""))
	if err != nil {
		t.Skip(err)
	}
	return &tpl.segments[0]
}

// What the automata say about two segments is so: every state of the product is
// checked by the name that leads to it, and every short name by the states.
func TestAutomataAgreeWithMatching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, u := segmentOf(t), segmentOf(t)
		a, b := s.automaton(), u.automaton()
		if a == nil || b == nil {
			t.Skip("too large for automata")
		}
		p := product{a: a, b: b, known: map[[2]int32]bool{}}
		r := p.relate()
		for i, pair := range p.pairs {
			name := p.name(i)
			if a.accepts(pair.at[0]) != s.matches(name) || b.accepts(pair.at[1]) != u.matches(name) {
				t.Errorf("%q: the automata accept %v and %v", name, a.accepts(pair.at[0]), b.accepts(pair.at[1]))
			}
		}
		for range 200 {
			name := rapid.StringOfN(rapid.SampledFrom([]rune("ab10-.")), 1, 7, -1).Draw(t, "name")
			inA, inB := s.matches(name), u.matches(name)
			if inA && inB && !r.both || inA && !inB && !r.onlyFirst || inB && !inA && !r.onlySecond {
				t.Errorf("%q is matched %v and %v, which %+v does not say", name, inA, inB, r)
			}
		}
	})
}

// Dates are read and written as package time does it.
func TestDatesAreThoseOfPackageTime(t *testing.T) {
	units := []string{"2006", "06", "01", "02", "15", "04", "05"}
	rapid.Check(t, func(t *rapid.T) {
		src := ""
		for _, unit := range rapid.Permutation(units).Draw(t, "units")[:rapid.IntRange(1, 6).Draw(t, "count")] {
			src += unit + rapid.SampledFrom([]string{"", "-", "_", ":", "T", "Z", " "}).Draw(t, "between")
		}
		l, err := parseLayout(src)
		if err != nil {
			return
		}
		at := time.Unix(rapid.Int64Range(-60e9, 250e9).Draw(t, "time"), 0).UTC()
		text := at.Format(src)
		if got, err := l.append(nil, civilOf(at)); err == nil && string(got) != text {
			t.Errorf("%s by %q: %q, want %q", at, src, got, text)
		}
		digits := []byte(text)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			digits[rapid.IntRange(0, len(digits)-1).Draw(t, "place")] = rapid.SampledFrom([]byte("0123459-")).Draw(t, "byte")
		}
		text = string(digits)
		want, err := time.Parse(src, text)
		ok := err == nil && want.Format(src) == text
		if got, found := l.parse(digits); found != ok || ok && got != civilOf(want) {
			t.Errorf("%q by %q: %v %v, want %v %v", text, src, got, found, want, err)
		}
	})
}
