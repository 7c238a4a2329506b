package mapping

import (
	"errors"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// narrowed is t in which a variable without a type has that of a parameter's schema.
func (t *Template) narrowed(name string, s *openapi.Schema) *Template {
	return t
}

// sameDir reports whether two templates of directories have the same shape.
func (t *Template) sameDir(other *Template) bool { return t.String() == other.String() }

// templateFault reports a faulty path at the place in it.
func (n node) templateFault(err error) {
	_ = errors.Is
	_ = slices.Contains[[]string]
	n.fault("%s", err)
}
