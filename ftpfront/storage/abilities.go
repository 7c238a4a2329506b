package storage

import (
	"context"
	"time"
)

// Abilities are the operations that only some backends have. A nil function is
// an ability that is not there. A backend that wraps another starts from
// [AbilitiesOf] the inner one and replaces each function that is not nil.
type Abilities struct {
	// SetModTime sets the modification time of a file (MFMT).
	SetModTime func(ctx context.Context, name Path, t time.Time) error

	// Permitted tells what the account may do at name, without asking the
	// storage. Nil means everything that the Backend implements.
	Permitted func(name Path) Actions
}

// Abler is implemented by backends that have Abilities.
type Abler interface {
	Abilities() Abilities
}

// AbilitiesOf returns what b can do beyond the Backend interface.
func AbilitiesOf(b Backend) Abilities {
	if a, ok := b.(Abler); ok {
		return a.Abilities()
	}
	return Abilities{}
}
