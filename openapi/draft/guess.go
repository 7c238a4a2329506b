package draft

import (
	"maps"
	"mime"
	"regexp"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// place is a value in an answer: the tokens of a JSON Pointer.
type place []string

// String is the JSON Pointer (RFC 6901, section 3).
func (p place) String() string {
	var b strings.Builder
	for _, token := range p {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(token))
	}
	return b.String()
}

// collection is a list in an answer.
type collection struct {
	at    place
	items *openapi.Schema // nil: not known
	sure  bool            // the schema says so; otherwise it is a guess
	named bool            // it stands where lists of an API stand
}

// listNames are the properties that hold the list of an answer in many APIs.
var listNames = []string{"items", "data", "results", "value", "values", "entries", "records", "content", "list", "objects", "elements", "rows"}

// wrappers hold the object that holds the list.
var wrappers = []string{"_embedded", "data", "result", "response", "page"}

// listOf finds the list in the answer of an operation.
func listOf(op *openapi.Operation, last string) (collection, bool) {
	s := op.AnswerSchema()
	switch {
	case s == nil || s.Type == "":
		return collection{}, answersJSON(op)
	case s.Type == "array":
		return collection{items: s.Items, sure: true, named: true}, true
	case s.Type != "object":
		return collection{}, false
	}
	if c, ok := listIn(s, last); ok {
		return c, true
	}
	for _, name := range wrappers {
		if inner := s.Properties[name]; inner != nil && inner.Type == "object" {
			if c, ok := listIn(inner, last); ok {
				c.at, c.named = append(place{name}, c.at...), true
				return c, true
			}
		}
	}
	return collection{}, false
}

// listIn finds the list among the properties of an object: the only one, or the one
// with a telling name.
func listIn(s *openapi.Schema, last string) (collection, bool) {
	var lists []string
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		if p := s.Properties[name]; p != nil && p.Type == "array" {
			lists = append(lists, name)
		}
	}
	for _, name := range append([]string{last}, listNames...) {
		if slices.Contains(lists, name) {
			return collection{place{name}, s.Properties[name].Items, true, true}, true
		}
	}
	if len(lists) != 1 {
		return collection{}, false
	}
	return collection{place{lists[0]}, s.Properties[lists[0]].Items, true, false}, true
}

// plain is a name without its case and its separators, for comparing.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(name))
}

// identities are properties that name an item, the likeliest first.
var identities = []string{"id", "uuid", "guid", "slug", "key", "name", "code", "number", "login", "username", "handle", "sku", "path"}

// identity finds the property of an item that is the variable of its path; "" is the
// item itself.
func identity(items *openapi.Schema, variable, collection string) (property string, sure, ok bool) {
	switch {
	case items == nil || items.Type == "" || items.Type == "object" && len(items.Properties) == 0:
		return "id", false, true
	case items.Type == "string" || items.Type == "integer":
		return "", true, true
	case items.Type != "object":
		return "", false, false
	}
	want := plain(variable)
	short := strings.TrimPrefix(want, plain(singular(collection)))
	wanted := append([]string{want, short}, identities...)
	for _, name := range wanted {
		if property, ok := scalar(items, name); ok {
			return property, name == want || name == short, true
		}
	}
	return "", false, false
}

// scalar finds the property with a plain name that can stand in a path.
func scalar(s *openapi.Schema, name string) (string, bool) {
	for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[property]
		if plain(property) == name && (p == nil || p.Type == "" || p.Type == "string" || p.Type == "integer") {
			return property, true
		}
	}
	return "", false
}

var (
	times = []string{"updatedat", "modified", "modifiedat", "lastmodified", "lastmodifiedat", "updated", "lastupdated", "changed", "changedat",
		"mtime", "updatetime", "modifiedtime", "lastmodifieddatetime", "createdat", "created", "createtime", "date"}
	sizes = []string{"size", "bytes", "length", "contentlength", "filesize", "sizebytes", "sizeinbytes", "bytesize"}
)

// timeOf finds when an item was changed.
func timeOf(s *openapi.Schema) (string, bool) {
	return typed(s, times, func(p *openapi.Schema) bool { return p.Type == "string" && p.Format == "date-time" })
}

// sizeOf finds how many bytes an item has.
func sizeOf(s *openapi.Schema) (string, bool) {
	return typed(s, sizes, func(p *openapi.Schema) bool { return p.Type == "integer" || p.Type == "number" })
}

func typed(s *openapi.Schema, names []string, fits func(*openapi.Schema) bool) (string, bool) {
	if s == nil {
		return "", false
	}
	properties := slices.Sorted(maps.Keys(s.Properties))
	for _, name := range names {
		for _, property := range properties {
			if p := s.Properties[property]; p != nil && plain(property) == name && fits(p) {
				return property, true
			}
		}
	}
	return "", false
}

// singular is a collection's name for one of its items, as far as English goes.
func singular(name string) string {
	for _, ending := range [][2]string{{"ies", "y"}, {"sses", "ss"}, {"xes", "x"}, {"ches", "ch"}, {"ss", "ss"}, {"us", "us"}, {"s", ""}} {
		if stem, ok := strings.CutSuffix(name, ending[0]); ok && stem != "" {
			return stem + ending[1]
		}
	}
	return name
}

// isJSON: application/json, or a type with its suffix (RFC 6839, section 3.1).
func isJSON(mediaType string) bool {
	base, _, err := mime.ParseMediaType(mediaType)
	return err == nil && (base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json"))
}

// answerTypes are the media types of the successful answers, sorted, each once.
func answerTypes(op *openapi.Operation) []string {
	var types []string
	for _, a := range op.Answers {
		types = slices.AppendSeq(types, maps.Keys(a.Content))
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// answersJSON reports whether an operation answers with JSON and nothing else.
func answersJSON(op *openapi.Operation) bool {
	types := answerTypes(op)
	return len(types) > 0 && slices.ContainsFunc(types, isJSON) && !slices.ContainsFunc(types, isContent)
}

// isContent: a media type of files, not of documents of the API.
func isContent(mediaType string) bool {
	base, _, err := mime.ParseMediaType(mediaType)
	return err == nil && !isJSON(mediaType) && !strings.HasSuffix(base, "ndjson") && base != "application/xml" && base != "text/xml" && base != "text/html" &&
		base != "multipart/form-data" && base != "application/x-www-form-urlencoded"
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// field is an expression for a property of an item; "" is the item itself.
func field(of, property string) string {
	switch {
	case property == "":
		return "=" + of
	case identifier.MatchString(property):
		return "=" + of + "." + property
	}
	return "=" + of + "[" + quoteExpr(property) + "]"
}

func quoteExpr(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}
