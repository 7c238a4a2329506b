package httpbackend

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// rulePlan is how a rule of the mapping reads an item with the least work: fields
// that it merely picks are cut out of the JSON, and only what expressions read is
// decoded.
type rulePlan struct {
	when    *mapping.Value
	columns [numColumns]column
	picked  *fieldNode // where the picked fields are
	picks   bool       // there is one
	decoded *fieldNode // what expressions read of the item; nil: nothing
}

// column is a field of the entry: picked from the item, or computed.
type column struct {
	value  *mapping.Value // nil: not told
	picked bool
}

// The columns of a rule.
const (
	nameColumn = iota
	typeColumn
	sizeColumn
	timeColumn
	etagColumn
	permColumn
	numColumns
)

// fieldNode is a field of an item, or one on the way to such.
type fieldNode struct {
	columns []int // that are picked here
	whole   bool  // everything from here on is decoded
	kids    map[string]*fieldNode
}

// rawFields are the columns of one item.
type rawFields [numColumns]cell

func newRulePlan(r *mapping.Rule) *rulePlan {
	p := &rulePlan{when: r.When, picked: &fieldNode{}}
	for i, v := range []*mapping.Value{r.Name, r.Type, r.Size, r.ModTime, r.ETag, r.Permitted} {
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
	if r.When != nil {
		p.decode(r.When)
	}
	return p
}

// decode notes what v reads of the item.
func (p *rulePlan) decode(v *mapping.Value) {
	for _, field := range v.Uses() {
		if p.decoded == nil {
			p.decoded = &fieldNode{}
		}
		p.decoded.at(field).whole = true
	}
}

func (n *fieldNode) at(p mapping.Pointer) *fieldNode {
	for _, token := range p {
		if n.kids == nil {
			n.kids = map[string]*fieldNode{}
		}
		if n.kids[token] == nil {
			n.kids[token] = &fieldNode{}
		}
		n = n.kids[token]
	}
	return n
}

// pick cuts the picked fields out of raw. They are valid as long as raw is.
func (n *fieldNode) pick(raw []byte, out *rawFields) {
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

// project decodes the part of raw that expressions read.
func (n *fieldNode) project(raw []byte) any {
	if n.whole || len(raw) == 0 || raw[0] != '{' {
		return decode(raw)
	}
	m := make(map[string]any, len(n.kids))
	members(raw, func(name, value []byte) {
		if kid := n.kids[string(name)]; kid != nil {
			m[string(name)] = kid.project(value)
		}
	})
	return m
}

// read fills out with the columns of an item, unless the rule is not for it.
func (p *rulePlan) read(raw []byte, scope mapping.Scope, out *rawFields) (fits bool, err error) {
	*out = rawFields{}
	if p.decoded != nil {
		scope["item"] = p.decoded.project(raw)
	}
	if p.when != nil {
		v, err := p.when.Eval(scope)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errBadEntry, err)
		}
		if yes, ok := v.(bool); !ok || !yes {
			return false, nil
		}
	}
	p.picked.pick(raw, out)
	for i, c := range p.columns {
		if c.value == nil || c.picked {
			continue
		}
		if out[i].value, err = c.value.Eval(scope); err != nil {
			return false, fmt.Errorf("%w: %w", errBadEntry, err)
		}
	}
	return true, nil
}

// entry makes the entry of the columns. It fails if the item is neither a file nor a
// directory. What else does not fit counts as not told.
func (p *rulePlan) entry(f *rawFields) (e storage.Entry, ok bool) {
	e.Name = f[nameColumn].text()
	if p.columns[typeColumn].value != nil {
		switch f[typeColumn].word() {
		case "file":
		case "dir":
			e.Type = storage.Dir
		default:
			return e, false
		}
	}
	e.Size = f[sizeColumn].size()
	e.ModTime = f[timeColumn].time()
	e.ETag = f[etagColumn].text()
	e.Permitted = f[permColumn].actions()
	return e, true
}

// readsItem reports whether the rule reads anything of an item.
func (p *rulePlan) readsItem() bool { return p.decoded != nil || p.picks }

// cell is one value of an entry: JSON cut out of an item, or what an expression gave.
type cell struct {
	raw   []byte
	value any
}

// text returns the value as text; absent and null are empty.
func (c cell) text() string {
	switch {
	case c.raw == nil:
		return mapping.Text(c.value)
	case c.raw[0] == '"':
		return string(unquote(c.raw))
	}
	return mapping.Text(decode(c.raw))
}

// word is text without an allocation for the words of the contract.
func (c cell) word() string {
	switch string(c.raw) {
	case `"file"`:
		return "file"
	case `"dir"`:
		return "dir"
	}
	return c.text()
}

// size returns a number of bytes; text counts if it is one, as in APIs that write
// large numbers so.
func (c cell) size() int64 {
	n, err := strconv.ParseInt(string(c.raw), 10, 64)
	if err != nil {
		v := c.value
		if c.raw != nil {
			v = decode(c.raw)
		}
		n = wholeNumber(v)
	}
	if n < 0 {
		return storage.UnknownSize
	}
	return n
}

func wholeNumber(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	}
	return storage.UnknownSize
}

// time returns a time given as RFC 3339 text or by an expression, else zero.
func (c cell) time() time.Time {
	if t, ok := c.value.(time.Time); ok {
		return t
	}
	text := unquote(c.raw)
	if s, ok := c.value.(string); ok {
		text = []byte(s)
	}
	var t time.Time
	if t.UnmarshalText(text) != nil {
		return time.Time{}
	}
	return t.UTC()
}

// actions returns the actions that a list of names permits. Unknown names permit nothing.
func (c cell) actions() storage.Actions {
	var a storage.Actions
	if c.raw != nil {
		elements(c.raw, func(name []byte) { a |= storage.ActionNamed(string(unquote(name))) })
		return a
	}
	list, _ := c.value.([]any)
	for _, name := range list {
		a |= storage.ActionNamed(mapping.Text(name))
	}
	return a
}
