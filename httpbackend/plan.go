package httpbackend

import (
	"slices"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// callPlan is what a call reads of its answer, found out once.
type callPlan struct {
	// item: the body of the answer is read whole and decoded, for values that see it.
	item bool
	// resp: values see resp; respBody: its body too.
	resp, respBody bool
	// digest: values of the call or its steps see the digest of the content.
	digest bool
	// lax: the body of the answer is read for the text of a reply only, which has no
	// say in the outcome.
	lax bool
	// rules of a listing, entry, that of a stat, and render, that of a file made of items.
	rules  map[*mapping.Rule]*rulePlan
	entry  *rulePlan
	render *itemPlan
}

// newCallPlans makes the plans of all calls of a mapping.
func newCallPlans(m *mapping.Mapping) map[*mapping.Call]*callPlan {
	plans := map[*mapping.Call]*callPlan{}
	m.Each(func(c *mapping.Call) { plans[c] = newCallPlan(c, m.Routes) })
	m.Each(func(c *mapping.Call) {
		// The reply of a chain sees the answer of its last step that is made.
		for _, s := range slices.Backward(c.Steps) {
			plans[s].noteReply(s, c.Reply)
			if s.When == nil {
				return
			}
		}
	})
	return plans
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
	p.digest = usesDigest(c)
	p.noteReply(c, c.Reply)
	return p
}

// noteReply notes what the text of a reply sees.
func (p *callPlan) noteReply(c *mapping.Call, reply *mapping.Value) {
	needed := p.whole(c) && !p.lax
	p.item = p.item || len(reply.UsesOf("item")) > 0
	p.note(reply)
	p.lax = !needed && p.whole(c)
}

// usesDigest reports whether a value of the call or its steps sees the digest of the
// content.
func usesDigest(c *mapping.Call) bool {
	for _, v := range append(append(c.Inputs(), answerValues(c)...), c.Reply) {
		for _, use := range v.UsesOf("transfer") {
			if len(use) == 0 || use[0] == "sha256" {
				return true
			}
		}
	}
	return slices.ContainsFunc(c.Steps, usesDigest) || c.OnAbort != nil && usesDigest(c.OnAbort)
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

// answerValues are the values of a call that see the whole answer, without its reply.
func answerValues(c *mapping.Call) []*mapping.Value {
	vs := []*mapping.Value{c.Exists, c.Digest, c.Free, c.Total}
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
