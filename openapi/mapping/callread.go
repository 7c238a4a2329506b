package mapping

import (
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// callReader reads one call.
type callReader struct {
	b    *routeBuilder
	d    *draft
	o    *object
	c    *Call
	env  env // names of the request
	resp env // and of the answer
	verb Verb
	// kind is the verb that the grammar knows the call by: of a step, stepVerb.
	kind Verb
	// homeless are the rules of a list that have no items.
	homeless []node
}

func (b *routeBuilder) readCall(n node, kind Verb, d *draft, e env) *Call {
	o, ok := n.object(string(kind))
	if !ok {
		return nil
	}
	r := &callReader{b: b, d: d, o: o, c: &Call{Verb: kind, Pos: n.pos()}, env: e, verb: kind, kind: kind}
	if kind == lookupVerb {
		r.c.Verb = Stat // an answer is read as that of a stat is
	}
	o.only(shapeNamed(string(kind)), kind)
	r.readWhen()
	switch {
	case r.readStatic(), r.readFrom(), r.readSteps():
	case r.readOperation():
		r.readRequest()
		r.readAnswer()
	default:
		o.unknown(shapeNamed(string(kind)))
		return nil
	}
	if slices.Contains(uploads(), kind) {
		r.checkTransfer()
	}
	o.done(shapeNamed(string(kind)))
	return r.c
}

func (r *callReader) readWhen() {
	if n, ok := r.o.take("when"); ok {
		r.c.When = r.flagValue(n, "when", r.env)
	}
	if n, ok := r.o.take("else_on"); ok {
		r.c.ElseOn.addAll(n, "else_on")
	}
}

// flagValue reads a condition.
func (r *callReader) flagValue(n node, what string, e env) *Value {
	v := newValue(n, what, e)
	n.wants(v, what, flagResult)
	return v
}

// readRequest reads what is sent.
func (r *callReader) readRequest() {
	r.readSecurity()
	r.readResume()
	r.readBody()
	r.readParams()
	r.readRange()
	if n, ok := r.o.take("idempotency_key"); ok {
		r.c.IdempotencyKey = newValue(n, "idempotency_key", r.env)
	}
	if _, n, ok := r.o.takeText("if_match"); ok {
		r.c.IfMatch = n.isWord("if_match", "etag")
	}
	if n, ok := r.o.take("timeout"); ok {
		r.c.Timeout = n.duration("timeout")
	}
	if n, ok := r.o.take("redirects"); ok {
		r.readRedirects(n)
	}
}

func (r *callReader) readRedirects(n node) {
	for _, item := range n.oneOrMore() {
		text, ok := item.text("redirects")
		if !ok {
			continue
		}
		if text != SameOrigin {
			if checkOrigin(text) != nil {
				item.fault("redirects: want same-origin or an origin such as https://files.example, not %q", text)
				continue
			}
		}
		r.c.Redirects = append(r.c.Redirects, text)
	}
}

// readAnswer reads what the answer means.
func (r *callReader) readAnswer() {
	r.readFormat()
	r.readItems()
	r.resp = r.answerEnv()
	r.readOK()
	r.readFaults()
	r.c.Save = r.readSave(r.o, r.resp)
	if n, ok := r.o.take("cache"); ok {
		r.c.Cache = n.duration("cache")
	}
	if n, ok := r.o.take("reply"); ok {
		r.c.Reply = newValue(n, "reply", r.resp)
	}
	switch r.kind {
	case List:
		r.readRules()
	case Stat:
		r.readEntry()
	case Read:
		r.readRender()
	case Hash:
		r.readHash()
	case Space:
		r.readSpace()
	}
}

// answerEnv is the scope of values that see the answer: resp, problem, and item,
// which is one item where there are items, otherwise the answer's body.
func (r *callReader) answerEnv() env {
	body := r.bodySchema()
	e := r.env.withResp(body)
	if len(r.c.Listings) > 0 {
		body = r.itemSchema(r.c.Listings[0].Items)
	}
	return e.withAnswer("item", body)
}

// bodySchema is the schema of the answer; nil if nothing is known.
func (r *callReader) bodySchema() *openapi.Schema {
	if r.c.Format == XML {
		return nil // the schema speaks of the document, we of its elements
	}
	return r.c.Operation.AnswerSchema()
}

// readSave reads names to keep.
func (r *callReader) readSave(o *object, e env) []Saved {
	save, ok := o.takeObject("save")
	if !ok {
		return nil
	}
	var names []Saved
	for i := range save.fields {
		f := &save.fields[i]
		switch {
		case slices.Contains(reservedVars, f.key):
			o.faults.Add(f.pos, "save: %q is a reserved name; choose another", f.key)
		case r.d != nil && slices.Contains(r.d.Template.Vars(), f.key) && r.kind != List:
			o.faults.Add(f.pos, "save: %q is a variable of the path; choose another", f.key)
		default:
			if v := newValue(f.value, "save."+f.key, e); v != nil {
				names = append(names, Saved{f.key, v})
			}
		}
	}
	return names
}

// readSteps reads the calls of a chain. Each sees what those before it have saved.
func (r *callReader) readSteps() bool {
	n, ok := r.o.take("steps")
	if !ok {
		return false
	}
	e, streams := r.env, 0
	items := n.list("steps")
	for _, item := range items {
		step, saved := r.readStep(item, e)
		if step == nil {
			continue
		}
		r.c.Steps = append(r.c.Steps, step)
		e = saved
		if step.Body.Streams() {
			streams++
		}
	}
	if slices.Contains(uploads(), r.verb) && streams != 1 && len(items) > 0 && len(r.c.Steps) == len(items) {
		n.fault("steps: want one step with the content (body: stream), not %d", streams)
	}
	if abort, ok := r.o.take("on_abort"); ok {
		r.c.OnAbort, _ = r.readStep(abort, e)
	}
	r.readReply(e)
	return true
}

func (r *callReader) readReply(e env) {
	if n, ok := r.o.take("reply"); ok {
		r.c.Reply = newValue(n, "reply", e.withResp(nil))
	}
}

// readStep reads one step and returns what the next may use.
func (r *callReader) readStep(n node, e env) (*Call, env) {
	o, ok := n.object("step")
	if !ok {
		return nil, e
	}
	s := &callReader{b: r.b, d: r.d, o: o, c: &Call{Verb: r.verb, Pos: n.pos()}, env: e, verb: r.verb, kind: stepVerb}
	o.only(shapeNamed(string(stepVerb)), stepVerb)
	s.readWhen()
	if !s.readOperation() {
		o.unknown(shapeNamed(string(stepVerb)))
		return nil, e
	}
	s.readRequest()
	s.readAnswer()
	o.done(shapeNamed(string(stepVerb)))
	for _, saved := range s.c.Save {
		e = e.withBoth(saved.Name, saved.Value.kind.exprType(), anyType)
	}
	return s.c, e
}

func (r *callReader) readFrom() bool {
	_, n, ok := r.o.takeText("from")
	if !ok {
		return false
	}
	n.isWord("from", "lookup")
	if r.d.Lookup == nil {
		n.fault("from: the route has no lookup; add one, or say op")
	}
	r.c.FromLookup = true
	e := r.env
	if l := r.d.Lookup; l != nil && l.Operation != nil {
		schema := l.Operation.AnswerSchema()
		if len(l.Listings) > 0 {
			schema = itemSchema(schema, l.Listings[0].Items)
		}
		e = e.withAnswer("item", schema)
	}
	r.c.Entry = readRule(r.o, e)
	return true
}
