package dataconn

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// caller is a connection for one of several sessions of its address. It is
// undecided until
//
//   - it begins a TLS handshake and resumes the TLS session of one of them;
//   - it begins to send without TLS, and one of them is unprotected;
//   - all of them but one have got their connections, which leaves that one;
//   - none of them waits any longer: it is closed.
//
// A session that gave up has got none: the connection may have been meant for
// it, and must not pass for another's. Neither bytes nor time are asked of the
// client: many shake hands only behind 150, and who downloads without TLS says
// nothing at all. So it is undecided as long as its sessions wait, which
// Range.Wait and the contexts of their Opens bound.
type caller struct {
	tcp   *net.TCPConn
	from  netip.Addr
	among []*Passive // all that waited when it came

	listening bool // for its first bytes; guarded by junction.mu
}

// decide finds out whose connection c is, and hands it over or resets it.
func (j *junction) decide(c *caller) {
	conn, p := j.identify(c)
	j.left(c)
	if conn == nil {
		return // closed
	}
	if p == nil || !p.offer(conn, c.from) {
		conn.Abort()
	}
}

// identify returns the connection, or nil if it is closed, and the session that
// it is for; nil for none.
func (j *junction) identify(c *caller) (*Conn, *Passive) {
	head, said := c.listen()
	j.heard(c)
	plain := Plain(&headed{Conn: c.tcp, tcp: c.tcp, head: head})
	fit := c.fit(said)
	if said != handshake || len(fit) < 2 { // the transfer of one shakes hands
		return plain, only(fit)
	}
	return j.shakeHands(c, plain)
}

// shakeHands lets the client's ticket decide.
func (j *junction) shakeHands(c *caller, plain *Conn) (*Conn, *Passive) {
	ctx := j.ctx
	if j.handshake > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, j.handshake)
		defer stop()
	}
	of := func(session string) *Passive {
		i := slices.IndexFunc(c.among, func(p *Passive) bool { return p.claim.Session == session })
		if i < 0 || !c.among[i].named() {
			return nil
		}
		return c.among[i]
	}
	conn, err := j.tickets.Protect(ctx, plain, func(session string) bool { return of(session) != nil })
	if err != nil {
		return nil, nil // whose client failed is not known
	}
	if session := conn.Session(); session != "" {
		return conn, of(session)
	}
	return conn, only(c.fit(handshake))
}

// named reports whether a ticket of the session may decide for it.
func (p *Passive) named() bool {
	return p.claim.Protected && (p.claim.Shared == nil || !p.claim.Shared())
}

// only returns the one there is, or nil.
func only(p []*Passive) *Passive {
	if len(p) != 1 {
		return nil
	}
	return p[0]
}

// fit returns those of among that have got no connection and that would begin
// like this one.
func (c *caller) fit(said beginning) []*Passive {
	var fit []*Passive
	for _, p := range c.among {
		_, served := p.state()
		switch {
		case served, said == ended, said == handshake && !p.claim.Protected, said == content && p.claim.Protected:
		default:
			fit = append(fit, p)
		}
	}
	return fit
}

// decided reports whether nothing that c could say matters any more.
func (c *caller) decided() bool {
	waits := func(p *Passive) bool { waiting, _ := p.state(); return waiting }
	return len(c.fit(silence)) <= 1 || !slices.ContainsFunc(c.among, waits)
}

// hush ends the wait for the first bytes. It is called with junction.mu held.
func (c *caller) hush() {
	if c.listening {
		c.tcp.SetReadDeadline(time.Unix(1, 0)) // fails only on a closed connection
	}
}

// heard ends what hush may do.
func (j *junction) heard(c *caller) {
	j.mu.Lock()
	defer j.mu.Unlock()
	c.listening = false
	c.tcp.SetReadDeadline(time.Time{}) // as in hush
}

// beginning is how a connection begins.
type beginning uint8

const (
	silence   beginning = iota // nothing yet, and it was hushed
	handshake                  // like TLS
	content                    // unlike it
	ended                      // without a byte. It need not have been an empty file: clients give up
)

// clientHello is how a TLS connection begins: a handshake record, and the high
// byte of its version (RFC 8446, section 5.1).
const clientHello = "\x16\x03"

// listen reads as little as tells how the connection begins.
func (c *caller) listen() ([]byte, beginning) {
	head := make([]byte, 0, len(clientHello))
	for len(head) < len(clientHello) {
		n, err := c.tcp.Read(head[len(head) : len(head)+1])
		head = head[:len(head)+n]
		if n == 0 {
			return head, broke(head, err)
		}
		if head[len(head)-1] != clientHello[len(head)-1] {
			return head, content
		}
	}
	return head, handshake
}

// broke says what there is if no more comes.
func broke(head []byte, err error) beginning {
	late, ok := err.(net.Error)
	switch {
	case ok && late.Timeout():
		return silence // or half a beginning, which says no more
	case len(head) > 0:
		return content
	}
	return ended
}

// headed is a connection of which head was read before.
type headed struct {
	net.Conn
	tcp  *net.TCPConn // the same
	head []byte
}

func (h *headed) Read(p []byte) (int, error) {
	if len(h.head) == 0 {
		return h.Conn.Read(p)
	}
	n := copy(p, h.head)
	h.head = h.head[n:]
	return n, nil
}

// SetLinger is for Conn.Abort.
func (h *headed) SetLinger(sec int) error { return h.tcp.SetLinger(sec) }

// SyscallConn is for acknowledgeAtOnce.
func (h *headed) SyscallConn() (syscall.RawConn, error) { return h.tcp.SyscallConn() }
