package ftpfront

import (
	"compress/zlib"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

const (
	// listBuffer is how much of a listing is collected before it is written: a
	// write per entry costs twenty times as much.
	listBuffer = 64 << 10
	// listDelay is how long an entry waits for company when the storage is slow.
	listDelay = 50 * time.Millisecond
)

// listWriter writes the lines of a listing in large blocks. It opens the data
// connection at the first line, so that a directory that is not there is a
// plain 550. The transfer's goroutine owns it, but for what mu guards.
type listWriter struct {
	t     *transfer
	head  func(b []byte) []byte // writes lines in front; nil for none
	level int                   // of MODE Z; negative in stream mode
	conn  *dataconn.Conn
	z     *zlib.Writer // over conn; nil in stream mode
	// entries is how many were written, of at most most; negative is no limit.
	entries, most int

	mu    sync.Mutex // guards buf and err against the delayed flush
	buf   []byte
	err   error
	timer *time.Timer
}

// newListWriter returns a writer for the transfer that is about to start.
func (s *session) newListWriter() *listWriter {
	l := &listWriter{level: -1, most: s.srv.opt.Limits.MaxListing}
	if s.deflate {
		l.level = s.level
	}
	return l
}

// write appends the line of one entry, or fails because it is one too many.
func (l *listWriter) write(f format, dir storage.Path, e storage.Entry, label string) error {
	if over(l.entries, l.most) {
		return errListTooLong
	}
	if l.conn == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	l.entries++
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.buf) == 0 {
		l.timer.Reset(listDelay)
	}
	l.buf = append(f(l.buf, dir, e, label), "\r\n"...)
	if len(l.buf) >= listBuffer {
		l.flush()
	}
	return l.err
}

func (l *listWriter) open() error {
	conn, err := l.t.begin("Here comes the listing.")
	if err != nil {
		return err
	}
	l.conn = conn
	if l.level >= 0 {
		if l.z, err = zlib.NewWriterLevel(conn, l.level); err != nil {
			return fmt.Errorf("deflate: %w", err)
		}
	}
	if l.head != nil {
		l.buf = l.head(l.buf)
	}
	l.timer = time.AfterFunc(listDelay, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.flush()
	})
	return nil
}

// flush writes what is collected; mu is held.
func (l *listWriter) flush() {
	if l.err != nil || len(l.buf) == 0 {
		return
	}
	n, err := l.send()
	l.t.bytes.Add(int64(n))
	l.buf = l.buf[:0]
	if err != nil {
		l.err = fmt.Errorf("%w: %w", errDataLost, err)
	}
}

// send writes buf to the data connection.
func (l *listWriter) send() (int, error) {
	if l.z == nil {
		return l.conn.Write(l.buf)
	}
	n, err := l.z.Write(l.buf)
	if err == nil {
		err = l.z.Flush()
	}
	return n, err
}

// finish ends a complete listing; an empty one opens the connection for it.
func (l *listWriter) finish() (wire.Reply, error) {
	if l.conn == nil {
		if err := l.open(); err != nil {
			return wire.Reply{}, err
		}
	}
	l.timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flush()
	if l.err != nil {
		return wire.Reply{}, l.err
	}
	if l.z != nil {
		if err := l.z.Close(); err != nil {
			return wire.Reply{}, errors.Join(errDataLost, err)
		}
	}
	conn := l.conn
	l.conn = nil
	if err := conn.Finish(); err != nil {
		return wire.Reply{}, errors.Join(errDataLost, err)
	}
	return wire.Reply{Code: wire.DataClosing, Text: "Listing complete."}, nil
}

// close breaks off a listing that was not finished, so that the client cannot
// take it for the whole.
func (l *listWriter) close() {
	if l.conn == nil {
		return
	}
	l.timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = errAborted
	l.conn.Abort()
}
