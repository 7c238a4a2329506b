package advertise

import (
	"context"
	"errors"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var client = netip.MustParseAddr("192.0.2.1")

func TestFirstNetworkOfTheClientDecides(t *testing.T) {
	a := New(Options{
		Address: "203.0.113.1",
		Networks: []Network{
			{Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, Address: "10.1.0.1"},
			{Networks: []netip.Prefix{netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("10.0.0.0/8")}},
		},
	})
	defer a.Close()
	for from, want := range map[string]string{
		"10.1.2.3":        "10.1.0.1",
		"::ffff:10.1.2.3": "10.1.0.1",
		"10.2.0.1":        "invalid IP", // the one that it reached
		"fe80::1%eth0":    "invalid IP",
		"192.0.2.1":       "203.0.113.1",
	} {
		if got := a.For(netip.MustParseAddr(from)); got.String() != want {
			t.Errorf("%s: got %v, want %s", from, got, want)
		}
	}
}

// zone is a name server with one name.
type zone struct {
	addrs []netip.Addr
	err   error
	asked int
	slow  time.Duration
}

func (z *zone) resolve(ctx context.Context, _ string) ([]netip.Addr, error) {
	z.asked++
	select {
	case <-time.After(z.slow):
		return z.addrs, z.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (z *zone) set(addrs ...string) {
	z.addrs = nil
	for _, s := range addrs {
		z.addrs = append(z.addrs, netip.MustParseAddr(s))
	}
}

func TestNameIsResolvedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{}
		a := New(Options{Address: "ftp.example", Resolve: z.resolve})
		defer a.Close()
		// tell makes a question due, and returns what is told after it.
		tell := func() string {
			a.For(client)
			synctest.Wait()
			return a.For(client).String()
		}
		steps := []struct {
			what  string
			zone  []string
			err   error
			after time.Duration
			want  string
			asked int
		}{
			{"the first answer", []string{"203.0.113.1"}, nil, 0, "203.0.113.1", 1},
			{"a fresh answer is kept", []string{"203.0.113.2"}, nil, keep - 1, "203.0.113.1", 1},
			{"an old one is asked for again", []string{"203.0.113.2"}, nil, 1, "203.0.113.2", 2},
			{"an error changes nothing", nil, errors.New("no servers"), keep, "203.0.113.2", 3},
			{"no address changes nothing", nil, nil, keep, "203.0.113.2", 4},
			{"one of several stays", []string{"203.0.113.3", "203.0.113.2"}, nil, keep, "203.0.113.2", 5},
			{"PASV tells IPv4 only", []string{"2001:db8::1", "203.0.113.4"}, nil, keep, "203.0.113.4", 6},
		}
		for _, s := range steps {
			z.set(s.zone...)
			z.err = s.err
			time.Sleep(s.after)
			if got := tell(); got != s.want || z.asked != s.asked {
				t.Errorf("%s: got %s after %d questions, want %s after %d", s.what, got, z.asked, s.want, s.asked)
			}
		}
	})
}

func TestOnlyTheFirstAnswerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{slow: time.Second}
		z.set("203.0.113.1")
		a := New(Options{Address: "ftp.example", Resolve: z.resolve})
		defer a.Close()
		start := time.Now()
		if got := a.For(client); got != z.addrs[0] || time.Since(start) != time.Second {
			t.Errorf("first: got %v after %v", got, time.Since(start))
		}
		time.Sleep(keep)
		start = time.Now()
		if got := a.For(client); got != z.addrs[0] || time.Since(start) != 0 {
			t.Errorf("later: got %v after %v, want no wait", got, time.Since(start))
		}
	})
}

func TestNameServerThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{slow: time.Hour}
		a := New(Options{Address: "ftp.example", Resolve: z.resolve})
		defer a.Close()
		start := time.Now()
		if got := a.For(client); got.IsValid() || time.Since(start) != askTime {
			t.Errorf("got %v after %v, want none after %v", got, time.Since(start), askTime)
		}
	})
}
