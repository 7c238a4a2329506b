package dataconn

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// Protect runs the TLS handshake as the server, whoever opened the connection
// (RFC 4217, section 7), until ctx ends. Plain is unprotected and not used any
// more; on failure it is closed.
//
// Claim says of which FTP sessions a ticket may be resumed, and is called with
// each that the client shows; any other ticket leads to a full handshake. Nil
// resumes nothing. Conn.Session tells what became of it.
func (t *Tickets) Protect(ctx context.Context, plain *Conn, claim func(session string) bool) (*Conn, error) {
	tcp := plain.tcp
	wire := &tlsWire{Conn: tcp, handshaking: true}
	b := &binding{cfg: t.cfg, claim: claim, issuing: wire.holdTicket}
	// A ticket that anyone can have without resuming proves nothing later.
	b.name = func(resumed bool) string {
		if !resumed {
			return ""
		}
		return b.claimed
	}
	conn := tls.Server(wire, b.config())
	if err := conn.HandshakeContext(ctx); err != nil {
		tcp.Close() // the handshake's error says more than this one
		return nil, err
	}
	wire.handshaking = false
	c := &Conn{conn: conn, tcp: tcp, tls: conn, wire: wire}
	if conn.ConnectionState().DidResume {
		c.session = b.claimed
	}
	return c, nil
}

// Session is the FTP session whose TLS session the connection resumed; empty if
// it resumed none.
func (c *Conn) Session() string { return c.session }

// Certificate is the client's, from this handshake or from the one that was
// resumed; nil for none.
func (c *Conn) Certificate() *x509.Certificate {
	if c.tls == nil {
		return nil
	}
	if certs := c.tls.ConnectionState().PeerCertificates; len(certs) > 0 {
		return certs[0]
	}
	return nil
}

// tlsWire lies between TLS and TCP. It remembers that TCP ended, which
// crypto/tls reports as io.EOF just as it does close_notify, and holds back
// session tickets.
//
// In TLS 1.3 the server's ticket follows the handshake. A client that uploads
// need not read it: many write, say close_notify and close. With the ticket
// unread, the client's system turns that close into a reset and discards what it
// has yet to send, so that the file arrives short. crypto/tls cannot resume and
// send no ticket, but nothing waits for the ticket; it goes out with the next
// bytes that the server has to say: with the content, or with its close_notify
// once the client's has come. Clients that take a ticket but once (OpenSSL's,
// after RFC 8446, appendix C.4) find the next one there; those that show the
// control connection's again and again (GnuTLS: lftp, FileZilla) need none.
type tlsWire struct {
	net.Conn
	raw         atomic.Bool // TCP has ended
	handshaking bool        // owned by the goroutine that shakes hands, then reads

	// Owned by the goroutine that shakes hands, then writes.
	ticketNext bool   // the next write ends with a ticket
	held       []byte // a ticket, in its record
}

func (w *tlsWire) Read(p []byte) (int, error) {
	if w.handshaking {
		acknowledgeAtOnce(w.Conn)
	}
	n, err := w.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		w.raw.Store(true)
	}
	return n, err
}

// holdTicket notes that the last record of the next write is a ticket. In TLS
// 1.2 a ticket is part of the handshake and always read.
func (w *tlsWire) holdTicket(version uint16) { w.ticketNext = version == tls.VersionTLS13 }

func (w *tlsWire) Write(p []byte) (int, error) {
	if w.ticketNext {
		w.ticketNext = false
		last := lastRecord(p)
		w.held = append(w.held, p[last:]...) // p is crypto/tls's
		if last == 0 {
			return len(p), nil
		}
		n, err := w.Conn.Write(p[:last])
		if err != nil {
			return n, err
		}
		return len(p), nil
	}
	if w.held == nil {
		return w.Conn.Write(p)
	}
	before := len(w.held)
	both := append(w.held, p...)
	w.held = nil
	n, err := w.Conn.Write(both)
	return max(n-before, 0), err
}

// recordHeader is the length of what stands before each TLS record: type,
// version, and two bytes of length (RFC 8446, section 5.1).
const recordHeader = 5

// lastRecord returns where the last record in p begins.
func lastRecord(p []byte) int {
	for at := 0; ; {
		if at+recordHeader > len(p) {
			return at
		}
		next := at + recordHeader + int(p[at+3])<<8 + int(p[at+4])
		if next >= len(p) {
			return at
		}
		at = next
	}
}
