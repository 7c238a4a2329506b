package mapping

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// binding is a value for a parameter.
type binding struct {
	in, name     string
	multiSegment bool
	value        *Value
}

// places are where a parameter may be.
func places() []string { return []string{"query", "header", "path", "cookie"} }

// readParams binds the parameters of the operation: those that the mapping names,
// then those that have the name of a variable of the path.
func (r *callReader) readParams() {
	bound := map[string]bool{}
	for _, b := range r.c.bindings {
		bound[b.in+"."+b.name] = true
	}
	if params, ok := r.o.takeObject("params"); ok {
		for i := range params.fields {
			f := &params.fields[i]
			f.taken = true
			r.readParam(f, bound)
		}
	}
	for _, p := range r.c.Operation.Parameters {
		if !bound[p.In+"."+p.Name] {
			r.bindByName(p)
		}
	}
}

// bindByName binds a parameter that the mapping does not name.
func (r *callReader) bindByName(p openapi.Parameter) {
	if _, ok := r.b.m.Variables[p.Name]; ok && p.In == "path" && !slices.Contains(r.d.Template.Vars(), p.Name) {
		v := &Value{Pos: r.c.Pos, src: "server." + p.Name, member: []string{"server", p.Name}}
		r.c.bindings = append(r.c.bindings, binding{p.In, p.Name, p.MultiSegment, v})
		return
	}
	variable := slices.Contains(r.d.Template.Vars(), p.Name)
	_, inScope := r.env.check[p.Name]
	saved := inScope && p.In == "path" && !slices.Contains(reservedVars, p.Name)
	switch {
	case variable && p.In != "cookie", saved:
		v := &Value{Pos: r.c.Pos, src: p.Name, member: []string{p.Name}}
		r.c.bindings = append(r.c.bindings, binding{p.In, p.Name, p.MultiSegment, v})
	case p.Required && !r.pageFills(p):
		r.o.fault("operation %s needs the %s parameter %q; say params: {%s: …}%s",
			r.c.Operation.Name(), p.In, p.Name, p.Name, didYouMean(p.Name, slices.Sorted(maps.Keys(r.env.check))))
	}
}

// pageFills reports whether paging gives a query parameter its value.
func (r *callReader) pageFills(p openapi.Parameter) bool {
	page, ok := r.o.peek("page")
	if !ok || !page.isObject() || p.In != "query" {
		return false
	}
	o, _ := page.quiet().object("page")
	for _, style := range o.fields {
		if !style.value.isObject() {
			continue
		}
		s, _ := style.value.object("page")
		if s.peekText("param") == p.Name || s.peekText("size_param") == p.Name {
			return true
		}
	}
	return false
}

// readParam binds one parameter that the mapping names.
func (r *callReader) readParam(f *field, bound map[string]bool) {
	name, multi := strings.CutSuffix(f.key, "...")
	p, ok := r.findParam(f, name)
	if !ok {
		return
	}
	key := p.In + "." + p.Name
	if bound[key] {
		f.value.faults.Add(f.pos, "parameter %s is bound twice; remove one", key)
		return
	}
	bound[key] = true
	v := newValue(f.value, "params."+f.key, r.env)
	if v == nil {
		return
	}
	f.value.fits(v, p)
	r.c.bindings = append(r.c.bindings, binding{p.In, p.Name, p.MultiSegment || multi, v})
}

// findParam finds the parameter that a key of params names: "name", or with its
// place as in "query.name". Accept is the one header that documents cannot declare
// and mappings may set (OpenAPI, Parameter Object).
func (r *callReader) findParam(f *field, key string) (openapi.Parameter, bool) {
	if key == "header.Accept" {
		return openapi.Parameter{Name: "Accept", In: "header"}, true
	}
	var found []openapi.Parameter
	var names []string
	for _, p := range r.c.Operation.Parameters {
		if same(p, key) {
			return p, true
		}
		if p.Name == key || p.In == "header" && strings.EqualFold(p.Name, key) {
			found = append(found, p)
		}
		names = append(names, p.Name, p.In+"."+p.Name)
	}
	switch {
	case len(found) == 1:
		return found[0], true
	case len(found) > 1:
		f.value.faults.Add(f.pos, "operation %s has %q in %s and in %s; say which, as in %s.%s",
			r.c.Operation.Name(), key, found[0].In, found[1].In, found[0].In, key)
	case r.isHTTP():
		return r.freeParam(f, key)
	default:
		f.value.faults.Add(f.pos, "operation %s has no parameter %q%s", r.c.Operation.Name(), key, didYouMean(key, names))
	}
	return openapi.Parameter{}, false
}

// freeParam is a parameter of a call that nothing declares: of the query, unless its
// place is said.
func (r *callReader) freeParam(f *field, key string) (openapi.Parameter, bool) {
	in, name, ok := strings.Cut(key, ".")
	switch {
	case !ok || !slices.Contains(places(), in):
		return openapi.Parameter{Name: key, In: "query"}, true
	case in == "path":
		f.value.faults.Add(f.pos, "params: the url has no {%s}%s", name, didYouMean(name, r.c.url.plainNames()))
		return openapi.Parameter{}, false
	case in == "header" && !isToken(name):
		f.value.faults.Add(f.pos, "params: %q is no name of a header", name)
		return openapi.Parameter{}, false
	}
	return openapi.Parameter{Name: name, In: in}, true
}

// same reports whether key is p's name with its place. Header names have no case
// (RFC 9110, section 5.1).
func same(p openapi.Parameter, key string) bool {
	in, name, ok := strings.Cut(key, ".")
	return ok && in == p.In && (name == p.Name || in == "header" && strings.EqualFold(name, p.Name))
}

// fits reports a value that is not of the type of its parameter.
func (n node) fits(v *Value, p openapi.Parameter) {
	if literal, ok := v.Constant(); ok {
		if !literalFits(literal, p.Type) {
			n.fault("parameter %s wants %s %s, not %s", p.Name, article(p.Type), p.Type, asWritten(literal))
		} else if p.Schema != nil && len(p.Schema.Enum) > 0 && !slices.Contains(p.Schema.Enum, Text(literal)) {
			n.fault("parameter %s wants one of %s%s", p.Name, strings.Join(p.Schema.Enum, ", "), didYouMean(Text(literal), p.Schema.Enum))
		}
		return
	}
	if v.parts == nil && !v.kind.fits(p.Type) {
		n.fault("parameter %s wants %s %s, and this is %s", p.Name, article(p.Type), p.Type, v.kind)
	}
}

// fits reports whether an expression may give a value of a schema's type.
func (k resultKind) fits(want string) bool {
	if k == anyResult {
		return true
	}
	switch want {
	case "integer":
		return k == wholeResult || k == numberResult
	case "number":
		return k == wholeResult || k == numberResult
	case "boolean":
		return k == flagResult
	case "string":
		return k != listResult && k != objectResult
	}
	return true
}

// literalFits reports whether a literal is of the type of its parameter. Text fits
// every type whose form it has only where the type is text, so that quotes matter.
func literalFits(literal any, want string) bool {
	switch want {
	case "integer":
		_, ok := literal.(int64)
		return ok
	case "number":
		switch literal.(type) {
		case int64, float64:
			return true
		}
		return false
	case "boolean":
		_, ok := literal.(bool)
		return ok
	}
	return true
}

// asWritten is a literal for people: text in quotes, to be told from numbers.
func asWritten(literal any) string {
	if text, ok := literal.(string); ok {
		return strconv.Quote(text)
	}
	return Text(literal)
}

func article(noun string) string {
	if strings.HasPrefix(noun, "i") {
		return "an"
	}
	return "a"
}
