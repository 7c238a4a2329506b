package openapi

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// reducer makes Schemas. Each schema of the document is reduced once, so that cycles
// end and what is shared stays shared.
type reducer struct {
	done  map[*openapi3.Schema]*Schema
	kinds map[*openapi3.Schema]string
}

func newReducer() *reducer {
	return &reducer{map[*openapi3.Schema]*Schema{}, map[*openapi3.Schema]string{}}
}

// schema reduces what ref leads to; nil if there is nothing.
func (r *reducer) schema(ref *openapi3.SchemaRef) *Schema {
	if ref == nil || ref.Value == nil {
		return nil
	}
	if s, ok := r.done[ref.Value]; ok {
		return s
	}
	s := &Schema{}
	r.done[ref.Value] = s // before its parts, which may lead back to it
	merged := r.merge(ref.Value)
	*s = merged.said
	s.Nullable = s.Nullable || ref.Value.Nullable
	for name, refs := range merged.properties {
		if s.Properties == nil {
			s.Properties = make(map[string]*Schema, len(merged.properties))
		}
		s.Properties[name] = r.property(refs)
	}
	if s.Type == "array" && !merged.tuple && len(merged.items) > 0 {
		s.Items = r.property(merged.items)
	}
	return s
}

// kind is the type of s, empty for anything and where s leads back to itself.
func (r *reducer) kind(s *openapi3.Schema) string {
	kind, ok := r.kinds[s]
	if !ok {
		r.kinds[s] = ""
		kind = r.merge(s).said.Type
		r.kinds[s] = kind
	}
	return kind
}

// property reduces a property that several parts of an allOf declare. Where more
// than one of them says something, it may be anything.
func (r *reducer) property(refs []*openapi3.SchemaRef) *Schema {
	var telling []*openapi3.SchemaRef
	for _, ref := range refs {
		same := func(other *openapi3.SchemaRef) bool { return other.Value == ref.Value }
		if ref.Value != nil && !vague(ref.Value) && !slices.ContainsFunc(telling, same) {
			telling = append(telling, ref)
		}
	}
	if len(telling) == 1 {
		return r.schema(telling[0])
	}
	if len(telling) == 0 && len(refs) == 1 {
		return r.schema(refs[0])
	}
	return &Schema{}
}

// vague: s does not say more than that there is an object or something.
func vague(s *openapi3.Schema) bool {
	return len(s.AllOf)+len(s.OneOf)+len(s.AnyOf)+len(s.Properties)+len(s.Enum) == 0 && s.Const == nil && s.Items == nil &&
		(s.Type == nil || s.Type.Is("object")) && s.AdditionalProperties.Has == nil && s.AdditionalProperties.Schema == nil
}

// merged is a schema with its allOf. said lacks what it is made of.
type merged struct {
	reducer    *reducer
	said       Schema
	types      []string
	typed      bool // types counts even if it is empty
	nulls      int  // how many of the parts that have a type allow null
	parts      int  // how many parts have a type
	properties map[string][]*openapi3.SchemaRef
	items      []*openapi3.SchemaRef
	tuple      bool
	extra      extra
	texts      bool // the values of the enum are all text
}

// extra is what an object says about properties that it does not declare.
type extra uint8

const (
	silent extra = iota
	allowed
	forbidden
)

func (r *reducer) merge(s *openapi3.Schema) *merged {
	m := &merged{reducer: r, properties: map[string][]*openapi3.SchemaRef{}}
	m.add(s, map[*openapi3.Schema]bool{})
	slices.Sort(m.said.Required)
	m.said.Required = slices.Compact(m.said.Required)
	m.said.Type = m.kind()
	m.said.Nullable = m.parts > 0 && m.nulls == m.parts
	if m.said.Type == "" {
		m.said = Schema{Nullable: m.said.Nullable}
	}
	if m.said.Type != "object" {
		m.properties, m.said.Required = nil, nil
		return m
	}
	m.said.Open = m.extra == allowed || m.extra == silent && len(m.properties) == 0
	return m
}

// kind is the only type, or what follows from the keywords.
func (m *merged) kind() string {
	switch {
	case len(m.types) == 1:
		return m.types[0]
	case m.typed:
		return ""
	case len(m.properties) > 0 || m.extra != silent:
		return "object"
	case len(m.items) > 0 || m.tuple:
		return "array"
	case m.texts:
		return "string"
	}
	return ""
}

// add merges s and its allOf into m. seen ends cycles.
func (m *merged) add(s *openapi3.Schema, seen map[*openapi3.Schema]bool) {
	if s == nil || seen[s] || s.Always != nil {
		return
	}
	seen[s] = true
	m.addType(s)
	if s.Format != "" {
		m.said.Format = s.Format
	}
	if enum, texts := enumOf(s); enum != nil {
		m.said.Enum, m.texts = enum, texts
	}
	for name, ref := range s.Properties {
		if ref != nil && ref.Value != nil && (ref.Value.Always == nil || *ref.Value.Always) {
			m.properties[name] = append(m.properties[name], ref)
		}
	}
	m.said.Required = append(m.said.Required, s.Required...)
	if s.Items != nil {
		m.items = append(m.items, s.Items)
	}
	m.tuple = m.tuple || len(s.PrefixItems) > 0
	m.addExtra(s)
	for _, part := range s.AllOf {
		if part != nil {
			m.add(part.Value, seen)
		}
	}
	m.choose(s.OneOf, seen)
	m.choose(s.AnyOf, seen)
}

// addType keeps the types that all parts allow; an integer is a number.
func (m *merged) addType(s *openapi3.Schema) {
	if s.Type == nil {
		return
	}
	types := slices.DeleteFunc(slices.Clone(*s.Type), func(t string) bool { return t == "null" })
	m.parts++
	if s.Nullable || len(types) < len(*s.Type) {
		m.nulls++
	}
	if !m.typed {
		m.types, m.typed = types, true
		return
	}
	if slices.Equal(m.types, []string{"number"}) && slices.Equal(types, []string{"integer"}) {
		m.types = types
		return
	}
	m.types = slices.DeleteFunc(m.types, func(t string) bool {
		return !slices.Contains(types, t) && !(t == "integer" && slices.Contains(types, "number"))
	})
}

func (m *merged) addExtra(s *openapi3.Schema) {
	for _, say := range []openapi3.BoolSchema{s.AdditionalProperties, s.UnevaluatedProperties} {
		switch {
		case say.Has != nil && !*say.Has:
			if m.extra == silent {
				m.extra = forbidden
			}
		case say.Has != nil || say.Schema != nil:
			m.extra = allowed
		}
	}
	if len(s.PatternProperties) > 0 || s.Discriminator != nil { // which tells subtypes apart
		m.extra = allowed
	}
}

// choose adds a oneOf or anyOf: the only branch that is not null, or what all have in
// common, which is a type at most.
func (m *merged) choose(branches openapi3.SchemaRefs, seen map[*openapi3.Schema]bool) {
	var telling []*openapi3.Schema
	null := false
	for _, b := range branches {
		if b == nil || b.Value == nil {
			continue
		}
		switch s := b.Value; {
		case onlyRequires(s):
		case isNull(s):
			null = true
		default:
			telling = append(telling, s)
		}
	}
	switch {
	case len(telling) == 0:
		return
	case len(telling) == 1:
		m.add(telling[0], seen)
	default:
		m.common(telling)
	}
	if null {
		m.nulls = m.parts
		if m.parts == 0 {
			m.nulls, m.parts = 1, 1
		}
	}
}

// common adds what several branches have in common.
func (m *merged) common(branches []*openapi3.Schema) {
	kind := m.reducer.kind(branches[0])
	for _, b := range branches[1:] {
		if m.reducer.kind(b) != kind {
			kind = ""
		}
	}
	m.extra, m.tuple = allowed, true // the branches may have any properties and items
	if kind != "" {
		m.addType(&openapi3.Schema{Type: &openapi3.Types{kind}})
	}
	m.typed = true
}

// onlyRequires: a branch that narrows its schema without saying what it is made of.
func onlyRequires(s *openapi3.Schema) bool {
	return vague(s) && s.Type == nil && len(s.PrefixItems) == 0 && (s.Always == nil || !*s.Always)
}

// isNull: the ways to write that there may be null.
func isNull(s *openapi3.Schema) bool {
	return s.Type.Is("null") || s.Type == nil && len(s.Enum) == 1 && s.Enum[0] == nil
}

// enumOf returns the values that s allows as text, null left out, and whether all of
// them are text.
func enumOf(s *openapi3.Schema) (values []string, texts bool) {
	enum := s.Enum
	if s.Const != nil {
		enum = []any{s.Const}
	}
	texts = true
	for _, v := range enum {
		switch x := v.(type) {
		case nil:
		case string:
			values = append(values, x)
		default:
			texts = false
			values = append(values, jsonText(v))
		}
	}
	return values, texts
}

// jsonText is v as JSON. It came from JSON.
func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
