package dataconn

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

var (
	loopback = netip.MustParseAddr("127.0.0.1")
	stranger = netip.MustParseAddr("127.0.0.2") // of the loopback network too
)

// client claims a data connection for a client of the given address.
func client(peer netip.Addr) Claim { return Claim{Session: "s", Local: loopback, Peer: peer} }

// each runs a test on all kinds of Ports, with room for two addresses at least.
func each(t *testing.T, r Range, test func(*testing.T, Ports)) {
	t.Run("own", func(t *testing.T) { test(t, &Own{Range: r}) })
	t.Run("pooled", func(t *testing.T) { test(t, newPool(t, 2, r)) })
	t.Run("single", func(t *testing.T) { test(t, newSingle(t, r)) })
}

// newPool binds n ports in a row that happen to be free.
func newPool(t *testing.T, n int, r Range) *Pool {
	t.Helper()
	for range 100 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		first := ln.Addr().(*net.TCPAddr).Port
		ln.Close() // only its number was wanted
		if first+n > 1<<16 {
			continue
		}
		r.First, r.Last = uint16(first), uint16(first+n-1)
		p := &Pool{Range: r}
		if p.Bind(loopback) == nil {
			t.Cleanup(func() { p.Close() })
			return p
		}
	}
	t.Fatal("no free ports")
	return nil
}

func listen(t *testing.T, p Ports, c Claim) *Passive {
	t.Helper()
	passive, err := p.Listen(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { passive.Close() })
	return passive
}

// dial connects to a passive port from the given address, and says first.
func dial(t *testing.T, from netip.Addr, port uint16, first string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(from, 0))}
	conn, err := d.DialContext(t.Context(), "tcp", netip.AddrPortFrom(loopback, port).String())
	if err != nil {
		if from != loopback {
			t.Skipf("this system has one loopback address: %v", err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := io.WriteString(conn, first); err != nil {
		t.Fatal(err)
	}
	return conn
}

// dropped waits for the server to close conn.
func dropped(t *testing.T, conn net.Conn) {
	t.Helper()
	if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("connection: read %d bytes, %v; want it closed", n, err)
	}
}

// arrives opens p and wants the connection that says word.
func arrives(t *testing.T, p *Passive, word string) {
	t.Helper()
	conn, err := p.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Abort()
	got := make([]byte, len(word))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != word {
		t.Errorf("got %q, %v; want %q", got, err, word)
	}
}

func TestStrangerIsDroppedAndClientServed(t *testing.T) {
	each(t, Range{}, func(t *testing.T, ports Ports) {
		p := listen(t, ports, client(loopback))
		dropped(t, dial(t, stranger, p.Port(), ""))
		dial(t, loopback, p.Port(), "mine")
		arrives(t, p, "mine")
	})
}

func TestSecondConnectionIsDropped(t *testing.T) {
	ports := newPool(t, 1, Range{}) // own listeners refuse it, as they are closed
	p := listen(t, ports, client(loopback))
	dial(t, loopback, p.Port(), "first")
	dropped(t, dial(t, loopback, p.Port(), ""))
	arrives(t, p, "first")
}

func TestSessionsOfOneAddressWaitAtOnce(t *testing.T) {
	each(t, Range{}, func(t *testing.T, ports Ports) {
		if _, one := ports.(*Single); one {
			t.Skip("one port serves them if their clients resume")
		}
		a, b := listen(t, ports, client(loopback)), listen(t, ports, client(loopback))
		if a.Port() == b.Port() {
			t.Fatalf("both got port %d", a.Port())
		}
		dial(t, loopback, b.Port(), "b")
		dial(t, loopback, a.Port(), "a")
		arrives(t, a, "a")
		arrives(t, b, "b")
	})
}

func TestPooledPortIsSharedByAddresses(t *testing.T) {
	ports := newPool(t, 1, Range{})
	a, b := listen(t, ports, client(loopback)), listen(t, ports, client(stranger))
	if a.Port() != b.Port() {
		t.Fatalf("ports of one: got %d and %d", a.Port(), b.Port())
	}
	if _, err := ports.Listen(t.Context(), client(loopback)); !errors.Is(err, ErrNoPort) {
		t.Errorf("a second of one address: got %v, want ErrNoPort", err)
	}
	dial(t, stranger, b.Port(), "b")
	dial(t, loopback, a.Port(), "a")
	arrives(t, a, "a")
	arrives(t, b, "b")
	listen(t, ports, client(loopback)) // the port is free again
}

func TestUnusedPortIsGivenBack(t *testing.T) {
	each(t, Range{Wait: time.Nanosecond}, func(t *testing.T, ports Ports) {
		p := listen(t, ports, client(loopback))
		<-p.over
		if _, err := p.Open(t.Context()); !errors.Is(err, errUnused) {
			t.Errorf("open: got %v, want %v", err, errUnused)
		}
		if own, ok := ports.(*Own); ok { // its port can be bound again
			own.First, own.Last = p.Port(), p.Port()
			own.Wait = 0
			for { // over comes just before the port is free
				again, err := own.Listen(t.Context(), client(loopback))
				if err == nil {
					again.Close()
					return
				}
				if !errors.Is(err, ErrNoPort) {
					t.Fatal(err)
				}
				runtime.Gosched()
			}
		}
	})
}

func TestWaitEndsWithTheContext(t *testing.T) {
	each(t, Range{Wait: time.Hour}, func(t *testing.T, ports Ports) {
		p := listen(t, ports, client(loopback))
		ctx, cancel := context.WithCancelCause(t.Context())
		aborted := errors.New("aborted")
		cancel(aborted)
		if _, err := p.Open(ctx); !errors.Is(err, aborted) {
			t.Errorf("open: got %v, want %v", err, aborted)
		}
	})
}

func TestUnaskedConnectionIsClosed(t *testing.T) {
	each(t, Range{}, func(t *testing.T, ports Ports) {
		p := listen(t, ports, client(loopback))
		conn := dial(t, loopback, p.Port(), "")
		for len(p.got) == 0 { // until it has come
			runtime.Gosched()
		}
		p.Close()
		dropped(t, conn)
	})
}

func TestBindIsDoneOnceForAnAddress(t *testing.T) {
	ports := newPool(t, 1, Range{})
	if err := ports.Bind(loopback); err != nil {
		t.Errorf("again: %v", err)
	}
	other := &Pool{Range: ports.Range}
	if err := other.Bind(loopback); err == nil {
		t.Error("ports of somebody else: bound")
	}
}

func TestPoolServesTheAddressesOfItsListener(t *testing.T) {
	any4, any6, one := []*shared{{}}, []*shared{{}}, []*shared{{}}
	p := Pool{bound: map[netip.Addr][]*shared{
		loopback: one, netip.IPv4Unspecified(): any4, netip.IPv6Unspecified(): any6,
	}}
	for ip, want := range map[netip.Addr]*shared{
		loopback: one[0], stranger: any4[0], netip.IPv6Loopback(): any6[0],
	} {
		if got := p.ports(ip); got[0] != want {
			t.Errorf("%v: got other ports", ip)
		}
	}
}
