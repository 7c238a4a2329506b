package mapping

import (
	"encoding/binary"
	"slices"
	"sync"
)

// automaton is the deterministic automaton of the names that a segment matches. A
// date counts as if every month had 31 days.
type automaton struct {
	class  [256]uint8 // of each byte; bytes of one class lead to the same states
	sizes  []int64    // of the classes
	next   [][]int32  // by state and class; none leads nowhere
	accept []bool     // by state; state 0 is the first
}

const none = -1

// maxStates bounds the automata and, squared, their products. A uuid has 37 states,
// an enum as many as its letters.
const maxStates = 1 << 11

// byteSet is a set of bytes.
type byteSet [4]uint64

func (b *byteSet) add(low, top byte) {
	for c := int(low); c <= int(top); c++ {
		b[c/64] |= 1 << (c % 64)
	}
}

func (b *byteSet) has(c byte) bool { return b[c/64]>>(c%64)&1 != 0 }

func bytesBetween(low, top byte) byteSet {
	var b byteSet
	b.add(low, top)
	return b
}

// nameBytes are those that a name may have.
func nameBytes() byteSet {
	b := bytesBetween(0, 255)
	for _, c := range []byte(badBytes + "/") {
		b[c/64] &^= 1 << (c % 64)
	}
	return b
}

// builder makes an automaton that need not be deterministic, from left to right:
// front are the states in which what has been added so far may end.
type builder struct {
	edges [][]edge
	front []int32
}

type edge struct {
	on byteSet
	to int32
}

// lazyAutomaton makes the automaton of pieces when it is first asked for.
func lazyAutomaton(pieces []piece) func() *automaton {
	return sync.OnceValue(func() *automaton {
		b := &builder{edges: make([][]edge, 1), front: []int32{0}}
		for i := range pieces {
			b.piece(&pieces[i])
		}
		return b.determine()
	})
}

// step adds a state that each state of front reaches by a byte of on.
func (b *builder) step(front []int32, on byteSet) int32 {
	to := int32(len(b.edges))
	b.edges = append(b.edges, nil)
	for _, from := range front {
		b.edges[from] = append(b.edges[from], edge{on, to})
	}
	return to
}

// then adds one byte of on.
func (b *builder) then(on byteSet) { b.front = []int32{b.step(b.front, on)} }

func (b *builder) text(text string) {
	for _, c := range []byte(text) {
		b.then(bytesBetween(c, c))
	}
}

func (b *builder) piece(p *piece) {
	digit := bytesBetween('0', '9')
	switch {
	case p.name == "":
		b.text(p.text)
	case p.typ.Kind == KindStr:
		b.then(nameBytes())
		b.edges[b.front[0]] = append(b.edges[b.front[0]], edge{nameBytes(), b.front[0]})
	case p.typ.Kind == KindInt && p.width > 0:
		for range p.width {
			b.then(digit)
		}
	case p.typ.Kind == KindInt:
		ends := []int32{b.step(b.front, bytesBetween('0', '0'))}
		b.then(bytesBetween('1', '9'))
		ends = append(ends, b.front...)
		for range maxDigits - 1 {
			b.then(digit)
			ends = append(ends, b.front...)
		}
		b.front = ends
	case p.typ.Kind == KindUUID:
		hex := digit
		hex.add('a', 'f')
		hex.add('A', 'F')
		for _, c := range []byte(uuidForm) {
			if c == '-' {
				b.then(bytesBetween('-', '-'))
			} else {
				b.then(hex)
			}
		}
	case p.typ.Kind == KindEnum:
		b.enum(p.values)
	case p.typ.Kind == KindDate:
		b.date(&p.layout)
	}
}

func (b *builder) enum(values []string) {
	start := b.front
	var ends []int32
	for _, v := range values {
		b.front = start
		b.text(v)
		ends = append(ends, b.front...)
	}
	b.front = ends
}

func (b *builder) date(l *dateLayout) {
	for _, f := range l.fields {
		switch f.unit {
		case 0:
			b.text(f.text)
		case 'Y':
			for range f.text {
				b.then(bytesBetween('0', '9'))
			}
		default:
			b.twoDigits(f.unit)
		}
	}
}

func (b *builder) twoDigits(unit rune) {
	start := b.front
	var ends []int32
	for _, u := range dateUnits {
		if u.unit != unit {
			continue
		}
		for tens := u.low / 10; tens <= u.top/10; tens++ {
			b.front = start
			b.then(bytesBetween(byte('0'+tens), byte('0'+tens)))
			b.then(bytesBetween(byte('0'+max(0, u.low-10*tens)), byte('0'+min(9, u.top-10*tens))))
			ends = append(ends, b.front...)
		}
	}
	b.front = ends
}

// classes groups the bytes that no edge tells apart, or the rule for dots.
func (b *builder) classes(a *automaton) (examples []byte) {
	sets := []byteSet{bytesBetween('.', '.'), nameBytes()}
	for _, edges := range b.edges {
		for _, e := range edges {
			if !slices.Contains(sets, e.on) {
				sets = append(sets, e.on)
			}
		}
	}
	known := map[string]uint8{}
	for c := range 256 {
		member := make([]byte, len(sets))
		for i := range sets {
			if sets[i].has(byte(c)) {
				member[i] = 1
			}
		}
		class, ok := known[string(member)]
		if !ok {
			class = uint8(len(known))
			known[string(member)] = class
			a.sizes, examples = append(a.sizes, 0), append(examples, byte(c))
		}
		a.class[c] = class
		a.sizes[class]++
	}
	return examples
}

// place is a state of the deterministic automaton: states of the builder in order,
// and how many dots have been read if nothing else has.
type place struct {
	states []int32
	dots   int
}

// otherThanDots says that the text cannot be "." or ".." any more.
const otherThanDots = 3

func (p *place) key() string {
	k := binary.AppendVarint(nil, int64(p.dots))
	for _, s := range p.states {
		k = binary.AppendVarint(k, int64(s))
	}
	return string(k)
}

// determine makes the automaton deterministic, without the names "." and "..". It
// returns nil if there are too many states.
func (b *builder) determine() *automaton {
	a := &automaton{}
	examples := b.classes(a)
	places := []place{{states: []int32{0}}}
	known := map[string]int32{places[0].key(): 0}
	for i := 0; i < len(places); i++ {
		p := places[i]
		end := slices.ContainsFunc(p.states, func(s int32) bool { return slices.Contains(b.front, s) })
		a.accept = append(a.accept, end && p.dots != 1 && p.dots != 2)
		row := make([]int32, len(examples))
		for class, c := range examples {
			q := b.after(p, c)
			if len(q.states) == 0 {
				row[class] = none
				continue
			}
			k := q.key()
			to, ok := known[k]
			if !ok {
				if len(places) == maxStates {
					return nil
				}
				to = int32(len(places))
				known[k], places = to, append(places, q)
			}
			row[class] = to
		}
		a.next = append(a.next, row)
	}
	return a
}

func (b *builder) after(p place, c byte) place {
	q := place{dots: otherThanDots}
	if c == '.' && p.dots < otherThanDots {
		q.dots = p.dots + 1
	}
	for _, s := range p.states {
		for _, e := range b.edges[s] {
			if e.on.has(c) {
				q.states = append(q.states, e.to)
			}
		}
	}
	slices.Sort(q.states)
	q.states = slices.Compact(q.states)
	return q
}

// step returns the state after from, for a byte.
func (a *automaton) step(from int32, c byte) int32 {
	if from == none {
		return none
	}
	return a.next[from][a.class[c]]
}

func (a *automaton) accepts(state int32) bool { return state != none && a.accept[state] }
