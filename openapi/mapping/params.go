package mapping

import (
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// binding is a value for a parameter.
type binding struct {
	in, name     string
	multiSegment bool
	value        *Value
}

// readParams binds the parameters of the operation: those that the mapping names,
// then those that have the name of a variable of the path.
func (c *Call) readParams(o *object, e env, t *Template) {
	bound := map[string]bool{}
	for _, b := range c.bindings {
		bound[b.in+"."+b.name] = true
	}
	if n, ok := o.take("params"); ok {
		if params, ok := n.object("params"); ok {
			for i := range params.fields {
				c.readParam(&params.fields[i], e, bound)
			}
		}
	}
	for _, p := range c.Operation.Parameters {
		if bound[p.In+"."+p.Name] {
			continue
		}
		if slices.Contains(t.Vars(), p.Name) && p.In != "cookie" {
			v := &Value{Pos: c.Pos, src: p.Name, member: []string{p.Name}}
			c.bindings = append(c.bindings, binding{p.In, p.Name, p.MultiSegment, v})
			continue
		}
		if p.Required {
			o.fault("operation %s needs the %s parameter %q", c.Operation.Name(), p.In, p.Name)
		}
	}
	c.url = newURLTemplate(c.Operation.Path)
}

// readParam binds one parameter that the mapping names.
func (c *Call) readParam(f *field, e env, bound map[string]bool) {
	p, ok := c.findParam(f)
	if !ok {
		return
	}
	key := p.In + "." + p.Name
	if bound[key] {
		f.value.faults.Add(f.pos, "parameter %s is bound twice", key)
		return
	}
	bound[key] = true
	if p.In == "cookie" {
		f.value.faults.Add(f.pos, "cookie parameters are not supported by this version")
		return
	}
	v := newValue(f.value, "params."+f.key, e)
	if v == nil {
		return
	}
	if v.src == "" && !literalFits(v.literal, p.Type) {
		f.value.fault("parameter %s wants %s %s, not %q", p.Name, article(p.Type), p.Type, Text(v.literal))
	}
	c.bindings = append(c.bindings, binding{p.In, p.Name, p.MultiSegment, v})
}

// findParam finds the parameter that a key of params names: "name", or with its
// place as in "query.name". Accept is the one header that documents cannot declare
// and mappings may set (OpenAPI, Parameter Object).
func (c *Call) findParam(f *field) (openapi.Parameter, bool) {
	if f.key == "header.Accept" {
		return openapi.Parameter{Name: "Accept", In: "header"}, true
	}
	var found []openapi.Parameter
	var names []string
	for _, p := range c.Operation.Parameters {
		if same(p, f.key) {
			return p, true
		}
		if p.Name == f.key || p.In == "header" && strings.EqualFold(p.Name, f.key) {
			found = append(found, p)
		}
		names = append(names, p.Name, p.In+"."+p.Name)
	}
	switch len(found) {
	case 1:
		return found[0], true
	case 0:
		f.value.faults.Add(f.pos, "operation %s has no parameter %q%s", c.Operation.Name(), f.key, didYouMean(f.key, names))
	default:
		f.value.faults.Add(f.pos, "operation %s has %q in %s and in %s; say which, as in %s.%s",
			c.Operation.Name(), f.key, found[0].In, found[1].In, found[0].In, f.key)
	}
	return openapi.Parameter{}, false
}

// same reports whether key is p's name with its place. Header names have no case
// (RFC 9110, section 5.1).
func same(p openapi.Parameter, key string) bool {
	in, name, ok := strings.Cut(key, ".")
	return ok && in == p.In && (name == p.Name || in == "header" && strings.EqualFold(name, p.Name))
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

func article(noun string) string {
	if strings.HasPrefix(noun, "i") {
		return "an"
	}
	return "a"
}
