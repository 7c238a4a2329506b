package httpbackend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// headSize is how much content is awaited before the request is sent. What ends
	// within it goes out with a length, in one write.
	headSize = 64 << 10
	// pieceSize is how much content is copied at once: 256 KiB beats the 32 KiB of
	// io.Copy by half and more.
	pieceSize = 256 << 10
	// answerGrace is how long a broken connection is kept for an answer that may
	// have come before it broke: an upstream that answers 413 and hangs up.
	answerGrace = 100 * time.Millisecond
)

// buffers are the pools of an upstream.
type buffers struct{ heads, pieces sync.Pool }

func (b *buffers) head() *[headSize]byte {
	if p, ok := b.heads.Get().(*[headSize]byte); ok {
		return p
	}
	return new([headSize]byte)
}

func (b *buffers) piece() *[pieceSize]byte {
	if p, ok := b.pieces.Get().(*[pieceSize]byte); ok {
		return p
	}
	return new([pieceSize]byte)
}

var (
	errStopped = errors.New("the upload has ended")
	errUsed    = errors.New("the content has been read already")
)

// upload is content on its way. It belongs to the Put that made it; its body, a new
// one for each try, is read by the HTTP client until stop.
type upload struct {
	head []byte    // what was read before the request
	rest io.Reader // what follows; nil if the head is everything
	body *uploadBody
	bufs *buffers

	// written by the goroutine that sends the body
	used   atomic.Bool           // rest has been read from
	atEnd  atomic.Bool           // the content has ended as it should
	broken atomic.Pointer[error] // why it ended otherwise
}

// newUpload reads the head of the content. An error means that the content broke off
// before anything was sent.
func newUpload(content io.Reader, bufs *buffers) (*upload, error) {
	buf := bufs.head()
	defer bufs.heads.Put(buf)
	u := &upload{rest: content, bufs: bufs}
	n := 0
	for n < headSize {
		m, err := content.Read(buf[n:])
		n += m
		if err == io.EOF {
			u.rest = nil
			u.atEnd.Store(true)
			break
		}
		if err != nil {
			return nil, err
		}
	}
	u.head = bytes.Clone(buf[:n]) // the client may read it after Put has returned
	return u, nil
}

// attach makes the body of one request. A large one asks first, by Expect, whether the
// upstream wants it.
func (u *upload) attach(ctx context.Context, up *Upstream, out *outgoing, header http.Header) context.Context {
	if u.rest == nil {
		out.setBytes(u.head)
		return ctx
	}
	var got100 atomic.Bool
	started := func() {}
	if !up.expectIgnored.Load() {
		header.Set("Expect", "100-continue")
		started = func() {
			if !got100.Load() {
				up.expectIgnored.Store(true)
			}
		}
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got100Continue: func() { got100.Store(true) }})
	}
	out.length = -1
	out.again = func() (io.ReadCloser, error) {
		if !u.rewind() {
			return nil, errUsed
		}
		u.stop()
		u.body = &uploadBody{u: u, started: started, answered: make(chan struct{})}
		return u.body, nil
	}
	out.body, _ = out.again()
	return ctx
}

// stop ends the body of the last try. When it returns, the content is not being read
// and will not be.
func (u *upload) stop() {
	if u.body != nil {
		u.body.stop()
	}
}

// rewind reports whether the content can be sent from its beginning again.
func (u *upload) rewind() bool { return !u.used.Load() }

// ended reports whether all of the content has been read.
func (u *upload) ended() bool { return u.atEnd.Load() }

// failure returns why the content broke off, nil if it did not.
func (u *upload) failure() error {
	if err := u.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// uploadBody is the body of one request. The HTTP client finds its WriteTo, copies
// with it, and leaves the last chunk away when it fails.
type uploadBody struct {
	u        *upload
	sent     int    // of the head
	started  func() // called before the first byte, then nil
	answered chan struct{}
	stopping sync.Once

	reading sync.Mutex // held while the content is read
	stopped bool       // guarded by reading
}

var _ io.WriterTo = (*uploadBody)(nil)

func (b *uploadBody) stop() {
	b.stopping.Do(func() { close(b.answered) })
	b.reading.Lock() // waits for a read under way
	defer b.reading.Unlock()
	b.stopped = true
}

// Close is called by the HTTP client when it needs no more.
func (b *uploadBody) Close() error { return nil }

// Read reads the head, then the rest.
func (b *uploadBody) Read(p []byte) (int, error) {
	b.begin()
	if b.sent < len(b.u.head) {
		n := copy(p, b.u.head[b.sent:])
		b.sent += n
		return n, nil
	}
	select {
	case <-b.answered: // stop is waiting, and goes first
		return 0, errStopped
	default:
	}
	b.reading.Lock()
	defer b.reading.Unlock()
	if b.stopped {
		return 0, errStopped
	}
	b.u.used.Store(true)
	n, err := b.u.rest.Read(p)
	b.note(err)
	return n, err
}

// WriteTo copies the content to the connection in large pieces.
func (b *uploadBody) WriteTo(w io.Writer) (int64, error) {
	b.begin()
	n, err := w.Write(b.u.head[b.sent:])
	b.sent += n
	total := int64(n)
	if err != nil {
		return total, b.awaitAnswer(err)
	}
	buf := b.u.bufs.piece()
	defer b.u.bufs.pieces.Put(buf)
	for {
		n, readErr := b.Read(buf[:])
		if n > 0 {
			n, err := w.Write(buf[:n])
			total += int64(n)
			if err != nil {
				return total, b.awaitAnswer(err)
			}
		}
		if readErr == io.EOF {
			return total, nil
		}
		if readErr != nil {
			return total, readErr
		}
	}
}

func (b *uploadBody) begin() {
	if b.started != nil {
		b.started()
		b.started = nil
	}
}

// note keeps how the content ended.
func (b *uploadBody) note(err error) {
	switch {
	case err == io.EOF:
		b.u.atEnd.Store(true)
	case err != nil:
		b.u.broken.Store(&err)
	}
}

// awaitAnswer holds back the failure of a write for a moment. The client would
// report it at once, and an answer that says why would be lost.
func (b *uploadBody) awaitAnswer(err error) error {
	t := time.NewTimer(answerGrace)
	defer t.Stop()
	select {
	case <-b.answered:
	case <-t.C:
	}
	return err
}
