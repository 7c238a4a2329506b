package httpbackend

import (
	"fmt"

	"github.com/ftpbridge/bridge/ftpfront/storage"
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

// rulePlan is how a rule of the mapping makes entries of items.
type rulePlan struct {
	*itemPlan
	rule *mapping.Rule
	// bind and save are the columns of the rule's own variables and saved names.
	bind, save int
	// rivals are more specific than the rule's route: what matches one of them is
	// no path of that route.
	rivals []*mapping.Template
}

// The first columns of a rule. Those of its Bind and its Save follow.
const (
	nameColumn = iota
	typeColumn
	sizeColumn
	timeColumn
	etagColumn
	permColumn
	numColumns
)

func newRulePlan(r *mapping.Rule) *rulePlan {
	values := []*mapping.Value{r.Name, r.Type, r.Size, r.ModTime, r.ETag, r.Permitted}
	for _, list := range [][]mapping.Saved{r.Bind, r.Save} {
		for _, s := range list {
			values = append(values, s.Value)
		}
	}
	p := &rulePlan{itemPlan: newItemPlan(values...), rule: r, bind: numColumns, save: numColumns + len(r.Bind)}
	if r.When != nil {
		p.decode(r.When)
	}
	return p
}

// rivalsOf finds the routes, ordered as in a mapping, that take paths of r for a verb
// which both have.
func rivalsOf(r *mapping.Route, routes []*mapping.Route) []*mapping.Template {
	var rivals []*mapping.Template
	for _, other := range routes {
		if r == nil || other == r {
			break
		}
		for verb := range r.Calls {
			if len(other.Calls[verb]) == 0 {
				continue
			}
			if _, ok := mapping.Overlap(r.Template, other.Template); ok {
				rivals = append(rivals, other.Template)
			}
			break
		}
	}
	return rivals
}

// usesMembers reports whether the rule reads items as the members of an object are
// seen: by their key or value.
func (p *rulePlan) usesMembers() bool {
	for _, n := range []*fieldNode{p.picked, p.decoded} {
		if n != nil && (n.whole || n.kids["key"] != nil || n.kids["value"] != nil) {
			return true
		}
	}
	return false
}

// ruleReader makes entries by a rule, for one listing or stat.
type ruleReader struct {
	*itemReader
	plan *rulePlan
	dir  storage.Path
	vars map[string]any // those of the path, and what is bound
	name []byte
}

// reader makes the reader of a rule. dir is what is listed, vars its variables.
func (p *rulePlan) reader(scope mapping.Scope, dir storage.Path, vars map[string]any) *ruleReader {
	r := &ruleReader{itemReader: newItemReader(p.itemPlan, scope), plan: p, dir: dir}
	if p.rule.Route != nil {
		r.vars = make(map[string]any, len(vars)+len(p.rule.Bind))
		for name, v := range vars {
			r.vars[name] = v
		}
	}
	return r
}

// read reads an item, unless the rule is not for it.
func (r *ruleReader) read(raw []byte) (fits bool, err error) {
	r.open(raw)
	if when := r.plan.rule.When; when != nil {
		v, err := r.eval.Eval(when, r.scope)
		if err != nil {
			return false, fmt.Errorf("%w: %w", errBadEntry, err)
		}
		if yes, ok := v.(bool); !ok || !yes {
			return false, nil
		}
	}
	return true, r.itemReader.read(raw)
}

// entry makes the entry of the item. It fails if the item is neither a file nor a
// directory, or if its values make no name. What else does not fit counts as not told.
func (r *ruleReader) entry() (e storage.Entry, ok bool) {
	f := r.cells
	if e.Name, ok = r.entryName(); !ok {
		return e, false
	}
	rule := r.plan.rule
	switch {
	case rule.Type == nil:
		if rule.Route != nil && rule.Route.Template.Dir {
			e.Type = storage.Dir
		}
	default:
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

// entryName is the name that the rule says, or that the route makes of its variables.
// Where these make none it says why.
func (r *ruleReader) entryName() (string, bool) {
	rule := r.plan.rule
	if rule.Route == nil {
		return r.cells[nameColumn].text(), true
	}
	for i, s := range rule.Bind {
		r.vars[s.Name] = r.cells[r.plan.bind+i].decoded()
	}
	name, err := rule.Route.Template.AppendName(r.name[:0], r.vars)
	r.name = name
	if err != nil {
		return err.Error(), false
	}
	text := string(name)
	for _, other := range r.plan.rivals {
		if other.Matches(string(r.dir.Join(text))) {
			return text, false
		}
	}
	return text, true
}

// saved returns the names that are kept with the entry, nil if there are none.
func (r *ruleReader) saved() map[string]any {
	names := r.plan.rule.Save
	if len(names) == 0 {
		return nil
	}
	m := make(map[string]any, len(names))
	for i, s := range names {
		m[s.Name] = r.cells[r.plan.save+i].decoded()
	}
	return m
}
