package httpbackend

import (
	"errors"
	"io"
	"sync"
	"time"
)

// answerGrace is how long a broken connection is kept for an answer that may
// have come before it broke: an upstream that answers 413 and hangs up.
const answerGrace = 100 * time.Millisecond

var errStopped = errors.New("the upload has ended")

// uploadBody is the body of one request. The HTTP client finds its WriteTo, copies
// with it, and leaves the last chunk away when it fails. The tail follows content
// that has ended as it should, and no other.
type uploadBody struct {
	u        *upload
	lead     []byte // what goes before the rest of the content
	tail     []byte // what follows it
	started  func() // called before the first byte, then nil
	answered chan struct{}
	stopping sync.Once

	reading sync.Mutex // held while the content is read
	stopped bool       // guarded by reading
	ended   bool       // the content has; guarded by reading
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

// Read reads the lead, the rest, and the tail.
func (b *uploadBody) Read(p []byte) (int, error) {
	b.begin()
	if len(b.lead) > 0 {
		n := copy(p, b.lead)
		b.lead = b.lead[n:]
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
	if b.ended {
		return b.readTail(p)
	}
	n, err := b.u.read(p)
	if err == io.EOF {
		b.ended = true
		if len(b.tail) > 0 {
			err = nil
		}
	}
	return n, err
}

func (b *uploadBody) readTail(p []byte) (int, error) {
	if len(b.tail) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.tail)
	b.tail = b.tail[n:]
	return n, nil
}

// WriteTo copies the content to the connection in large pieces.
func (b *uploadBody) WriteTo(w io.Writer) (int64, error) {
	b.begin()
	n, err := w.Write(b.lead)
	b.lead = b.lead[n:]
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
