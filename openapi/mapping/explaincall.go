package mapping

import (
	"fmt"
	"strings"
)

// head begins the explanation of a call.
func (e *explainer) head(what string, c *Call) {
	line := fmt.Sprintf("%s (%s)", what, c.Pos)
	if len(c.Save) > 0 {
		var names []string
		for _, s := range c.Save {
			names = append(names, s.Name)
		}
		line += " saves " + strings.Join(names, ", ")
	}
	e.line("%s", line)
}

// call explains one call of a verb; more says that another may be tried after it.
func (e *explainer) call(c *Call, q Question, more bool) {
	e.head(string(q.Verb), c)
	if e.when(c) == passedOver {
		return
	}
	switch {
	case c.Static != nil:
		e.static(c.Static)
	case c.FromLookup:
		e.line("  no request: the entry is the item that the lookup has found")
	case len(c.Steps) > 0:
		e.steps(c, q)
	default:
		e.request(c, q)
	}
	if more && (len(c.ElseOn.classes) > 0 || len(c.ElseOn.single) > 0) {
		e.line("  after an answer of %s the next call is tried", c.ElseOn)
	}
}

type condition uint8

const (
	isMade condition = iota
	passedOver
)

// when says whether a call is made.
func (e *explainer) when(c *Call) condition {
	if c.When == nil {
		return isMade
	}
	text := "=" + c.When.src
	if v, known := c.When.Constant(); known {
		text = Text(v)
	}
	if e.isUnknown(c.When) {
		e.line("  when %s (which only an answer tells)", text)
		return isMade
	}
	v, err := c.When.Eval(e.scope)
	switch {
	case err != nil:
		e.line("  when %s fails: %s", text, err)
		return passedOver
	case v == true:
		e.line("  when %s: so it is", text)
		return isMade
	}
	e.line("  when %s: it is not, so this call is passed over", text)
	return passedOver
}

// isUnknown reports whether a value depends on what only answers tell.
func (e *explainer) isUnknown(v *Value) bool {
	for _, name := range e.unknown {
		if len(v.UsesOf(name)) > 0 {
			return true
		}
	}
	return false
}

func (e *explainer) static(s *Static) {
	if s.Entries == nil {
		e.line("  no request: the mapping has the content, %d bytes", len(s.Content))
		return
	}
	var names []string
	for _, entry := range s.Entries {
		names = append(names, entry.Name)
	}
	e.line("  no request: the mapping has the entries %s", strings.Join(names, ", "))
}

// steps explains a chain.
func (e *explainer) steps(c *Call, q Question) {
	for i, s := range c.Steps {
		e.head(fmt.Sprintf("step %d", i+1), s)
		if e.when(s) == isMade {
			e.request(s, q)
		}
	}
	if c.OnAbort != nil {
		e.head("if that breaks off", c.OnAbort)
		if e.when(c.OnAbort) == isMade {
			e.request(c.OnAbort, q)
		}
	}
}

// pages says how the further pages of an answer are asked for.
func (e *explainer) pages(c *Call) {
	p := c.Page
	if p == nil {
		return
	}
	how := map[PageStyle]string{
		PageCursor: p.Param + "=<what the answer has at " + p.From.String() + ">",
		PageNumber: fmt.Sprintf("%s=%d, %d, …", p.Param, p.First+1, p.First+2),
		PageOffset: p.Param + "=<the number of items so far>",
		PageNext:   "the URL that the answer has at " + p.From.String(),
		PageLink:   "the URL of the header Link with rel=next",
		PageHeader: "the URL of the header " + p.Header,
	}[p.Style]
	if p.Style == PageHeader && p.Param != "" {
		how = p.Param + "=<what the header " + p.Header + " has>"
	}
	e.line("  further pages: %s", how)
}

// String lists the statuses as a mapping would.
func (s Statuses) String() string {
	var all []string
	for _, class := range s.classes {
		all = append(all, fmt.Sprintf("%dxx", class))
	}
	for _, status := range s.single {
		all = append(all, fmt.Sprint(status))
	}
	return strings.Join(all, ", ")
}
