package openapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json/jsontext"
)

// explain says where a document is wrong that kin-openapi could not load: the
// references that lead nowhere, or else the parts that are of the wrong form, or else
// what kin-openapi said, of the file that it looked at last.
func (l *loading) explain(err error) error {
	var faults Problems
	for checked := map[string]bool{}; len(checked) < len(l.files); {
		for _, name := range slices.Sorted(maps.Keys(l.files)) {
			if !checked[name] {
				checked[name] = true
				l.checkRefs(l.files[name], &faults)
			}
		}
	}
	if len(faults) == 0 {
		l.checkForms(&faults)
	}
	if len(faults) == 0 {
		faults.Add(l.last.position(0), "%s", oneLine(formText(err.Error())))
	}
	return faults.first().Err()
}

// checkRefs follows each $ref of one file.
func (l *loading) checkRefs(s *source, faults *Problems) {
	for d := s.decoder(0); ; {
		isKey := d.PeekKind() == '"' && inObject(d)
		value, err := d.ReadToken()
		if err != nil {
			return
		}
		if !isKey {
			continue
		}
		name := value.String()
		at := int(d.InputOffset()) - 1
		if data(name) {
			err = d.SkipValue()
		} else if name == "$ref" && d.PeekKind() == '"' {
			var ref jsontext.Token
			if ref, err = d.ReadToken(); err == nil {
				l.checkRef(s, at, ref.String(), faults)
			}
		}
		if err != nil {
			return
		}
	}
}

// inObject: what comes next stands in an object, as a key.
func inObject(d *jsontext.Decoder) bool {
	kind, read := d.StackIndex(d.StackDepth())
	return kind == '{' && read%2 == 0
}

// data: what a key of that name holds is data, in which $ref has no meaning.
func data(name string) bool {
	return strings.HasPrefix(name, "x-") || slices.Contains([]string{"example", "examples", "default", "enum", "const"}, name)
}

func (l *loading) checkRef(s *source, at int, ref string, faults *Problems) {
	_, _, err := l.follow(s, ref)
	if p, ok := errors.AsType[*Problem](err); ok { // of the other file
		if !slices.ContainsFunc(*faults, func(known *Problem) bool { return *known == *p }) {
			*faults = append(*faults, p)
		}
		return
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	if err != nil {
		faults.Add(s.position(at), "%s", oneLine(fmt.Sprintf("$ref %q: %s", ref, err)))
	}
}

// checkForms decodes the parts of the first file one by one.
func (l *loading) checkForms(faults *Problems) {
	s := l.root
	for name, into := range map[string]any{
		"info": &openapi3.Info{}, "servers": &openapi3.Servers{}, "tags": &openapi3.Tags{},
		"security": &openapi3.SecurityRequirements{}, "externalDocs": &openapi3.ExternalDocs{},
	} {
		if m, ok := s.find(name); ok {
			s.checkForm(m, name, into, faults)
		}
	}
	if paths, ok := s.find("paths"); ok {
		for _, path := range s.members(paths.value) {
			s.checkPath(path, faults)
		}
	}
	if components, ok := s.find("components"); ok {
		for _, section := range s.members(components.value) {
			into, ok := newComponent[section.name]
			for _, m := range s.members(section.value) {
				if ok {
					s.checkForm(m, section.name+"."+m.name, into(), faults)
				}
			}
		}
	}
}

// checkPath looks at the whole path item only if its operations are fine.
func (s *source) checkPath(path member, faults *Problems) {
	before := len(*faults)
	for _, m := range s.members(path.value) {
		if method := strings.ToUpper(m.name); isMethod(method) {
			s.checkForm(m, method+" "+path.name, &openapi3.Operation{}, faults)
		}
	}
	if strings.HasPrefix(path.name, "/") && len(*faults) == before {
		s.checkForm(path, path.name, &openapi3.PathItem{}, faults)
	}
}

func (s *source) checkForm(m member, what string, into any, faults *Problems) {
	value, err := s.decoder(m.value).ReadValue()
	if err == nil {
		err = json.Unmarshal(value, into)
	}
	if err != nil {
		faults.Add(s.position(m.key), "%s", oneLine(what+": "+formText(err.Error())))
	}
}

// newComponent makes what a component of each section is decoded into.
var newComponent = map[string]func() any{
	"schemas":         func() any { return &openapi3.SchemaRef{} },
	"parameters":      func() any { return &openapi3.ParameterRef{} },
	"headers":         func() any { return &openapi3.HeaderRef{} },
	"requestBodies":   func() any { return &openapi3.RequestBodyRef{} },
	"responses":       func() any { return &openapi3.ResponseRef{} },
	"securitySchemes": func() any { return &openapi3.SecuritySchemeRef{} },
	"links":           func() any { return &openapi3.LinkRef{} },
	"callbacks":       func() any { return &openapi3.CallbackRef{} },
}

func isMethod(name string) bool {
	return slices.Contains([]string{"GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE", "QUERY"}, name)
}

var wrongForm = regexp.MustCompile(`cannot unmarshal (\w+) into (?:Go )?(?:struct )?field (\S+) of type`)
var wrongValue = regexp.MustCompile(`cannot unmarshal (\w+) into (?:Go )?value of type`)

// formText says an error of encoding/json in the words of the document.
func formText(text string) string {
	if _, after, ok := strings.Cut(text, "json error: "); ok { // kin-openapi tries YAML next
		text, _, _ = strings.Cut(after, ", yaml error: ")
	}
	if m := wrongForm.FindStringSubmatch(text); m != nil {
		field := m[2]
		if _, after, ok := strings.Cut(field, "."); ok {
			field = after
		}
		return fmt.Sprintf("%s cannot be a JSON %s", field, m[1])
	}
	if m := wrongValue.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("this cannot be a JSON %s", m[1])
	}
	return strings.TrimPrefix(text, "json: ")
}
