package ftpfront

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// replyWait bounds the sending of a reply to a client that reads none, and
// goodbyeWait that of the last one when the server is closed.
const (
	replyWait   = 30 * time.Second
	goodbyeWait = time.Second
)

// line is what a read of the control connection gave.
type line struct {
	text string
	err  error
}

// control is the control connection. The session goroutine owns it, but for
// wake and cut, which any goroutine may call.
type control struct {
	raw   net.Conn
	lines chan line // what an asked-for read gives; capacity 1
	asked bool      // a read is outstanding, or its line lies in lines
	out   []byte
	deaf  bool // a reply could not be sent; no more is said

	mu     sync.Mutex // guards conn, woken and hurry against wake and cut
	conn   net.Conn   // raw, or TLS over it
	woken  bool       // reads fail
	hurry  bool       // writes have goodbyeWait only
	reader *wire.LineReader
}

func newControl(conn net.Conn) *control {
	inlineUrgent(conn)
	return &control{raw: conn, conn: conn, lines: make(chan line, 1), reader: wire.NewLineReader(conn)}
}

// ask starts a read of one line unless one is outstanding. Its result comes
// from lines and must be fetched with took.
func (c *control) ask() {
	if c.asked {
		return
	}
	c.asked = true
	r := c.reader
	go func() {
		text, err := r.ReadLine()
		c.lines <- line{text, err}
	}()
}

// watchAfter is how long a command may take before the control connection is
// watched: almost all are done by then and pay nothing for it.
const watchAfter = 50 * time.Millisecond

// watch calls lost when the control connection ends while the session goroutine
// waits for something else. The returned stop gives the control connection back
// to that goroutine.
func (c *control) watch(lost func()) (stop func()) {
	c.setReadDeadline(time.Time{})
	stopped, ended := make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(watchAfter, func() {
		defer close(ended)
		c.ask()
		select {
		case l := <-c.lines:
			c.lines <- l // for next
			if l.err != nil && !isTimeout(l.err) && !errors.Is(l.err, wire.ErrLineTooLong) {
				lost()
			}
		case <-stopped:
		}
	})
	return func() {
		if !timer.Stop() {
			close(stopped)
			<-ended
		}
	}
}

// took notes that a line was received from lines.
func (c *control) took() { c.asked = false }

// next waits for the next line until the deadline; the zero time is none.
func (c *control) next(deadline time.Time) line {
	c.setReadDeadline(deadline)
	if !c.asked {
		text, err := c.reader.ReadLine()
		return line{text, err}
	}
	l := <-c.lines
	c.took()
	return l
}

// drop ends an outstanding read and forgets the line that it gave.
func (c *control) drop() {
	if !c.asked {
		return
	}
	c.conn.SetReadDeadline(time.Unix(1, 0)) // a closed connection ends the read as well
	<-c.lines
	c.took()
}

// setReadDeadline sets when reading gives up; after wake that is at once.
func (c *control) setReadDeadline(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.woken {
		t = time.Unix(1, 0)
	}
	c.conn.SetReadDeadline(t) // a closed connection shows in the read
}

// wake makes reads fail from now on with a timeout, until resume.
func (c *control) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken = true
	c.conn.SetReadDeadline(time.Unix(1, 0)) // a closed connection needs no waking
}

// resume lets reads wait again after wake.
func (c *control) resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken = false
}

// cut is wake, and makes a write in progress fail soon.
func (c *control) cut() {
	c.wake()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hurry = true
	c.conn.SetWriteDeadline(time.Now().Add(goodbyeWait)) // as in wake
}

// limitWrite sets when writing gives up.
func (c *control) limitWrite() {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait := replyWait
	if c.hurry {
		wait = goodbyeWait
	}
	c.conn.SetWriteDeadline(time.Now().Add(wait)) // an error shows in Write
}

// send writes replies in one write.
func (c *control) send(replies ...wire.Reply) error {
	b := c.out[:0]
	for _, r := range replies {
		b = r.Append(b)
	}
	c.limitWrite()
	_, err := c.conn.Write(b)
	c.deaf = c.deaf || err != nil
	if c.out = b; cap(b) > 1<<10 {
		c.out = nil // a long reply is rare; do not keep its buffer while idle
	}
	return err
}

// startTLS runs the handshake. What the client sent in plain text behind the
// command is dropped with the old reader, so that nobody can inject commands
// (the STARTTLS injection of CVE-2011-0411).
func (c *control) startTLS(ctx context.Context, cfg *tls.Config) (*tls.ConnectionState, error) {
	c.setReadDeadline(time.Time{})
	t := tls.Server(c.raw, cfg)
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.conn = t
	c.mu.Unlock()
	c.reader = wire.NewLineReader(t)
	state := t.ConnectionState()
	return &state, nil
}

// close ends the connection and collects an outstanding read.
func (c *control) close() {
	if c.deaf {
		c.raw.Close() // TLS would wait for its close_notify to be read
	}
	c.conn.Close() // the session is over either way
	if c.asked {
		<-c.lines
		c.took()
	}
}
