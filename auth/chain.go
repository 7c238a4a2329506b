package auth

import (
	"context"
	"errors"
)

// Chain is a Source that asks several in turn. The first that does not answer
// ErrNotMine decides, also when it could not be asked: a service that is down
// must not hand its users to the next. A user of none is denied.
type Chain struct {
	sources []Source
}

var _ Source = (*Chain)(nil)

// NewChain returns a Chain of sources, in this order. Without any it denies
// everyone.
func NewChain(sources ...Source) *Chain { return &Chain{sources: sources} }

// Authenticate asks the sources of the chain.
func (ch *Chain) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	for _, s := range ch.sources {
		p, err := s.Authenticate(ctx, c)
		if !errors.Is(err, ErrNotMine) {
			return p, err
		}
	}
	return nil, ErrDenied
}
