package openapi

import "strings"

// Schema is what can be said for certain about a JSON value: a reduction of the
// schema of a document. It is read-only, may be cyclic, and may be used concurrently.
// The zero value is anything at all.
type Schema struct {
	// Type is object, array, string, integer, number or boolean; empty: anything.
	Type   string
	Format string
	// Enum are the texts of the values that it may have; none: any.
	Enum []string
	// Nullable: null is allowed as well.
	Nullable bool
	// Properties and Required are those of an object. Open: it may have others.
	Properties map[string]*Schema
	Required   []string
	Open       bool
	// Items are the items of an array; nil: anything.
	Items *Schema
}

// At follows the tokens of a JSON Pointer (RFC 6901). It returns false if there can
// be no such value, and anything where the schema does not say what there is. An
// item of an array is any number, or "-".
func (s *Schema) At(tokens []string) (*Schema, bool) {
	for _, token := range tokens {
		if s == nil {
			break
		}
		next, ok := s.child(token)
		if !ok {
			return nil, false
		}
		s = next
	}
	if s == nil {
		s = &Schema{}
	}
	return s, true
}

// child is what a token leads to; nil is anything.
func (s *Schema) child(token string) (*Schema, bool) {
	switch s.Type {
	case "":
		return nil, true
	case "object":
		property, ok := s.Properties[token]
		return property, ok || s.Open
	case "array":
		return s.Items, isIndex(token)
	}
	return nil, false
}

// isIndex reports whether token stands for an item (RFC 6901, section 4).
func isIndex(token string) bool {
	if token == "-" || token == "0" {
		return true
	}
	return token != "" && token[0] != '0' && strings.Trim(token, "0123456789") == ""
}
