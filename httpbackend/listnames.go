package httpbackend

import (
	"hash/maphash"
	"strconv"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// maxNames is how many names of a listing are remembered to find doubled ones. Of
// those after them only neighbours are compared.
const maxNames = 1 << 16

// nameSet finds names that come twice, in bounded memory: it keeps 64-bit hashes,
// of which two among 65,536 names are the same once in ten billion listings.
type nameSet struct {
	seed  maphash.Seed
	slots []uint64 // open addressing; 0 is free
	count int
	last  uint64
}

// add reports whether the name is new, as far as is known.
func (s *nameSet) add(name string) bool {
	if s.slots == nil {
		s.seed, s.slots = maphash.MakeSeed(), make([]uint64, 64)
	}
	h := max(maphash.String(s.seed, name), 1)
	repeats := h == s.last
	s.last = h
	i, found := s.find(h)
	if repeats || found {
		return false
	}
	if s.count == maxNames {
		return true
	}
	s.slots[i] = h
	if s.count++; 2*s.count > len(s.slots) {
		s.grow()
	}
	return true
}

// find returns the slot of a hash, or the free one where it belongs.
func (s *nameSet) find(h uint64) (i int, found bool) {
	mask := len(s.slots) - 1
	for i = int(h) & mask; s.slots[i] != 0; i = (i + 1) & mask {
		if s.slots[i] == h {
			return i, true
		}
	}
	return i, false
}

func (s *nameSet) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	for _, h := range old {
		if h != 0 {
			i, _ := s.find(h)
			s.slots[i] = h
		}
	}
}

// leftOut counts the items that cannot be shown.
type leftOut struct {
	count   int
	doubled int // among them, those whose name another item has
	example string
}

func (l *leftOut) add(name string) {
	if l.count == 0 {
		l.example = name
	}
	l.count++
}

// again counts an item whose name another one has.
func (l *leftOut) again(name string) {
	l.add(name)
	l.doubled++
}

// tell logs what was left out, and counts it.
func (l *leftOut) tell(o *Options, session string, dir storage.Path) {
	if l.count == 0 {
		return
	}
	if o.OnLeftOut != nil {
		o.OnLeftOut(o.mount, l.count)
	}
	o.Logger.Warn("names left out of a listing", "session", session, "path", dir, "count", l.count, "doubled", l.doubled,
		"example", strconv.QuoteToASCII(l.example[:min(len(l.example), 100)]))
}
