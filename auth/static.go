package auth

import (
	"context"
	"fmt"
)

// Static is a Source of the users in a password file. It knows only what it
// has read; a changed file is read by LoadStatic again. It is safe for
// concurrent use.
type Static struct {
	users map[string]staticUser
	// absent is compared with in place of the hash of a user who is not there,
	// so that the time of an answer does not tell who is.
	absent  passwordHash
	hashing hashing
}

var _ Source = (*Static)(nil)

type staticUser struct {
	hash      passwordHash
	principal Principal
}

// Authenticate compares the password of a user of the file. Others, and logins
// without a password, are not its own.
func (s *Static) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	if c.Method != MethodPassword && c.Method != MethodPasswordAndCertificate {
		return nil, ErrNotMine
	}
	u, known := s.users[c.User]
	if !known {
		u.hash = s.absent
	}
	ok, err := s.hashing.matches(ctx, u.hash, c.Password)
	switch {
	case err != nil:
		return nil, fmt.Errorf("password file: %w", err)
	case !known:
		return nil, ErrNotMine
	case !ok:
		return nil, fmt.Errorf("%w: wrong password", ErrDenied)
	}
	p := u.principal
	p.Methods = c.methods()
	return &p, nil
}
