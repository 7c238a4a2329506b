package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// from is a login of user from an address; the password decides its outcome.
func from(addr, user, password string) Credentials {
	return Credentials{Method: MethodPassword, User: user, Password: password, Client: netip.AddrPortFrom(netip.MustParseAddr(addr), 1)}
}

// door lets in who has the password "right" and counts who got that far.
type door struct{ asked atomic.Int32 }

func (d *door) Authenticate(_ context.Context, c Credentials) (*Principal, error) {
	d.asked.Add(1)
	switch c.Password {
	case "right":
		return &Principal{ID: c.User}, nil
	case "down":
		return nil, errors.New("down")
	case "slow down":
		return nil, &ThrottledError{RetryAfter: time.Minute}
	}
	return nil, fmt.Errorf("%w: wrong password", ErrDenied)
}

func newTestGuard(t *testing.T, opt GuardOptions, next Source) *Guard {
	t.Helper()
	g, err := NewGuard(opt, next)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// try logs in and checks the outcome.
func try(t *testing.T, g *Guard, c Credentials, want string) {
	t.Helper()
	if _, err := g.Authenticate(t.Context(), c); outcome(err) != want {
		t.Errorf("%s from %s with %q: %s, want %s", c.User, c.Client, c.Password, outcome(err), want)
	}
}

func TestGuardLocksForLongerAndLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		g := newTestGuard(t, GuardOptions{Failures: 3, Delay: time.Second, MaxDelay: 3 * time.Second, Window: time.Minute}, &d)
		for range 3 {
			try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
		}
		for _, lock := range []time.Duration{1, 2, 3, 3} {
			asked := d.asked.Load()
			try(t, g, from("192.0.2.1", "a", "right"), "throttled "+(lock*time.Second).String())
			time.Sleep(lock*time.Second - 1)
			try(t, g, from("192.0.2.1", "a", "right"), "throttled 1ns")
			if d.asked.Load() != asked {
				t.Error("a locked login was passed on")
			}
			time.Sleep(time.Nanosecond)
			try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
		}
		time.Sleep(3*time.Second + time.Minute + 1)
		for range 3 {
			try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
		}
		try(t, g, from("192.0.2.1", "a", "right"), "throttled 1s")
	})
}

func TestGuardCountsBy(t *testing.T) {
	sameAddr, sameUser := from("192.0.2.1", "b", "right"), from("192.0.2.2", "A", "right")
	for _, c := range []struct {
		by         GuardBy
		addr, user string
	}{
		{ByBoth, "throttled 5s", "throttled 5s"},
		{ByAddress, "throttled 5s", "allow"},
		{ByUser, "allow", "throttled 5s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := newTestGuard(t, GuardOptions{By: c.by, Failures: 1}, &door{})
			try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
			try(t, g, sameAddr, c.addr)
			try(t, g, sameUser, c.user)
			try(t, g, from("192.0.2.3", "c", "right"), "allow")
		})
	}
}

func TestGuardTakesOneHostForOneAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTestGuard(t, GuardOptions{By: ByAddress, Failures: 1}, &door{})
		try(t, g, from("2001:db8::1", "a", "wrong"), "deny")
		try(t, g, from("2001:db8::ffff:2", "b", "right"), "throttled 5s")
		try(t, g, from("2001:db8:0:1::1", "b", "right"), "allow")
		try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
		try(t, g, from("::ffff:192.0.2.1", "b", "right"), "throttled 5s")
		try(t, g, from("192.0.2.2", "b", "right"), "allow")
	})
}

func TestGuardCountsRefusalsOnly(t *testing.T) {
	g := newTestGuard(t, GuardOptions{Failures: 1}, &door{})
	for range 3 {
		try(t, g, from("192.0.2.1", "a", "down"), "could not ask")
	}
	try(t, g, from("192.0.2.1", "a", "right"), "allow")
}

func TestGuardForgivesThePairAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTestGuard(t, GuardOptions{Failures: 3}, &door{})
		for range 4 { // mistyped and corrected, again and again
			try(t, g, from("192.0.2.1", "own", "wrong"), "deny")
			try(t, g, from("192.0.2.1", "own", "wrong"), "deny")
			try(t, g, from("192.0.2.1", "own", "right"), "allow")
		}
		// An account of his own does not clear what he tried on others.
		try(t, g, from("192.0.2.1", "x", "wrong"), "deny")
		try(t, g, from("192.0.2.1", "own", "right"), "allow")
		try(t, g, from("192.0.2.1", "y", "wrong"), "deny")
		try(t, g, from("192.0.2.1", "own", "right"), "allow")
		try(t, g, from("192.0.2.1", "z", "wrong"), "deny")
		try(t, g, from("192.0.2.1", "own", "right"), "throttled 5s")
	})
}

func TestGuardHonoursTheServicesWish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newTestGuard(t, GuardOptions{By: ByUser}, &door{})
		try(t, g, from("192.0.2.1", "a", "slow down"), "throttled 1m0s")
		try(t, g, from("192.0.2.1", "b", "right"), "throttled 1m0s")
		try(t, g, from("192.0.2.2", "a", "right"), "allow")
		time.Sleep(time.Minute)
		try(t, g, from("192.0.2.1", "b", "right"), "allow")
	})
}

func TestGuardGainsNothingByParallelGuesses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var d door
		slow := sourceFunc(func(ctx context.Context, c Credentials) (*Principal, error) {
			time.Sleep(time.Second)
			return d.Authenticate(ctx, c)
		})
		g := newTestGuard(t, GuardOptions{Failures: 3}, slow)
		try(t, g, from("192.0.2.1", "a", "wrong"), "deny")
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { _, _ = g.Authenticate(t.Context(), from("192.0.2.1", "a", "wrong")) })
		}
		wg.Wait()
		if got := d.asked.Load(); got != 3 {
			t.Errorf("%d guesses were passed on, want 3", got)
		}
	})
}

func TestGuardLetsManyInAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := sourceFunc(func(context.Context, Credentials) (*Principal, error) {
			time.Sleep(time.Second)
			return &Principal{ID: "a"}, nil
		})
		g := newTestGuard(t, GuardOptions{}, slow)
		start := time.Now()
		var wg sync.WaitGroup
		for range 2 * freshAtOnce {
			wg.Go(func() { try(t, g, from("192.0.2.1", "a", "right"), "allow") })
		}
		wg.Wait()
		if took := time.Since(start); took != 2*time.Second {
			t.Errorf("took %v, want 2 s", took)
		}
		if n := len(g.counters.items); n != 0 {
			t.Errorf("%d counters are left after successes, want none", n)
		}
	})
}

func TestGuardObeysItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := sourceFunc(func(ctx context.Context, _ Credentials) (*Principal, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		g := newTestGuard(t, GuardOptions{}, hang)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range freshAtOnce + 1 {
			wg.Go(func() {
				if _, err := g.Authenticate(ctx, alice()); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error %v, want the deadline", err)
				}
			})
		}
		wg.Wait()
	})
}

func TestGuardMemoryIsBounded(t *testing.T) {
	g := newTestGuard(t, GuardOptions{MaxKeys: 100}, always(ErrDenied))
	for i := range 1000 {
		addr := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		_, _ = g.Authenticate(t.Context(), Credentials{User: fmt.Sprint(i), Client: netip.AddrPortFrom(addr, 1)})
	}
	if n := len(g.counters.items); n > 100 {
		t.Errorf("%d counters, want 100 at most", n)
	}
}

func TestGuardSurvivesAPanic(t *testing.T) {
	broken := sourceFunc(func(context.Context, Credentials) (*Principal, error) { panic("broken") })
	g := newTestGuard(t, GuardOptions{}, broken)
	func() {
		defer func() { _ = recover() }()
		_, _ = g.Authenticate(t.Context(), alice())
	}()
	if n := len(g.counters.items); n != 0 {
		t.Errorf("%d counters are left, want none", n)
	}
}

func TestNewGuardChecksItsOptions(t *testing.T) {
	for _, opt := range []GuardOptions{{By: 9}, {Failures: -1}, {Delay: -1}, {MaxDelay: -1}, {Window: -1}, {MaxKeys: -1}} {
		if _, err := NewGuard(opt, &door{}); err == nil {
			t.Errorf("NewGuard(%+v) gives no error", opt)
		}
	}
}
