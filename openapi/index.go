package openapi

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// document takes from t what is kept of every document, and checks what kin-openapi
// does not say well.
func (l *loading) document(t *openapi3.T, data []byte) (*Document, error) {
	d := &Document{
		Version: t.OpenAPI, kin: t, schemas: newReducer(), names: map[string]*OperationInfo{},
		SecuritySchemes: map[string]SecurityScheme{}, operations: map[*OperationInfo]*Operation{},
	}
	if bytes.Contains(data, []byte("x-ftp")) {
		d.source = bytes.Clone(data)
	}
	for _, s := range t.Servers { // null is for check to report, here and below
		if s != nil {
			d.Servers = append(d.Servers, newServer(s))
		}
	}
	if t.Components != nil {
		for name, ref := range t.Components.SecuritySchemes {
			if ref != nil && ref.Value != nil {
				s := ref.Value
				d.SecuritySchemes[name] = SecurityScheme{Type: s.Type, Scheme: s.Scheme, In: s.In, Name: s.Name}
			}
		}
	}
	d.Schemes = slices.Sorted(maps.Keys(d.SecuritySchemes))
	faults := l.list(d)
	faults = append(faults, l.check(d)...)
	return d, faults.first().Err()
}

func newServer(s *openapi3.Server) Server {
	r := Server{URL: s.URL}
	for name, v := range s.Variables {
		if r.Variables == nil {
			r.Variables = map[string]ServerVariable{}
		}
		if v != nil {
			r.Variables[name] = ServerVariable{Default: v.Default, Enum: v.Enum}
		}
	}
	return r
}

// list fills in the operations of d. Names are ids first; an operation with an id is
// found by method and path as well.
func (l *loading) list(d *Document) (faults Problems) {
	items := d.kin.Paths.Map()
	for _, path := range slices.Sorted(maps.Keys(items)) {
		places := l.places(path)
		if items[path] == nil {
			continue
		}
		operations := items[path].Operations()
		for key, pos := range places { // kin-openapi takes one step only
			if method := strings.ToUpper(key); isMethod(method) && operations[method] == nil {
				faults.Add(pos, "%s %s is behind a $ref to a $ref, which is not supported; refer to it directly", method, path)
			}
		}
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := operations[method]
			o := &OperationInfo{
				ID: op.OperationID, Method: method, Path: path, Pos: places.of(method),
				Summary: op.Summary, Tags: op.Tags, Deprecated: op.Deprecated,
			}
			if first, twice := d.names[o.ID]; twice && o.ID != "" {
				faults.Add(o.Pos, "operationId %q is also that of %s %s", o.ID, first.Method, first.Path)
			}
			d.infos = append(d.infos, o)
			d.names[o.Name()] = o
		}
	}
	for _, o := range d.infos {
		if name := o.Method + " " + o.Path; d.names[name] == nil {
			d.names[name] = o
		}
	}
	return faults
}

// places are where the operations of a path item stand, by their keys; the path item
// itself is under "".
type places map[string]Position

func (p places) of(method string) Position {
	if at, ok := p[strings.ToLower(method)]; ok {
		return at
	}
	return p[""]
}

// maxHops bounds how far a $ref to a $ref is followed.
const maxHops = 16

// places looks for the operations of a path, in other files if $ref leads there.
func (l *loading) places(path string) places {
	found := places{}
	s := l.root
	item, ok := s.find("paths", path)
	for range maxHops {
		if !ok {
			break
		}
		ref := ""
		if _, known := found[""]; !known {
			found[""] = s.position(item.key)
		}
		for _, m := range s.members(item.value) {
			if _, known := found[m.name]; !known {
				found[m.name] = s.position(m.key)
			}
			if m.name == "$ref" {
				ref = s.text(m.value)
			}
		}
		if ref == "" {
			break
		}
		var err error
		s, item, err = l.follow(s, ref)
		ok = err == nil
	}
	return found
}
