package dataconn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// Own opens a listener for each data connection, each port next to the last, so
// that finding a free one costs one attempt as a rule.
type Own struct {
	Range

	mu   sync.Mutex
	next uint16
}

var _ Ports = (*Own)(nil)

// Bind does nothing: ports are bound when they are needed.
func (o *Own) Bind(netip.Addr) error { return nil }

// Close does nothing: each Passive closes its own listener.
func (o *Own) Close() error { return nil }

// Listen opens a listener on the local address.
func (o *Own) Listen(ctx context.Context, c Claim) (*Passive, error) {
	ln, err := o.listen(ctx, c.Local)
	if err != nil {
		return nil, err
	}
	g := newGate(ln, o.Proxies)
	p := newPassive(g.port(), c, o.Wait, g.close)
	g.offer = p.offerPlain
	g.start()
	return p, nil
}

func (o *Own) listen(ctx context.Context, ip netip.Addr) (net.Listener, error) {
	tries := 1
	if o.First != 0 {
		tries = o.size()
	}
	for range tries {
		ln, err := listenOn(ctx, netip.AddrPortFrom(ip, o.pick()))
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return ln, err
		}
	}
	return nil, ErrNoPort
}

func (o *Own) pick() uint16 {
	if o.First == 0 {
		return 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next < o.First || o.next > o.Last {
		o.next = o.First
	}
	port := o.next
	o.next++ // past Last, and past 65535 to 0, it starts again above
	return port
}

func listenOn(ctx context.Context, addr netip.AddrPort) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", addr.String())
}
