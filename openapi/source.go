package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// source is one file of a document while it is loaded, as JSON.
type source struct {
	name string
	json []byte
	// marks lead from the JSON to the YAML that it was made from, by offset. Without
	// them the file is JSON itself, and lines are the offsets where its lines begin.
	marks []mark
	lines []int
	// objects are the members of objects that have been looked into, by offset.
	objects map[int][]member
}

// member is one field of an object: its name, and the offsets of its key and value.
type member struct {
	name       string
	key, value int
}

var byteOrderMark = []byte("\ufeff")

// newSource reads data as JSON if it is that, else as YAML. The error is a [*Problem].
func newSource(name string, data []byte) (*source, error) {
	s := &source{name: name, json: bytes.TrimPrefix(data, byteOrderMark), objects: map[int][]member{}}
	if bytes.HasPrefix(bytes.TrimLeft(s.json, " \t\r\n"), []byte("{")) {
		err := s.checkJSON()
		if err == nil || strings.HasSuffix(name, ".json") {
			return s, err
		}
	}
	var err error
	s.lines = nil
	s.json, s.marks, err = yamlToJSON(name, s.json)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// checkJSON reports what is wrong with the syntax.
func (s *source) checkJSON() error {
	d := jsontext.NewDecoder(bytes.NewBuffer(s.json))
	err := d.SkipValue()
	at := int(d.InputOffset())
	if err == nil {
		if d.PeekKind(); len(bytes.TrimSpace(s.json[at:])) == 0 {
			return nil
		}
		err = errors.New("there is more after the end of the document")
	}
	text := err.Error()
	if se, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at, text = int(se.ByteOffset), se.Err.Error()
		if errors.Is(se, jsontext.ErrDuplicateName) {
			text = fmt.Sprintf("key %q is there twice", se.JSONPointer.LastToken())
		}
	}
	return &Problem{s.position(at), oneLine(text)}
}

// position is where the text at the offset of the JSON stands in the file.
func (s *source) position(offset int) Position {
	p := Position{File: s.name}
	if s.marks != nil {
		after := sort.Search(len(s.marks), func(i int) bool { return int(s.marks[i].offset) > offset })
		if after > 0 {
			p.Line, p.Column = int(s.marks[after-1].line), int(s.marks[after-1].column)
		}
		return p
	}
	if s.lines == nil {
		s.lines = []int{0}
		for i, c := range s.json {
			if c == '\n' {
				s.lines = append(s.lines, i+1)
			}
		}
	}
	offset = min(offset, len(s.json))
	p.Line = sort.SearchInts(s.lines, offset+1)
	p.Column = utf8.RuneCount(s.json[s.lines[p.Line-1]:offset]) + 1
	return p
}

// members returns the fields of the object at the offset, or the items of the array
// there, named by their numbers.
func (s *source) members(at int) []member {
	if found, ok := s.objects[at]; ok {
		return found
	}
	var found []member
	d := s.decoder(at)
	kind := d.PeekKind()
	if kind == '{' || kind == '[' {
		_, _ = d.ReadToken() // it has been seen
	}
	for (kind == '{' || kind == '[') && d.PeekKind() != kind+2 { // the closing one
		m := member{name: strconv.Itoa(len(found))}
		if kind == '{' {
			key, err := d.ReadValue()
			if err != nil {
				break
			}
			m.name, m.key = unquote(key), at+int(d.InputOffset())-len(key)
		}
		value, err := d.ReadValue()
		if err != nil {
			break
		}
		m.value = at + int(d.InputOffset()) - len(value)
		if kind == '[' {
			m.key = m.value
		}
		found = append(found, m)
	}
	s.objects[at] = found
	return found
}

func (s *source) decoder(at int) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(s.json[at:]), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// member returns the field of that name of the object at the offset.
func (s *source) member(at int, name string) (member, bool) {
	for _, m := range s.members(at) {
		if m.name == name {
			return m, true
		}
	}
	return member{}, false
}

// find follows a JSON Pointer, or its beginning as far as there is something; ok
// says whether that was all of it.
func (s *source) find(tokens ...string) (m member, ok bool) {
	for _, token := range tokens {
		next, ok := s.member(m.value, token)
		if !ok {
			return m, false
		}
		m = next
	}
	return m, true
}

// text is the string at the offset, empty if there is something else.
func (s *source) text(at int) string {
	d := s.decoder(at)
	if d.PeekKind() != '"' {
		return ""
	}
	value, err := d.ReadValue()
	if err != nil {
		return ""
	}
	return unquote(value)
}

// unquote decodes a string; invalid UTF-8 becomes replacement characters.
func unquote(value jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, value) // the decoder has checked all but UTF-8
	return string(text)
}
