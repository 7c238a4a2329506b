package auth

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

// GuardBy says what failed logins are counted by.
type GuardBy uint8

const (
	// ByBoth counts by address and by user; either can lock. The zero value.
	ByBoth GuardBy = iota
	// ByAddress counts by the client's address only. Someone with many
	// addresses may guess on.
	ByAddress
	// ByUser counts by the user's name only.
	ByUser
)

// GuardOptions says when a Guard locks. The zero value is a safe default.
type GuardOptions struct {
	By GuardBy
	// Failures is how many logins may fail before the first lock; 0 is 5.
	Failures int
	// Delay is how long the first lock lasts; each further failure doubles it.
	// 0 is 5 seconds.
	Delay time.Duration
	// MaxDelay bounds a lock; 0 is 15 minutes. As a user can be locked by the
	// failures of others, it should stay bearable.
	MaxDelay time.Duration
	// Window is how long after the last failure, or the end of its lock,
	// failures are forgotten; 0 is 30 minutes.
	Window time.Duration
	// MaxKeys bounds how many addresses, users and pairs of them are
	// remembered, about 150 bytes each; the least used are forgotten first.
	// 0 is 65536.
	MaxKeys int
}

// errPasswordNeeded is what a refused certificate amounts to: nobody guessed
// anything, and a password may follow.
var errPasswordNeeded = errors.New("certificate does not suffice")

// Guard is a Source that stands before another and keeps guessers from it.
// Only ErrDenied counts as a failure: a service that is down locks no one out.
// That a certificate alone does not suffice is none either.
// A locked login fails with *ThrottledError and is not passed on. A success
// forgives the failures of that user from that address, but not what else was
// tried from there, so that a guesser cannot clear his record with an account
// of his own.
//
// A *ThrottledError from the inner source locks the client's address for the
// time it asks for.
//
// While an address or a user has failures, no more logins of it run at once
// than it has failures left; the others wait. So parallel guesses gain nothing.
//
// IPv6 addresses count by their /64, of which one host has all.
type Guard struct {
	opt  GuardOptions
	next Source
	seed maphash.Seed

	mu       sync.Mutex
	counters *lru[guardKey, *counter]
}

var _ Source = (*Guard)(nil)

// NewGuard puts a Guard before next. The error names the field of opt.
func NewGuard(opt GuardOptions, next Source) (*Guard, error) {
	switch {
	case opt.By > ByUser:
		return nil, errors.New("guard By: unknown")
	case opt.Failures < 0:
		return nil, errors.New("guard Failures: negative")
	case opt.Delay < 0 || opt.MaxDelay < 0 || opt.Window < 0:
		return nil, errors.New("guard Delay, MaxDelay or Window: negative")
	case opt.MaxKeys < 0:
		return nil, errors.New("guard MaxKeys: negative")
	}
	opt.Failures = cmp.Or(opt.Failures, 5)
	opt.Delay = cmp.Or(opt.Delay, 5*time.Second)
	opt.MaxDelay = cmp.Or(opt.MaxDelay, 15*time.Minute)
	opt.Window = cmp.Or(opt.Window, 30*time.Minute)
	opt.MaxKeys = cmp.Or(opt.MaxKeys, 1<<16)
	return &Guard{opt: opt, next: next, seed: maphash.MakeSeed(), counters: newLRU[guardKey, *counter](opt.MaxKeys)}, nil
}

// Authenticate passes c on unless its address or user is locked.
func (g *Guard) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	a := g.attempt(c)
	if err := g.begin(ctx, a); err != nil {
		return nil, err
	}
	// A panic of the source must not keep others waiting for ever.
	err := errors.New("login did not end")
	defer func() {
		if c.Method == MethodCertificate && errors.Is(err, ErrDenied) {
			err = errPasswordNeeded
		}
		g.end(a, err)
	}()
	var p *Principal
	p, err = g.next.Authenticate(ctx, c)
	return p, err
}
