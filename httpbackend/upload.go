package httpbackend

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

const (
	// headSize is how much content is awaited before the request is sent. What ends
	// within it goes out with a length, in one write.
	headSize = 64 << 10
	// pieceSize is how much content is copied at once: 256 KiB beats the 32 KiB of
	// io.Copy by half and more.
	pieceSize = 256 << 10
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

var errUsed = errors.New("the content has been read already")

// upload is content on its way. It belongs to the Put that made it; its body, a new
// one for each try, is read by the HTTP client until stop.
type upload struct {
	head  []byte    // what was read before the request
	rest  io.Reader // what follows; nil if the head is everything
	kept  *kept     // all of the content, once it has been collected
	body  *uploadBody
	again *keptBody // the body of the last try, of content that was collected
	bufs  *buffers

	// sum is the digest of what has been read; nil if nobody asks for it. It and
	// size belong to whoever reads the content: after stop, to the Put.
	sum  hash.Hash
	size int64

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
	n, err := fill(content, buf[:])
	if err == io.EOF {
		u.rest = nil
		u.atEnd.Store(true)
	} else if err != nil {
		return nil, err
	}
	u.head = bytes.Clone(buf[:n]) // the client may read it after Put has returned
	u.size = int64(n)
	return u, nil
}

// fill reads until buf is full or the content ends or breaks off.
func fill(content io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = content.Read(buf[n:])
		n += m
	}
	return n, err
}

// digest makes the upload compute the digest of the content as it is read. It must
// be called before the rest is.
func (u *upload) digest() {
	u.sum = sha256.New()
	u.sum.Write(u.head)
}

// read reads on in the rest and takes note of what comes.
func (u *upload) read(p []byte) (int, error) {
	u.used.Store(true)
	n, err := u.rest.Read(p)
	u.note(p[:n], err)
	return n, err
}

func (u *upload) note(p []byte, err error) {
	u.size += int64(len(p))
	if u.sum != nil {
		u.sum.Write(p)
	}
	switch {
	case err == io.EOF:
		u.atEnd.Store(true)
	case err != nil:
		u.broken.Store(&err)
	}
}

// attach makes the body of one request: the content, and what the mapping puts
// around it.
func (u *upload) attach(ctx context.Context, up *Upstream, out *outgoing, req *mapping.Request, header http.Header) context.Context {
	switch {
	case u.kept != nil:
		return u.attachKept(ctx, up, out, req, header)
	case u.rest == nil:
		out.setBytes(around(req, u.head))
		return ctx
	}
	ctx, started := up.expect(ctx, header)
	out.length = -1
	out.again = func() (io.ReadCloser, error) {
		if !u.rewind() {
			return nil, errUsed
		}
		u.stop()
		u.body = &uploadBody{u: u, lead: around(&mapping.Request{Before: req.Before}, u.head), tail: req.After,
			started: started, answered: make(chan struct{})}
		return u.body, nil
	}
	out.body, _ = out.again()
	return ctx
}

// around puts content between what goes before and after it.
func around(req *mapping.Request, content []byte) []byte {
	if len(req.Before)+len(req.After) == 0 {
		return content
	}
	return slices.Concat(req.Before, content, req.After)
}

// expect makes a large upload ask first, by Expect, whether the upstream wants it.
// started is to be called before the first byte of content is sent.
func (u *Upstream) expect(ctx context.Context, header http.Header) (_ context.Context, started func()) {
	if u.expectIgnored.Load() {
		return ctx, func() {}
	}
	var got100 atomic.Bool
	header.Set("Expect", "100-continue")
	started = func() {
		if !got100.Load() {
			u.expectIgnored.Store(true)
		}
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{Got100Continue: func() { got100.Store(true) }}), started
}

// stop ends the body of the last try. When it returns, the content is not being read
// and will not be.
func (u *upload) stop() {
	if u.body != nil {
		u.body.stop()
	}
	if u.again != nil {
		u.again.stopped.Store(true)
	}
}

// rewind reports whether the content can be sent from its beginning again.
func (u *upload) rewind() bool { return u.kept != nil || !u.used.Load() }

// ended reports whether all of the content has been read, and sent if it had been
// collected before.
func (u *upload) ended() bool {
	return u.atEnd.Load() && (u.again == nil || u.again.left.Load() == 0)
}

// failure returns why the content broke off, nil if it did not.
func (u *upload) failure() error {
	if err := u.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// tell adds what is known of the content, once it has ended, to transfer.
func (u *upload) tell(sc mapping.Scope) {
	if !u.atEnd.Load() {
		return
	}
	transfer := sc["transfer"].(map[string]any)
	transfer["bytes"] = u.size
	if u.sum != nil {
		transfer["sha256"] = hex.EncodeToString(u.sum.Sum(nil))
	}
}

// drop gives back what holds the content.
func (u *upload) drop() {
	if u.kept != nil {
		u.kept.drop()
	}
}
