package mapping

import "math/big"

// usualLongest is the length in bytes of the longest names that file systems have;
// longer ones do not count where sets of names are ordered by their sizes.
const usualLongest = 255

// fewer orders automata by the number of names of the least length of which they have
// different numbers. A set of names comes before every set that it is a part of, and
// unlike being a part this is a weak order.
func fewer(a, b *automaton) int {
	ca, cb := newCensus(a), newCensus(b)
	// The numbers follow linear recurrences of the orders of the automata, so what
	// is equal for that long is equal for ever.
	for range min(usualLongest+1, len(a.next)+len(b.next)) {
		na, moreA := ca.names()
		nb, moreB := cb.names()
		if c := na.Cmp(nb); c != 0 {
			return c
		}
		if !moreA && !moreB {
			break
		}
		ca.grow()
		cb.grow()
	}
	return 0
}

// census counts the names of an automaton, those of one length after the other.
type census struct {
	a *automaton
	// bytes is how many bytes lead from one state to another.
	bytes []map[int32]int64
	// texts is how many texts of the present length lead to a state; nil is none.
	texts []*big.Int
}

func newCensus(a *automaton) *census {
	c := &census{a: a, texts: make([]*big.Int, len(a.next))}
	c.texts[0] = big.NewInt(1)
	for _, row := range a.next {
		bytes := map[int32]int64{}
		for class, to := range row {
			if to != none {
				bytes[to] += a.sizes[class]
			}
		}
		c.bytes = append(c.bytes, bytes)
	}
	return c
}

// names returns how many names have the present length, and whether there are longer
// texts.
func (c *census) names() (n *big.Int, more bool) {
	n = new(big.Int)
	for state, texts := range c.texts {
		if texts != nil {
			more = true
			if c.a.accept[state] {
				n.Add(n, texts)
			}
		}
	}
	return n, more
}

// grow goes on to the texts that are one byte longer.
func (c *census) grow() {
	next := make([]*big.Int, len(c.texts))
	var product, factor big.Int
	for state, texts := range c.texts {
		if texts == nil {
			continue
		}
		for to, bytes := range c.bytes[state] {
			if next[to] == nil {
				next[to] = new(big.Int)
			}
			next[to].Add(next[to], product.Mul(texts, factor.SetInt64(bytes)))
		}
	}
	c.texts = next
}
