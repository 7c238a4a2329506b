package mapping

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr/types"

	"github.com/ftpbridge/bridge/openapi"
)

var anyType = types.Any

// Rule turns an item of an answer into an entry. A value that is nil is not told.
type Rule struct {
	// When chooses the items that the rule is for; nil takes all.
	When *Value
	// Name is nil where the name follows from Route, or is known from the path.
	Name                                 *Value
	Type, Size, ModTime, ETag, Permitted *Value
	// Route, if not nil, is what the entry is a path of. Its name is rendered from
	// the variables of the listed directory and from Bind.
	Route *Route
	Bind  []Saved
	// Save are the names kept with the entry.
	Save []Saved
}

// Values returns the values of the rule that are there, but for When.
func (r *Rule) Values() []*Value {
	var vs []*Value
	for _, v := range []*Value{r.Name, r.Type, r.Size, r.ModTime, r.ETag, r.Permitted} {
		if v != nil {
			vs = append(vs, v)
		}
	}
	for _, s := range r.Bind {
		vs = append(vs, s.Value)
	}
	for _, s := range r.Save {
		vs = append(vs, s.Value)
	}
	return vs
}

// readRule takes the fields of an entry out of o.
func readRule(o *object, e env) *Rule {
	value := func(key string, want ...resultKind) *Value {
		n, ok := o.take(key)
		if !ok {
			return nil
		}
		v := newValue(n, key, e)
		n.wants(v, key, want...)
		return v
	}
	r := &Rule{
		Type: value("type", textResult), Size: value("size", wholeResult, numberResult, textResult),
		ModTime: value("mtime", textResult, timeResult), ETag: value("etag", textResult, wholeResult),
		Permitted: value("permissions", listResult),
	}
	if n, ok := o.peek("type"); ok && r.Type != nil {
		if word, ok := r.Type.Constant(); ok && word != "file" && word != "dir" {
			n.fault("type: want file or dir, not %q", Text(word))
		}
	}
	return r
}

// readItems takes the places of items and the paging.
func (r *callReader) readItems() {
	if n, ok := r.o.take("items"); ok {
		r.c.Listings = []*Listing{{Items: readPointer(n, "items")}}
		r.checkItems(n, r.c.Listings[0].Items)
	}
	if n, ok := r.o.take("page"); ok {
		r.c.Page = r.readPage(n)
	}
	if n, ok := r.o.take("max_pages"); ok {
		r.c.MaxPages = n.positive("max_pages")
	}
	if n, ok := r.o.take("max_items"); ok {
		r.c.MaxItems = n.positive("max_items")
	}
	if n, ok := r.o.take("where"); ok {
		r.c.Where = r.flagValue(n, "where", r.env.withAnswer("item", r.firstItemSchema()))
		if len(r.c.Listings) == 0 {
			n.fault(`where: "items" is missing: which items are there to choose from?`)
		}
	}
}

func (r *callReader) firstItemSchema() *openapi.Schema {
	if len(r.c.Listings) == 0 {
		return nil
	}
	return r.itemSchema(r.c.Listings[0].Items)
}

// itemSchema is the schema of the items at a place of the answer.
func (r *callReader) itemSchema(at Pointer) *openapi.Schema { return itemSchema(r.bodySchema(), at) }

func itemSchema(body *openapi.Schema, at Pointer) *openapi.Schema {
	s, ok := body.At(at)
	if !ok || s == nil {
		return nil
	}
	if s.Type == "array" {
		return s.Items
	}
	return nil
}

// checkItems reports items where the schema has no list.
func (r *callReader) checkItems(n node, at Pointer) {
	body := r.bodySchema()
	if body == nil || r.c.Format == NDJSON {
		return
	}
	s, ok := body.At(at)
	switch {
	case !ok:
		n.fault("items: the answer of %s has no %s%s", r.c.Operation.Name(), at, pointerHint(body, at))
	case s != nil && s.Type != "" && s.Type != "array" && s.Type != "object":
		n.fault("items: %s of the answer of %s is not a list but %s %s", at, r.c.Operation.Name(), article(s.Type), s.Type)
	}
}

// readRules takes the rules of a list.
func (r *callReader) readRules() {
	c := r.c
	if n, ok := r.o.take("if_empty"); ok {
		c.EmptyIsNone = n.isWord("if_empty", "not-found")
	}
	each, ok := r.o.take("each")
	if !ok {
		r.o.fault(`list: "each" is missing: how does an item become an entry?`)
	} else {
		rules := each.list("each")
		if rules != nil && len(rules) == 0 {
			each.fault("each: want at least one rule, as in - name: =item.name")
		}
		for _, rule := range rules {
			r.readEach(rule)
		}
	}
	if len(c.Listings) == 0 {
		r.o.fault(`list: "items" is missing: where in the answer is the list?`)
		r.homeless = nil
	}
	for _, rule := range r.homeless {
		rule.fault(`each: "items" is missing, and the list has none: where are the items of this rule?`)
	}
	if ok {
		r.warnListing(each)
	}
}

// warnListing tells of listings that clients will find poor.
func (r *callReader) warnListing(each node) {
	size, when := false, false
	files := false
	for _, l := range r.c.Listings {
		for _, rule := range l.Rules {
			if word, ok := rule.Type.constantText(); ok && word == "dir" || rule.Route != nil && rule.Route.Template.Dir {
				continue
			}
			files = true
			size = size || rule.Size != nil || r.b.rendered(rule.Route)
			when = when || rule.ModTime != nil
		}
	}
	if files && !size {
		each.warn("list: no rule tells the size of files")
	}
	if files && !when {
		each.warn("list: no rule tells the time of files")
	}
	if r.c.Page == nil && !r.isHTTP() {
		for _, p := range r.c.Operation.Parameters {
			if looksPaged(p.Name) && p.In == "query" {
				r.o.warn("list: operation %s looks paged (%s), and there is no page", r.c.Operation.Name(), p.Name)
				return
			}
		}
	}
}

// rendered reports whether the files of a route are made from items when they are
// read, so that nobody knows their size before.
func (b *routeBuilder) rendered(route *Route) bool {
	for _, d := range b.drafts {
		if d.Route != route {
			continue
		}
		for _, call := range d.o.callsOf(Read) {
			if _, ok := call.peek("render"); ok {
				return true
			}
		}
	}
	return false
}

func looksPaged(param string) bool {
	switch param {
	case "page", "cursor", "offset", "page_token", "pageToken", "marker", "continuation_token", "skip", "$skip", "next_token":
		return true
	}
	return false
}

func (r *callReader) readEach(n node) {
	o, ok := n.object("each")
	if !ok {
		return
	}
	into := r.placeOf(o)
	if into == nil {
		return
	}
	e := r.env.withResp(nil).withAnswer("item", r.itemSchema(into.Items))
	rule := readRule(o, e)
	if when, ok := o.take("when"); ok {
		rule.When = r.flagValue(when, "when", e)
	}
	name, hasName := o.take("name")
	if hasName {
		rule.Name = newValue(name, "name", e)
		name.wants(rule.Name, "name", textResult, wholeResult, numberResult)
	}
	r.readTarget(o, rule, e, hasName)
	rule.Save = r.readSave(o, e)
	for _, s := range rule.Save {
		if rule.Route != nil && slices.Contains(rule.Route.Template.Vars(), s.Name) {
			o.faults.Add(s.Value.Pos, "save: %q is a variable of the path; choose another", s.Name)
		}
	}
	o.finish("each")
	into.Rules = append(into.Rules, rule)
}

// placeOf finds the items that a rule is for: its own, or those of the list.
func (r *callReader) placeOf(o *object) *Listing {
	n, ok := o.take("items")
	if !ok {
		if len(r.c.Listings) == 0 {
			r.homeless = append(r.homeless, o.node)
			return nil
		}
		return r.c.Listings[0]
	}
	at := readPointer(n, "items")
	r.checkItems(n, at)
	for _, l := range r.c.Listings {
		if l.Items.String() == at.String() {
			return l
		}
	}
	l := &Listing{Items: at}
	r.c.Listings = append(r.c.Listings, l)
	return l
}

// readTarget reads the route that entries are paths of, and the values of its variables.
func (r *callReader) readTarget(o *object, rule *Rule, e env, hasName bool) {
	id, n, ok := o.takeText("route")
	bind, hasBind := o.takeObject("bind")
	switch {
	case n.ast == nil && !hasName:
		o.fault(`each: "name" is missing, or "route" and "bind"`)
	case n.ast != nil && hasName:
		n.fault(`each: want "name" or "route", not both`)
		return
	case hasBind && n.ast == nil:
		bind.fault(`bind: of which "route" are the variables?`)
	}
	if !ok {
		return
	}
	target := r.b.ids[id]
	if target == nil {
		n.fault("each: no route has the id %q%s", id, didYouMean(id, r.b.idNames()))
		return
	}
	rule.Route = target.Route
	have := map[string]bool{}
	for _, name := range r.d.Template.Vars() {
		have[name] = true
	}
	if hasBind {
		for _, p := range bind.pairs("bind", e) {
			if _, ok := target.Template.Type(p.name); !ok {
				bind.fault("bind: route %q has no variable %q%s", id, p.name, didYouMean(p.name, target.Template.Vars()))
				continue
			}
			have[p.name] = true
			rule.Bind = append(rule.Bind, Saved{p.name, p.value})
		}
	}
	for _, name := range target.Template.Vars() {
		if !have[name] {
			n.fault("each: nothing is bound to {%s} of route %q", name, id)
		}
	}
	if target.Template.rest != "" {
		n.fault("each: route %q ends in a rest, so that it gives no name; say name", id)
	} else if parent, ok := target.Template.Parent(); ok && !parent.sameDir(r.d.Template) {
		n.fault("each: route %q is %s, which does not lie in %s", id, target.Template, r.d.Template)
	}
}

func (b *routeBuilder) idNames() []string {
	return slices.Sorted(maps.Keys(b.ids))
}

func readPointer(n node, what string) Pointer {
	text, ok := n.text(what)
	if !ok {
		return nil
	}
	p, err := ParsePointer(text)
	if err != nil {
		n.fault("%s: %q is %s", what, text, err)
	}
	return p
}
