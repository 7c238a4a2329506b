package dataconn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"testing"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// listen opens a passive listener for the time of the test.
func listen(t *testing.T, ports *Ports) *Passive {
	t.Helper()
	p, err := ports.Listen(t.Context(), loopback, loopback)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func dialPort(t *testing.T, port uint16) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestPassiveTakesOneConnection(t *testing.T) {
	p := listen(t, &Ports{})
	client := dialPort(t, p.Port())
	conn, err := p.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if conn.RemoteAddr().String() != client.LocalAddr().String() {
		t.Errorf("took %v, want %v", conn.RemoteAddr(), client.LocalAddr())
	}
	if second, err := net.Dial("tcp", p.ln.Addr().String()); err == nil {
		second.Close() // it was not wanted
		t.Error("the port stays open behind the connection")
	}
}

func TestPassiveEndsWithItsContext(t *testing.T) {
	p := listen(t, &Ports{})
	gone := errors.New("aborted")
	ctx, end := context.WithCancelCause(t.Context())
	end(gone)
	if conn, err := p.Open(ctx); !errors.Is(err, gone) {
		t.Errorf("Open = %v, %v; want the cause %v", conn, err, gone)
	}
}

// twoPorts finds two free ports in a row.
func twoPorts(t *testing.T) (first uint16) {
	t.Helper()
	for range 100 {
		a := listen(t, &Ports{})
		first = a.Port()
		b, err := (&Ports{First: first + 1, Last: first + 1}).Listen(t.Context(), loopback, loopback)
		a.Close()
		if err == nil {
			b.Close()
			return first
		}
	}
	t.Skip("no two free ports in a row")
	return 0
}

func TestPortsStayInTheirRange(t *testing.T) {
	first := twoPorts(t)
	ports := &Ports{First: first, Last: first + 1}
	a, b := listen(t, ports), listen(t, ports)
	if a.Port() != first || b.Port() != first+1 {
		t.Errorf("ports %d and %d, want %d and %d", a.Port(), b.Port(), first, first+1)
	}
	if c, err := ports.Listen(t.Context(), loopback, loopback); !errors.Is(err, ErrNoPort) {
		t.Errorf("a third listener: %v, %v; want ErrNoPort", c, err)
	}
	a.Close()
	if c := listen(t, ports); c.Port() != first {
		t.Errorf("port %d, want %d, which is free again", c.Port(), first)
	}
}

func TestPortsAtTheEndOfAllPorts(t *testing.T) {
	ports := &Ports{First: 65534, Last: 65535}
	for i, want := range []uint16{65534, 65535, 65534} {
		if got := ports.pick(); got != want {
			t.Errorf("port %d is %d, want %d", i, got, want)
		}
	}
}

func TestListenOnAnAddressThatIsNotHere(t *testing.T) {
	elsewhere := netip.MustParseAddr("192.0.2.1")
	if p, err := (&Ports{}).Listen(t.Context(), elsewhere, loopback); err == nil || errors.Is(err, ErrNoPort) {
		t.Errorf("Listen = %v, %v; want what the system says", p, err)
	}
}

func TestActiveDialsFromItsOwnAddress(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	a := Active{Local: loopback, Remote: ln.Addr().(*net.TCPAddr).AddrPort()}
	conn, err := a.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if local := conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr(); local != loopback {
		t.Errorf("dialled from %v, want %v", local, loopback)
	}
	ctx, end := context.WithCancel(t.Context())
	end()
	if conn, err := a.Open(ctx); err == nil {
		conn.Close() // it was not wanted
		t.Error("Open dials though its context has ended")
	}
}
