package dataconn

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Ports hands out passive listeners from a range of ports, each next to the
// last, so that finding a free one costs one attempt as a rule. It is safe for
// concurrent use. The zero value leaves the choice to the system.
type Ports struct {
	First, Last uint16 // inclusive; 0 for any port

	mu   sync.Mutex
	next uint16
}

// Listen opens a listener on ip that admits one connection from peer.
func (p *Ports) Listen(ctx context.Context, ip, peer netip.Addr) (*Passive, error) {
	tries := 1
	if p.First != 0 {
		tries = int(p.Last) - int(p.First) + 1
	}
	var lc net.ListenConfig
	for range tries {
		addr := netip.AddrPortFrom(ip, p.pick())
		ln, err := lc.Listen(ctx, "tcp", addr.String())
		if err == nil {
			return &Passive{ln: ln.(*net.TCPListener), peer: peer.Unmap()}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, ErrNoPort
}

func (p *Ports) pick() uint16 {
	if p.First == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.next < p.First || p.next > p.Last {
		p.next = p.First
	}
	port := p.next
	p.next++ // past Last, and past 65535 to 0, it starts again above
	return port
}

// Passive waits for the client to connect.
type Passive struct {
	ln   *net.TCPListener
	peer netip.Addr
}

var _ Opener = (*Passive)(nil)

// Port is the port that the client has to connect to.
func (p *Passive) Port() uint16 {
	return p.ln.Addr().(*net.TCPAddr).AddrPort().Port()
}

// Open takes the first connection that comes from the peer's address and drops
// those of strangers (RFC 2577, section 4).
func (p *Passive) Open(ctx context.Context) (net.Conn, error) {
	defer p.ln.Close() // one connection only; Accept has said what matters
	stop := context.AfterFunc(ctx, func() {
		p.ln.SetDeadline(time.Unix(1, 0)) // fails only on a closed listener
	})
	defer stop()
	for {
		conn, err := p.ln.AcceptTCP()
		if err != nil {
			return nil, errors.Join(err, context.Cause(ctx))
		}
		if conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap() == p.peer {
			return conn, nil
		}
		conn.Close() // a stranger's
	}
}

// Close stops listening.
func (p *Passive) Close() error { return p.ln.Close() }
