package httpbackend

import "github.com/ftpbridge/bridge/openapi/mapping"

// callPlan is what a call reads of its answer, found out once.
type callPlan struct {
	// item: the body of the answer is read whole and decoded, for values that see it.
	item bool
	// resp: values see resp; respBody: its body too.
	resp, respBody bool
	// transfer: values see the digest of the content.
	digest bool
	// rules of a listing, entry, that of a stat, and render, that of a file made of items.
	rules  map[*mapping.Rule]*rulePlan
	entry  *rulePlan
	render *itemPlan
}

// newCallPlan looks through the values of a call that see its answer. routes are all
// of its mapping.
func newCallPlan(c *mapping.Call, routes []*mapping.Route) *callPlan {
	p := &callPlan{rules: map[*mapping.Rule]*rulePlan{}}
	for _, v := range answerValues(c) {
		p.item = p.item || len(v.UsesOf("item")) > 0
		p.note(v)
	}
	for _, l := range c.Listings {
		for _, rule := range l.Rules {
			p.rules[rule] = newRulePlan(rule)
			p.rules[rule].rivals = rivalsOf(rule.Route, routes)
			p.noteHead(append(rule.Values(), rule.When)...)
		}
	}
	if c.Render != nil {
		p.render = newItemPlan(renderValues(c.Render)...)
		p.noteHead(renderValues(c.Render)...)
	}
	if c.Entry != nil {
		p.entry = newRulePlan(c.Entry)
		for _, v := range c.Entry.Values() {
			p.note(v)
		}
	}
	for _, v := range c.Inputs() {
		for _, use := range v.UsesOf("transfer") {
			p.digest = p.digest || len(use) == 0 || use[0] == "sha256"
		}
	}
	return p
}

func (p *callPlan) note(v *mapping.Value) {
	for _, use := range v.UsesOf("resp") {
		p.resp = true
		p.respBody = p.respBody || len(use) == 0 || use[0] == "body"
	}
}

// noteHead notes values that see the answer's status and header, while its body
// streams by.
func (p *callPlan) noteHead(values ...*mapping.Value) {
	for _, v := range values {
		p.resp = p.resp || len(v.UsesOf("resp")) > 0
	}
}

// answerValues are the values of a call that see the whole answer.
func answerValues(c *mapping.Call) []*mapping.Value {
	vs := []*mapping.Value{c.Exists, c.Digest, c.Free, c.Total, c.Reply}
	for _, s := range c.Save {
		vs = append(vs, s.Value)
	}
	for _, f := range c.Faults {
		vs = append(vs, f.When, f.Text)
	}
	return vs
}

// wantsJSON reports whether something is read out of the answer.
func (p *callPlan) wantsJSON(c *mapping.Call) bool {
	return len(c.Listings) > 0 || p.whole(c)
}

// whole reports whether the answer is read whole, as one JSON value.
func (p *callPlan) whole(c *mapping.Call) bool {
	return p.item || p.respBody || c.Digest != nil || c.Free != nil || p.entry != nil && p.entry.readsItem()
}
