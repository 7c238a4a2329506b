package auth

import (
	"context"
	"errors"
	"testing"
)

// sourceFunc is a Source made of a function.
type sourceFunc func(ctx context.Context, c Credentials) (*Principal, error)

func (f sourceFunc) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	return f(ctx, c)
}

// always is a Source that gives one answer.
func always(err error) Source {
	return sourceFunc(func(_ context.Context, c Credentials) (*Principal, error) {
		if err != nil {
			return nil, err
		}
		return &Principal{ID: c.User, Name: c.User}, nil
	})
}

func TestChainTakesTheFirstThatDecides(t *testing.T) {
	down := errors.New("down")
	for _, c := range []struct {
		sources []Source
		want    string
	}{
		{nil, "deny"},
		{[]Source{always(ErrNotMine)}, "deny"},
		{[]Source{always(ErrNotMine), always(nil)}, "allow"},
		{[]Source{always(ErrDenied), always(nil)}, "deny"},
		{[]Source{always(down), always(nil)}, "could not ask"},
		{[]Source{always(ErrNeedAccount), always(nil)}, "need account"},
		{[]Source{always(nil), always(down)}, "allow"},
	} {
		p, err := NewChain(c.sources...).Authenticate(t.Context(), alice())
		if got := outcome(err); got != c.want || (p == nil) == (err == nil) {
			t.Errorf("%s with %v, want %s", got, p, c.want)
		}
	}
}
