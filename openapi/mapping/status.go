package mapping

import (
	"slices"

	"github.com/goccy/go-yaml/ast"
)

// Statuses is a set of HTTP statuses: whole classes, or single ones.
type Statuses struct {
	classes []int // 2 for 2xx
	single  []int
}

// Has reports whether status is in the set.
func (s Statuses) Has(status int) bool {
	return slices.Contains(s.classes, status/100) || slices.Contains(s.single, status)
}

// add reads a status from the mapping, as in 404 or 2xx.
func (s *Statuses) add(n node, what string) {
	v, _ := n.scalar()
	switch v := v.(type) {
	case int64:
		if v >= 100 && v <= 599 {
			s.single = append(s.single, int(v))
			return
		}
	case string:
		if len(v) == 3 && v[0] >= '1' && v[0] <= '5' && v[1:] == "xx" {
			s.classes = append(s.classes, int(v[0]-'0'))
			return
		}
	}
	n.fault("%s: want a status, as in 404 or 2xx", what)
}

// addAll reads one status or a list of them.
func (s *Statuses) addAll(n node, what string) {
	for _, status := range n.oneOrMore() {
		s.add(status, what)
	}
}

func (n node) isList() bool {
	_, ok := n.ast.(*ast.SequenceNode)
	return ok || n.items != nil
}

// readOK takes the statuses that mean success; the default is 2xx.
func (r *callReader) readOK() {
	n, ok := r.o.take("ok")
	if !ok {
		r.c.OK = Statuses{classes: []int{2}}
		return
	}
	r.c.OK.addAll(n, "ok")
}
