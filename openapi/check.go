package openapi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// check reports where the document breaks the specification. Examples, defaults and
// patterns are left alone: the bridge uses none of them, and many documents have
// regular expressions that Go does not know.
func (l *loading) check(d *Document) (faults Problems) {
	options := []openapi3.ValidationOption{
		openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
		openapi3.DisableSchemaPatternValidation(), openapi3.EnableMultiError(),
		openapi3.AllowExtraSiblingFields("pathItems"), // of components since 3.1; kin-openapi does not know it
	}
	elsewhere, restore := cut(d.kin)
	defer restore()
	l.note(&faults, d.kin.Validate(context.Background(), options...))
	if d.kin.IsOpenAPI31OrLater() {
		options = append(options, openapi3.IsOpenAPI31OrLater())
	}
	if d.kin.IsOpenAPI32OrLater() {
		options = append(options, openapi3.IsOpenAPI32OrLater())
	}
	for _, s := range elsewhere {
		if err := s.schema.Validate(context.Background(), options...); err != nil {
			faults.Add(l.place(s.ref), "%s", oneLine(fmt.Sprintf("schema %s: %s", s.ref, err)))
		}
	}
	return faults
}

// place is where a reference leads that one of the files has.
func (l *loading) place(ref string) Position {
	for _, name := range slices.Sorted(maps.Keys(l.files)) {
		if s, m, err := l.follow(l.files[name], ref); err == nil {
			return s.position(m.key)
		}
	}
	return Position{File: l.root.name}
}

// found is a schema and what led to it.
type found struct {
	ref    string
	schema *openapi3.Schema
}

// cut takes the references between schemas apart, until restore is called, and returns
// the schemas which are then not reached any more: those of other files. kin-openapi
// validates a schema again for everything that refers to it, which takes quadratic time
// in documents whose schemas refer to each other, as most do.
func cut(t *openapi3.T) (elsewhere []found, restore func()) {
	var targets []found
	taken := map[*openapi3.SchemaRef]*openapi3.Schema{}
	seen := map[*openapi3.Schema]bool{}
	anything := &openapi3.Schema{}
	visit := func(_ string, ref *openapi3.SchemaRef) error {
		s := ref.Value
		if s == anything || seen[s] {
			return openapi3.SkipSubtree
		}
		seen[s] = true
		for _, part := range parts(s) {
			if part != nil && part.Ref != "" && part.Value != nil && part.Value != anything {
				targets = append(targets, found{part.Ref, part.Value})
				taken[part], part.Value = part.Value, anything
			}
		}
		return nil
	}
	_ = t.WalkSchemas(visit) // it fails only if visit does
	for len(targets) > 0 {
		next := targets[0]
		targets = targets[1:]
		if !seen[next.schema] {
			elsewhere = append(elsewhere, next)
			_ = (&openapi3.SchemaRef{Value: next.schema}).WalkSubtree(visit)
		}
	}
	return elsewhere, func() {
		for ref, value := range taken {
			ref.Value = value
		}
	}
}

// parts are the schemas that s is made of, as far as they are commonly references.
func parts(s *openapi3.Schema) []*openapi3.SchemaRef {
	refs := slices.Concat(s.AllOf, s.OneOf, s.AnyOf, s.PrefixItems)
	refs = append(refs, s.Items, s.Not, s.AdditionalProperties.Schema)
	for _, properties := range []openapi3.Schemas{s.Properties, s.PatternProperties, s.Defs} {
		for _, ref := range properties {
			refs = append(refs, ref)
		}
	}
	return refs
}

// note adds what kin-openapi found to faults.
func (l *loading) note(faults *Problems, err error) {
	if all, ok := err.(openapi3.MultiError); ok {
		for _, err := range all {
			l.note(faults, err)
		}
		return
	}
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*openapi3.DuplicateOperationIDError](err); ok {
		return // list has said it better
	}
	*faults = append(*faults, l.problem(err))
}

// components are the keys under components of what kin-openapi calls a section.
var components = map[string]string{
	"schema": "schemas", "parameter": "parameters", "header": "headers", "request body": "requestBodies",
	"response": "responses", "security scheme": "securitySchemes", "example": "examples", "link": "links",
	"callback": "callbacks",
}

// problem finds the place of an error from what kin-openapi wrapped around it.
func (l *loading) problem(err error) *Problem {
	pos, prefix, path := l.root.position(0), "", ""
	at := func(tokens ...string) Position {
		m, _ := l.root.find(tokens...)
		return l.root.position(m.key)
	}
	for {
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			pos, prefix, err = at(e.Section), e.Section+": ", e.Cause
		case *openapi3.PathValidationError:
			pos, prefix, err = l.places(e.Path)[""], e.Path+": ", e.Cause
			path = e.Path
		case *openapi3.OperationValidationError:
			pos, prefix, err = l.places(path).of(e.Method), e.Method+" "+path+": ", e.Cause
		case *openapi3.ComponentValidationError:
			pos, prefix, err = at("components", components[e.Section], e.Name), e.Section+" "+e.Name+": ", e.Cause
		case *openapi3.PathParametersError:
			text := fmt.Sprintf("%s %s: its parameters in path are not those of the template: %s", e.Method, e.Path, strings.Join(e.Missing, ", "))
			return &Problem{l.places(e.Path).of(e.Method), oneLine(text)}
		default:
			return &Problem{pos, oneLine(prefix + err.Error())}
		}
	}
}
