package mapping

import (
	"errors"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// narrowed is t in which a variable without a type has that of a parameter's schema.
func (t *Template) narrowed(name string, s *openapi.Schema) *Template {
	typ := VarType{Kind: KindStr}
	switch {
	case s.Type == "integer":
		typ.Kind = KindInt
	case s.Type == "string" && s.Format == "uuid":
		typ.Kind = KindUUID
	case s.Type == "string" && len(s.Enum) > 0 && !s.Nullable:
		typ.Kind, typ.Values = KindEnum, s.Enum
	default:
		return t
	}
	if n, err := t.Narrow(name, typ); err == nil {
		return n
	}
	return t // no such variable, or values that cannot stand in a path
}

// sameDir reports whether t and other are templates of the same directories.
func (t *Template) sameDir(other *Template) bool {
	return t.rest == "" && other.rest == "" && slices.EqualFunc(t.segments, other.segments, func(s, u segment) bool { return s.same(&u) })
}

// templateFault reports a faulty path at the place in it.
func (n node) templateFault(err error) {
	pos := n.pos()
	if te, ok := errors.AsType[*TemplateError](err); ok && pos.Line > 0 {
		pos.Column += te.Offset
		if n.isQuoted() {
			pos.Column++
		}
	}
	n.faults.Add(pos, "path: %s", err)
}
