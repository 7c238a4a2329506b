package draft

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Mapping drafts a mapping for a document. The document is found as ref from the
// folder of name, the file that the draft is for; it need not exist. The draft can be
// loaded with [mapping.Parse] under that name.
func Mapping(name, ref string, d *openapi.Document) ([]byte, error) {
	p := &planner{used: map[*openapi.Operation]bool{}}
	root, out := grow(d)
	p.left = out
	p.plan(root)
	p.join()
	s := &sheet{ref: ref, doc: d, routes: p.routes, left: p.left}
	return s.settle(name)
}

// tries bounds how often the draft is read back and mended.
const tries = 8

// settle writes the draft, reads it back, and turns into comments what cannot be
// loaded, until all of it can.
func (s *sheet) settle(name string) ([]byte, error) {
	for range tries {
		text := s.write()
		_, err := mapping.Parse(name, text)
		if err == nil {
			return text, nil
		}
		problems, ok := errors.AsType[openapi.Problems](err)
		if !ok {
			return nil, err
		}
		if !s.blame(name, problems) {
			break
		}
	}
	for _, r := range s.routes {
		r.give(s, "the draft could not be loaded with it")
	}
	s.routes = nil
	text := s.write()
	if _, err := mapping.Parse(name, text); err != nil {
		return nil, fmt.Errorf("the document cannot be mapped: %w", err)
	}
	return text, nil
}

// give leaves all calls of a route out.
func (r *route) give(s *sheet, why string) {
	for _, c := range r.calls {
		if c.op != nil && !slices.ContainsFunc(s.left, func(l left) bool { return l.op.Name() == c.op.Name() }) {
			s.left = append(s.left, left{&c.op.OperationInfo, cmp.Or(c.off, why)})
		}
	}
}

// blame finds out what in the draft the problems are about, and turns it into
// comments. It reports whether it found anything.
func (s *sheet) blame(name string, problems openapi.Problems) bool {
	found := false
	for _, p := range problems {
		if p.Pos.File != name {
			continue
		}
		for _, span := range s.spans {
			if p.Pos.Line < span.first || p.Pos.Line > span.last {
				continue
			}
			found = true
			if span.call != nil {
				span.call.off = cmp.Or(span.call.off, remark(p.Text))
			} else {
				span.route.give(s, remark(p.Text))
				s.routes = slices.DeleteFunc(s.routes, func(r *route) bool { return r == span.route })
			}
			break
		}
	}
	return found
}

// span is the lines of a call, or of the head of a route.
type span struct {
	first, last int
	route       *route
	call        *call // nil: the head
}

// sheet is the draft as it is written.
type sheet struct {
	ref    string
	doc    *openapi.Document
	routes []*route
	left   []left

	out   bytes.Buffer
	spans []span
}
