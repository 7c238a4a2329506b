// Package dataconn opens the data connections of FTP, one per transfer, and
// ends them so that both sides can tell a whole content from a part. It knows
// nothing of verbs.
package dataconn

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// Opener opens one data connection, once: Open is called at most once. Close is
// called at the end in any case, and does nothing after an Open that succeeded.
type Opener interface {
	// Open waits for the client or dials it, until ctx ends. The connection is
	// protected already if its handshake had to tell whose it is.
	Open(ctx context.Context) (*Conn, error)
	// Close gives up what the opener holds without opening.
	Close() error
}

// closeWait bounds the sending of close_notify to a client that reads nothing.
const closeWait = 5 * time.Second

// Conn is an open data connection, plain or protected by TLS. One goroutine
// reads or writes it; Interrupt may be called from any.
type Conn struct {
	conn net.Conn // what content goes through: tls or tcp
	tcp  net.Conn

	// Of a protected connection; see Tickets.Protect.
	tls     *tls.Conn
	wire    *tlsWire
	session string // that it resumed; empty for none
}

// Plain wraps an unprotected connection.
func Plain(tcp net.Conn) *Conn { return &Conn{conn: tcp, tcp: tcp} }

// Read reads content.
func (c *Conn) Read(p []byte) (int, error) { return c.conn.Read(p) }

// Write writes content.
func (c *Conn) Write(p []byte) (int, error) { return c.conn.Write(p) }

// Protected reports whether TLS protects the connection.
func (c *Conn) Protected() bool { return c.tls != nil }

// EndProved reports, after Read has given io.EOF, whether the client said that
// the content ended: by TLS close_notify. A plain connection, and a TLS
// connection that just closes, prove nothing.
func (c *Conn) EndProved() bool { return c.tls != nil && !c.wire.raw.Load() }

// Interrupt makes pending and later reads and writes fail.
func (c *Conn) Interrupt() {
	c.tcp.SetDeadline(time.Unix(1, 0)) // fails only on a closed connection
}

// Finish ends the connection as complete: close_notify under TLS, then FIN.
func (c *Conn) Finish() error {
	if c.tls != nil {
		c.tcp.SetWriteDeadline(time.Now().Add(closeWait)) // an error shows in Close
	}
	return c.conn.Close()
}

// Abort ends the connection so that the client cannot take what it got for the
// whole: by a TCP reset, and without close_notify.
func (c *Conn) Abort() {
	if t, ok := c.tcp.(interface{ SetLinger(sec int) error }); ok {
		t.SetLinger(0) // fails only on a closed connection
	}
	c.tcp.Close() // nothing is left to lose
}
