package dataconn

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Passive waits for one connection of a client. It waits from the start, so
// that a port is free again as soon as the client has come, or has not.
type Passive struct {
	port  uint16
	claim Claim
	free  func()      // gives the port back; called once, without mu
	timer *time.Timer // gives up before Open; nil for never

	got  chan *Conn    // the client's connection; capacity 1
	over chan struct{} // closed when no connection can come any more

	mu      sync.Mutex
	settled bool // the client has come, or is not waited for any more
	served  bool // the client has come
}

var _ Opener = (*Passive)(nil)

// newPassive makes a Passive that waits no longer than wait for its Open.
func newPassive(port uint16, c Claim, wait time.Duration, free func()) *Passive {
	p := &Passive{port: port, claim: c, free: free, got: make(chan *Conn, 1), over: make(chan struct{})}
	if wait > 0 {
		p.timer = time.AfterFunc(wait, p.giveUp)
	}
	return p
}

// Port is the port that the client has to connect to.
func (p *Passive) Port() uint16 { return p.port }

// offer hands over a connection that comes from the given address. It reports
// false if it is a stranger's, or one too many (RFC 2577, section 4).
func (p *Passive) offer(conn *Conn, from netip.Addr) bool {
	served := func() {
		p.served = true
		p.got <- conn
	}
	if from != p.claim.Peer || !p.settle(served) {
		return false
	}
	p.free()
	return true
}

// offerPlain is offer for a connection of which nothing was read.
func (p *Passive) offerPlain(tcp net.Conn, from netip.Addr) bool { return p.offer(Plain(tcp), from) }

// state reports whether the client is still waited for, and whether it has come.
func (p *Passive) state() (waiting, served bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.settled, p.served
}

// giveUp stops waiting for the client.
func (p *Passive) giveUp() {
	if p.settle(func() { close(p.over) }) {
		p.free()
	}
}

// settle does how, which must not wait, and reports true: the first time only.
func (p *Passive) settle(how func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.settled {
		return false
	}
	p.settled = true
	how()
	return true
}

// Open returns the client's connection, and waits for it until ctx ends.
func (p *Passive) Open(ctx context.Context) (*Conn, error) {
	if p.timer != nil {
		p.timer.Stop() // if it has fired, over says so
	}
	select {
	case conn := <-p.got:
		return conn, nil
	case <-p.over:
		return nil, errUnused
	case <-ctx.Done():
		p.Close() // gives back the port; there is no other error
		return nil, context.Cause(ctx)
	}
}

// Close stops waiting, and resets a connection that nobody has asked for, as the
// system does with one that was never accepted. A client that shakes hands before
// it reads the refusal (Perl's Net::FTP) takes a reset for an error; after a FIN
// it would go on writing, and die of it.
func (p *Passive) Close() error {
	if p.timer != nil {
		p.timer.Stop() // as in Open
	}
	p.giveUp()
	select {
	case conn := <-p.got:
		conn.Abort()
	default:
	}
	return nil
}
