package mapping

import "strings"

// Keyword describes one key of the language, for its documentation.
type Keyword struct {
	Name     string
	Form     string // "text", "value", "list of error", ...
	Doc      string
	Required bool
	Verbs    []Verb // whose calls have it; empty: all
}

// Section is the keys of one object of the language.
type Section struct {
	Name string // "mapping", "route", "call", "each", ...
	Doc  string
	Keys []Keyword
}

// Reference lists the objects of the language with their keys, in the order of the
// documentation. What the calls of all verbs have in common stands in one section.
func Reference() []Section {
	shapes := append(topShapes(), shape{"call", "What is done for a verb. The verbs of a route, its lookup, the steps of a chain and on_abort are calls.", callKeys()})
	var sections []Section
	for _, s := range append(append(shapes, listShapes()...), smallShapes()...) {
		section := Section{Name: s.name, Doc: s.doc}
		for _, k := range s.keys {
			section.Keys = append(section.Keys, Keyword{k.name, k.form.String(), k.doc, k.required, k.verbs})
		}
		sections = append(sections, section)
	}
	return sections
}

// String names a form in words.
func (f form) String() string {
	switch f.kind {
	case aText:
		return "text"
	case aValue:
		return "value"
	case aNumber:
		return "number"
	case aFlag:
		return "true, false"
	case aDuration:
		return "duration"
	case aPointer:
		return "pointer"
	case aStatus:
		return "status"
	case aWord:
		return strings.Join(f.words, ", ")
	case aList:
		return "list of " + f.of.String()
	case aMap:
		return "names: " + f.of.String()
	case anObject:
		if isCall(f.shape) {
			return "call"
		}
		return f.shape
	case aChoice:
		var forms []string
		for _, option := range f.any {
			forms = append(forms, option.String())
		}
		return strings.Join(forms, "; ")
	case nothing:
		return "null"
	case aVersion:
		return "1"
	case aScalar:
		return "literal"
	}
	return "anything"
}

// isCall reports whether a shape is that of a call.
func isCall(name string) bool {
	for _, v := range append(verbs(), lookupVerb, stepVerb) {
		if name == string(v) {
			return true
		}
	}
	return false
}
