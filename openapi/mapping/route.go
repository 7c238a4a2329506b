package mapping

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/types"
)

// routeBuilder reads the routes of one mapping, which may name each other.
type routeBuilder struct {
	m      *Mapping
	env    env
	drafts []*draft
	ids    map[string]*draft
	// saved are the names that rules without a route save with their entries.
	saved map[string]bool
}

// draft is a route that is being read.
type draft struct {
	*Route
	o      *object
	saved  map[string]bool // by its lookup, its calls and rules that lead to it
	parent string
	at     node // of parent
	state  draftState
}

type draftState uint8

const (
	unlinked draftState = iota
	linking
	linked
)

func (m *Mapping) newRouteBuilder() *routeBuilder {
	names := slices.Collect(maps.Keys(m.Variables))
	names = append(names, placeholders(m.Server)...)
	return &routeBuilder{m: m, env: newEnv(names), ids: map[string]*draft{}, saved: map[string]bool{}}
}

// readRoutes reads the routes in three passes: what they are, what they save, what
// they call.
func (b *routeBuilder) readRoutes(routes []*object) {
	for _, o := range routes {
		if d := b.readHead(o); d != nil {
			b.drafts = append(b.drafts, d)
		}
	}
	for _, d := range b.drafts {
		b.findSaved(d)
	}
	for _, d := range b.drafts {
		b.link(d)
	}
	for _, d := range b.drafts {
		b.readCalls(d)
		b.m.Routes = append(b.m.Routes, d.Route)
	}
}

// readHead reads what a route is.
func (b *routeBuilder) readHead(o *object) *draft {
	src, path, ok := o.takeText("path")
	if !ok {
		return nil
	}
	d := &draft{Route: &Route{Pos: path.pos(), Calls: map[Verb][]*Call{}}, o: o, saved: map[string]bool{}}
	var err error
	if d.Template, err = ParseTemplate(src); err != nil {
		path.templateFault(err)
		return nil
	}
	b.narrow(d)
	if tree, ok := o.take("tree"); ok {
		if d.Tree = tree.flag("tree"); d.Tree && d.Template.rest == "" {
			tree.fault("tree: the path must end with a rest, as in /{path...}")
		}
	}
	if id, n, ok := o.takeText("id"); ok {
		if other := b.ids[id]; other != nil {
			n.fault("id %q is also that of %s at %s; choose another", id, other.Template, other.Pos)
		}
		d.ID, b.ids[id] = id, d
	}
	d.parent, d.at, _ = o.takeText("parent")
	return d
}

// narrow gives variables without a type that of the parameter of their name.
func (b *routeBuilder) narrow(d *draft) {
	if b.m.Document == nil {
		return
	}
	for _, verb := range verbs() {
		for _, call := range d.o.callsOf(verb) {
			op, ok := b.m.Document.Operation(call.peekText("op"))
			if !ok {
				continue
			}
			params, _ := call.peek("params")
			for _, p := range op.Parameters {
				if p.In == "path" && p.Schema != nil && !params.isBound(p.Name) {
					d.Template = d.Template.narrowed(p.Name, p.Schema)
				}
			}
		}
	}
}

// isBound reports whether the params of a call, if there are any, name a parameter.
func (n node) isBound(name string) bool {
	if n.ast == nil || !n.isObject() {
		return false
	}
	o, _ := n.quiet().object("params")
	for _, f := range o.fields {
		if f.key == name || f.key == "path."+name {
			return true
		}
	}
	return false
}

// callsOf returns the calls of a verb, to look ahead.
func (o *object) callsOf(verb Verb) []*object {
	n, ok := o.peek(string(verb))
	if !ok {
		return nil
	}
	var calls []*object
	for _, call := range n.quiet().oneOrMore() {
		if c, ok := call.object(""); ok {
			calls = append(calls, c)
		}
	}
	return calls
}

// oneOrMore returns the items of a list, or what is no list as the only item.
func (n node) oneOrMore() []node {
	if n.isList() {
		return n.list("")
	}
	return []node{n}
}

// findSaved notes the names that the calls and rules of d save, with the routes that
// they are saved for.
func (b *routeBuilder) findSaved(d *draft) {
	d.o.savedNames(d.saved)
	if lookup, ok := d.o.peek("lookup"); ok && lookup.isObject() {
		o, _ := lookup.quiet().object("")
		o.savedNames(d.saved)
	}
	for _, verb := range verbs() {
		for _, call := range d.o.callsOf(verb) {
			call.savedNames(d.saved)
			call.savedInSteps(d.saved)
			each, ok := call.peek("each")
			if !ok {
				continue
			}
			for _, rule := range each.quiet().list("") {
				r, ok := rule.object("")
				if !ok {
					continue
				}
				into := b.saved
				if target := b.ids[r.peekText("route")]; target != nil {
					into = target.saved
				}
				r.savedNames(into)
			}
		}
	}
}

// savedInSteps adds the names that the steps of a chain save.
func (o *object) savedInSteps(names map[string]bool) {
	steps, ok := o.peek("steps")
	if !ok || !steps.isList() {
		return
	}
	for _, step := range steps.quiet().list("") {
		if s, ok := step.object(""); ok {
			s.savedNames(names)
		}
	}
}

// savedNames adds the keys of save to names.
func (o *object) savedNames(names map[string]bool) {
	save, ok := o.peek("save")
	if !ok || !save.isObject() {
		return
	}
	s, _ := save.quiet().object("")
	for _, f := range s.fields {
		names[f.key] = true
	}
}

// link finds the parent of d and reads its lookup, those of its parents first.
func (b *routeBuilder) link(d *draft) {
	if d.state != unlinked {
		return
	}
	d.state = linking
	defer func() { d.state = linked }()
	if d.at.ast != nil {
		switch p := b.ids[d.parent]; {
		case p == nil:
			d.at.fault("parent: no route has the id %q%s", d.parent, didYouMean(d.parent, b.idNames()))
		case p.state == linking:
			d.at.fault("parent: the routes are each other's parents")
		case !d.Template.contains(p.Template):
			d.at.fault("parent: %s lacks a variable of %s; a parent is the route of a folder above", d.Template, p.Template)
		default:
			b.link(p)
			d.Parent = p.Route
			maps.Copy(d.saved, p.saved)
		}
	}
	if n, ok := d.o.take("lookup"); ok {
		if c := b.readCall(n, lookupVerb, d, b.scope(d)); c != nil {
			d.Lookup = c
		}
	}
}

// contains reports whether every variable of parent is one of t.
func (t *Template) contains(parent *Template) bool {
	for _, name := range parent.Vars() {
		if !slices.Contains(t.Vars(), name) {
			return false
		}
	}
	return true
}

// scope is what the calls of d may use, whatever their verb.
func (b *routeBuilder) scope(d *draft) env {
	e := b.env
	for _, names := range []map[string]bool{b.saved, d.saved} {
		for name := range names {
			e = e.with(name, types.Any)
		}
	}
	return e.withVars(d.Template)
}

// readCalls reads the calls of d.
func (b *routeBuilder) readCalls(d *draft) {
	for _, verb := range verbs() {
		n, ok := d.o.take(string(verb))
		if !ok || n.isNull() {
			continue
		}
		calls := n.oneOrMore()
		for i, call := range calls {
			c := b.readCall(call, verb, d, b.scope(d).withVerb(verb))
			if c == nil {
				continue
			}
			if c.When == nil && len(c.ElseOn.classes)+len(c.ElseOn.single) == 0 && i+1 < len(calls) {
				calls[i+1].fault("%s: the call before this one has neither when nor else_on, so this one is never made", verb)
			}
			d.Calls[verb] = append(d.Calls[verb], c)
		}
	}
	d.o.finish("route")
}

// order sorts the routes so that the most specific come first, and reports those
// of which neither is.
func (m *Mapping) order(o *object) {
	slices.SortStableFunc(m.Routes, func(a, b *Route) int { return Compare(a.Template, b.Template) })
	for i, r := range m.Routes {
		for _, earlier := range m.Routes[:i] {
			if !Ambiguous(earlier.Template, r.Template) {
				continue
			}
			if !r.shares(earlier) {
				o.faultBoth(r, earlier)
				continue
			}
			example, _ := Overlap(earlier.Template, r.Template)
			if example != "" {
				example = ", as " + example + " shows"
			}
			o.faults.Add(r.Pos, "path %s matches the same as %s at %s%s; make one of them more specific", r.Template, earlier.Template, earlier.Pos, example)
		}
	}
}

// faultBoth reports verbs of r that are never asked for, as earlier, which matches the
// same, has them too. A stat goes on from one to the other.
func (o *object) faultBoth(r, earlier *Route) {
	for _, verb := range verbs() {
		if verb != Stat && len(r.Calls[verb]) > 0 && len(earlier.Calls[verb]) > 0 {
			o.faults.Add(r.Calls[verb][0].Pos, "%s: path %s matches the same as %s at %s, which has %s too; leave it out of one of them", verb, r.Template, earlier.Template, earlier.Pos, verb)
		}
	}
}

// shares reports whether some path could mean either route: one of files and one of
// directories are told apart by their verbs.
func (r *Route) shares(other *Route) bool {
	return r.Tree || other.Tree || r.Template.Dir == other.Template.Dir
}
