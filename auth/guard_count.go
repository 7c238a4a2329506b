package auth

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"net/netip"
	"strings"
	"time"
)

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
