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
	// rules of a listing, and entry, that of a stat.
	rules map[*mapping.Rule]*rulePlan
	entry *rulePlan
}

// newCallPlan looks through the values of a call that see its answer.
func newCallPlan(c *mapping.Call) *callPlan {
	p := &callPlan{rules: map[*mapping.Rule]*rulePlan{}}
	for _, v := range answerValues(c) {
		p.item = p.item || len(v.UsesOf("item")) > 0
		p.note(v)
	}
	for _, l := range c.Listings {
		for _, rule := range l.Rules {
			p.rules[rule] = newRulePlan(rule)
		}
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
