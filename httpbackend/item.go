package httpbackend

import (
	"fmt"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// itemPlan is how values read an item with the least work: fields that they merely
// pick are cut out of the JSON, and only what expressions read is decoded.
type itemPlan struct {
	columns []column
	picked  *fieldNode // where the picked fields are
	picks   bool       // there is one
	decoded *fieldNode // what expressions read of the item; nil: nothing
}

// column is one value: picked from the item, or computed.
type column struct {
	value  *mapping.Value // nil: not told
	picked bool
}

// fieldNode is a field of an item, or one on the way to such.
type fieldNode struct {
	name    string
	columns []int // that are picked here
	whole   bool  // everything from here on is decoded
	kids    map[string]*fieldNode
}

func newItemPlan(values ...*mapping.Value) *itemPlan {
	p := &itemPlan{picked: &fieldNode{}, columns: make([]column, len(values))}
	for i, v := range values {
		p.columns[i].value = v
		if v == nil {
			continue
		}
		if field, ok := v.Field(); ok {
			p.columns[i].picked, p.picks = true, true
			n := p.picked.at(field)
			n.columns = append(n.columns, i)
			continue
		}
		p.decode(v)
	}
	return p
}

// decode notes what v reads of the item.
func (p *itemPlan) decode(v *mapping.Value) {
	for _, field := range v.Uses() {
		if p.decoded == nil {
			p.decoded = &fieldNode{}
		}
		p.decoded.at(field).whole = true
	}
}

// readsItem reports whether anything of an item is read.
func (p *itemPlan) readsItem() bool { return p.decoded != nil || p.picks }

func (n *fieldNode) at(p mapping.Pointer) *fieldNode {
	for _, token := range p {
		if n.kids == nil {
			n.kids = map[string]*fieldNode{}
		}
		if n.kids[token] == nil {
			n.kids[token] = &fieldNode{name: token}
		}
		n = n.kids[token]
	}
	return n
}

// pick cuts the picked fields out of raw. They are valid as long as raw is.
func (n *fieldNode) pick(raw []byte, out []cell) {
	for _, i := range n.columns {
		out[i].raw = raw
	}
	if n.kids == nil {
		return
	}
	members(raw, func(name, value []byte) {
		if kid := n.kids[string(name)]; kid != nil {
			kid.pick(value, out)
		}
	})
}

// project decodes the part of raw that expressions read, into m if that is not nil.
// No expression sees m itself, only what is in it: otherwise n would be whole.
func (n *fieldNode) project(raw []byte, m map[string]any) any {
	if n.whole || len(raw) == 0 || raw[0] != '{' {
		return decode(raw)
	}
	if m == nil {
		m = make(map[string]any, len(n.kids))
	}
	clear(m)
	members(raw, func(name, value []byte) {
		if kid := n.kids[string(name)]; kid != nil {
			m[kid.name] = kid.project(value, nil)
		}
	})
	return m
}

// itemReader reads the items of one answer after the other by a plan.
type itemReader struct {
	plan   *itemPlan
	scope  mapping.Scope
	eval   mapping.Evaluator
	object map[string]any // of what is decoded
	cells  []cell         // the columns of the item
}

func newItemReader(p *itemPlan, scope mapping.Scope) *itemReader {
	return &itemReader{plan: p, scope: scope, object: map[string]any{}, cells: make([]cell, len(p.columns))}
}

// open makes an item that is not empty the one to be read. Of values that are
// evaluated, only those of the plan may see it.
func (r *itemReader) open(raw []byte) {
	if r.plan.decoded != nil {
		r.scope["item"] = r.plan.decoded.project(raw, r.object)
	}
}

// read fills the cells from the first n columns on. They are valid as long as raw is.
func (r *itemReader) read(raw []byte) error {
	clear(r.cells)
	r.plan.picked.pick(raw, r.cells)
	for i, c := range r.plan.columns {
		if c.value == nil || c.picked {
			continue
		}
		v, err := r.eval.Eval(c.value, r.scope)
		if err != nil {
			return fmt.Errorf("%w: %w", errBadEntry, err)
		}
		r.cells[i].value = v
	}
	return nil
}
