package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/netip"
	"strings"
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

// Guard is a Source that stands before another and keeps guessers from it.
// Only ErrDenied counts as a failure: a service that is down locks no one out.
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

// freshAtOnce is how many logins of an address or a user without failures may
// run at once. If they all fail they lock as long as the same number in turn.
const freshAtOnce = 64

// guardKey names an address, a user or a pair of them. The user's name goes in
// as a hash: names may be long, and under a random seed none can be made to
// collide with another.
type guardKey struct {
	of   guardKind
	addr netip.Prefix
	user uint64
}

type guardKind uint8

const (
	ofAddress guardKind = iota
	ofUser
	ofPair
)

// counter is what is known of a guardKey. Guard.mu protects it.
type counter struct {
	failures int
	locked   time.Time     // until when
	forget   time.Time     // when failures are forgotten
	running  int           // logins in progress
	changed  chan struct{} // closed when one ends; nil if no one waits
}

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
	defer func() { g.end(a, err) }()
	var p *Principal
	p, err = g.next.Authenticate(ctx, c)
	return p, err
}

// attempt is one login in progress.
type attempt struct {
	addr, user, pair guardKey
	counts           []guardKey // those of addr and user that can lock
	held             []*counter // those of counts, in the same order; set by begin
}

func (g *Guard) attempt(c Credentials) *attempt {
	ip := c.Client.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	prefix, _ := ip.Prefix(bits) // an invalid address has the invalid prefix
	user := maphash.String(g.seed, strings.ToLower(c.User))
	a := &attempt{
		addr: guardKey{of: ofAddress, addr: prefix},
		user: guardKey{of: ofUser, user: user},
		pair: guardKey{of: ofPair, addr: prefix, user: user},
	}
	if g.opt.By != ByUser {
		a.counts = append(a.counts, a.addr)
	}
	if g.opt.By != ByAddress {
		a.counts = append(a.counts, a.user)
	}
	return a
}

// begin waits until a may run. The error is a *ThrottledError or the context's.
func (g *Guard) begin(ctx context.Context, a *attempt) error {
	for {
		wait, err := g.tryBegin(a)
		if err != nil || wait == nil {
			return err
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return fmt.Errorf("wait for other logins: %w", context.Cause(ctx))
		}
	}
}

// tryBegin starts a, or returns what to wait for.
func (g *Guard) tryBegin(a *attempt) (wait <-chan struct{}, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	// The address is looked at whatever is counted: the source may lock it.
	for _, key := range []guardKey{a.addr, a.user} {
		if k, ok := g.counters.get(key); ok && now.Before(k.locked) {
			return nil, &ThrottledError{RetryAfter: k.locked.Sub(now)}
		}
	}
	a.held = a.held[:0]
	for _, key := range a.counts {
		k := g.counter(key, now)
		if k.running >= g.atOnce(k) {
			if k.changed == nil {
				k.changed = make(chan struct{})
			}
			return k.changed, nil
		}
		a.held = append(a.held, k)
	}
	for _, k := range a.held {
		k.running++
	}
	return nil, nil
}

func (g *Guard) atOnce(k *counter) int {
	if k.failures == 0 {
		return freshAtOnce
	}
	return max(1, g.opt.Failures-k.failures)
}

// counter returns the counter of key, without failures that are forgotten.
func (g *Guard) counter(key guardKey, now time.Time) *counter {
	k, ok := g.counters.get(key)
	if !ok {
		k = &counter{}
		g.counters.put(key, k)
	}
	if now.After(k.forget) {
		k.failures = 0
	}
	return k
}

// end counts the outcome of a and lets others run.
func (g *Guard) end(a *attempt, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for _, k := range a.held {
		k.running--
		if k.changed != nil {
			close(k.changed)
			k.changed = nil
		}
	}
	throttled, isThrottled := errors.AsType[*ThrottledError](err)
	switch {
	case err == nil:
		g.forgive(a, now)
	case errors.Is(err, ErrDenied):
		g.fail(a, now)
	case isThrottled && throttled.RetryAfter > 0:
		k := g.counter(a.addr, now)
		k.locked = later(k.locked, now.Add(throttled.RetryAfter))
	}
	g.tidy(a, now)
}

func (g *Guard) fail(a *attempt, now time.Time) {
	for _, key := range append(a.counts, a.pair) {
		k := g.counter(key, now)
		k.failures++
		if over := k.failures - g.opt.Failures; over >= 0 && key != a.pair {
			k.locked = later(k.locked, now.Add(g.delay(over)))
		}
		k.forget = later(now, k.locked).Add(g.opt.Window)
	}
}

// delay is Delay doubled n times, at most MaxDelay.
func (g *Guard) delay(n int) time.Duration {
	d := g.opt.Delay
	for ; n > 0 && d < g.opt.MaxDelay; n-- {
		d *= 2
	}
	return min(d, g.opt.MaxDelay)
}

// forgive takes the failures of the pair off its address and its user.
func (g *Guard) forgive(a *attempt, now time.Time) {
	pair, ok := g.counters.get(a.pair)
	if !ok || now.After(pair.forget) {
		return
	}
	for _, key := range a.counts {
		k := g.counter(key, now)
		k.failures = max(0, k.failures-pair.failures)
	}
	g.counters.remove(a.pair)
}

// tidy forgets the counters of a that say nothing, so that logins that succeed
// push no failures out of memory.
func (g *Guard) tidy(a *attempt, now time.Time) {
	for _, key := range []guardKey{a.addr, a.user} {
		k, ok := g.counters.get(key)
		if ok && k.failures == 0 && k.running == 0 && k.changed == nil && !now.Before(k.locked) {
			g.counters.remove(key)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
