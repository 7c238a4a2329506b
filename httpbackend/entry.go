package httpbackend

import (
	"fmt"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

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
// which both have. A stat takes none: it goes on to the next route where one finds nothing.
func rivalsOf(r *mapping.Route, routes []*mapping.Route) []*mapping.Template {
	var rivals []*mapping.Template
	for _, other := range routes {
		if r == nil || other == r {
			break
		}
		for verb := range r.Calls {
			if verb == mapping.Stat || len(other.Calls[verb]) == 0 {
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
// Where these make none, or another route takes its path, it says why.
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
			return text + ": " + other.String() + " takes this path", false
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
