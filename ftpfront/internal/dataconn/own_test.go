package dataconn

import (
	"errors"
	"net/netip"
	"testing"
)

func TestOwnPortIsClosedBehindItsConnection(t *testing.T) {
	ports := &Own{}
	p := listen(t, ports, client(loopback))
	dial(t, loopback, p.Port(), "mine")
	arrives(t, p, "mine")
	ports.First, ports.Last = p.Port(), p.Port()
	listen(t, ports, client(loopback)) // it can be bound again
}

func TestOwnPortsAtTheEndOfAllPorts(t *testing.T) {
	ports := &Own{Range: Range{First: 65534, Last: 65535}}
	for i, want := range []uint16{65534, 65535, 65534} {
		if got := ports.pick(); got != want {
			t.Errorf("port %d is %d, want %d", i, got, want)
		}
	}
}

func TestListenOnAnAddressThatIsNotHere(t *testing.T) {
	c := Claim{Local: netip.MustParseAddr("192.0.2.1"), Peer: loopback}
	if p, err := (&Own{}).Listen(t.Context(), c); err == nil || errors.Is(err, ErrNoPort) {
		t.Errorf("Listen = %v, %v; want what the system says", p, err)
	}
}

func TestRangeOfOwnPortsIsBounded(t *testing.T) {
	r := newPool(t, 2, Range{})
	r.Close()
	ports := &Own{Range: Range{First: r.First, Last: r.Last}}
	a, b := listen(t, ports, client(loopback)), listen(t, ports, client(stranger))
	if _, err := ports.Listen(t.Context(), client(loopback)); !errors.Is(err, ErrNoPort) {
		t.Errorf("a third of two: got %v, want ErrNoPort", err)
	}
	a.Close()
	c := listen(t, ports, client(loopback))
	if c.Port() != a.Port() || c.Port() == b.Port() {
		t.Errorf("after one was closed: got %d, want %d", c.Port(), a.Port())
	}
}
