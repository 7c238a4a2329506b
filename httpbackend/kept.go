package httpbackend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var (
	errTooMuch = errors.New("the content is longer than may be collected")
	// errMemory is the error of content that found no memory in time.
	errMemory = errors.New("too much content is held in memory")
)

// kept is content that is collected before it is sent: in memory, or in a file
// that has no name where the system allows that.
type kept struct {
	size   int64
	pieces [][]byte
	budget *budget // what pieces count against

	file *os.File // nil: in memory
	name string   // of the file, if it still has one
}

// newSpool makes kept content in a file of its own that nobody else can read.
func newSpool(dir string) (*kept, error) {
	f, err := os.CreateTemp(dir, "ftpbridge-*.spool") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make spool file: %w", err)
	}
	k := &kept{file: f, name: f.Name()}
	if os.Remove(f.Name()) == nil { // where a file that is open can lose its name
		k.name = ""
	}
	return k, nil
}

// add appends a piece, which stays the caller's.
func (k *kept) add(ctx context.Context, p []byte) error {
	if k.file != nil {
		n, err := k.file.Write(p)
		k.size += int64(n)
		return err
	}
	if err := k.budget.take(ctx, int64(len(p))); err != nil {
		return err
	}
	k.pieces = append(k.pieces, bytes.Clone(p))
	k.size += int64(len(p))
	return nil
}

// reader reads the content from its beginning.
func (k *kept) reader() io.Reader {
	if k.file != nil {
		return io.NewSectionReader(k.file, 0, k.size)
	}
	parts := make([]io.Reader, len(k.pieces))
	for i, p := range k.pieces {
		parts[i] = bytes.NewReader(p)
	}
	return io.MultiReader(parts...)
}

// drop removes the content. A request that still reads it breaks off.
func (k *kept) drop() {
	if k.file == nil {
		k.budget.give(k.size)
		return
	}
	_ = k.file.Close() // nothing is lost with it
	if k.name != "" {
		_ = os.Remove(k.name) // the directory is for such files; the system cleans it
	}
}

// collect reads the content to its end, if the call or a step of it wants that
// before anything is sent.
func (b *Backend) collect(ctx context.Context, x *exchange) error {
	length, ok := lengthOf(x.call)
	if !ok {
		return nil
	}
	limit := length.Limit
	if limit == 0 && length.Spool {
		limit = b.up.opt.MaxSpool
	}
	u := x.upload
	if u.size > limit {
		return x.fail(storage.TooLarge, errTooMuch)
	}
	if u.rest != nil && u.kept == nil {
		if err := b.collectRest(ctx, u, length.Spool, limit); err != nil {
			return x.collectError(ctx, err)
		}
	}
	u.tell(x.scope)
	return nil
}

// lengthOf returns how the request with the content gets its length, if the content
// is to be collected.
func lengthOf(c *mapping.Call) (mapping.Length, bool) {
	if c.Length.Collect {
		return c.Length, true
	}
	for _, s := range c.Steps {
		if l, ok := lengthOf(s); ok {
			return l, true
		}
	}
	return mapping.Length{}, false
}

func (b *Backend) collectRest(ctx context.Context, u *upload, spool bool, limit int64) error {
	u.kept = &kept{budget: b.up.memory}
	if spool {
		k, err := newSpool(b.up.opt.SpoolDir)
		if err != nil {
			u.kept = nil
			return err
		}
		u.kept = k
	}
	if err := u.kept.add(ctx, u.head); err != nil {
		return err
	}
	buf := u.bufs.piece()
	defer u.bufs.pieces.Put(buf)
	for {
		n, readErr := fill(u.rest, buf[:])
		u.note(buf[:n], readErr)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case readErr != nil && readErr != io.EOF:
			return readErr
		case u.size > limit:
			return errTooMuch
		}
		if err := u.kept.add(ctx, buf[:n]); err != nil {
			return err
		}
		if readErr == io.EOF {
			return nil
		}
	}
}

// collectError says why content could not be collected.
func (x *exchange) collectError(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case x.upload.failure() != nil:
		return x.fail(storage.CutShort, err)
	case errors.Is(err, errTooMuch):
		return x.fail(storage.TooLarge, err)
	case errors.Is(err, errMemory):
		return x.fail(storage.Busy, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return x.fail(storage.NoSpace, err)
	}
	return x.fail(storage.Internal, err)
}

// attachKept makes a body of content that has been collected: with its length, and
// as often as it is needed.
func (u *upload) attachKept(ctx context.Context, up *Upstream, out *outgoing, req *mapping.Request, header http.Header) context.Context {
	ctx, started := up.expect(ctx, header)
	out.length = int64(len(req.Before)) + u.kept.size + int64(len(req.After))
	whole := func() io.Reader {
		return io.MultiReader(bytes.NewReader(req.Before), u.kept.reader(), bytes.NewReader(req.After))
	}
	out.copied = func() (io.ReadCloser, error) { return io.NopCloser(whole()), nil }
	out.again = func() (io.ReadCloser, error) {
		u.again = &keptBody{started: started, in: whole()}
		u.again.left.Store(out.length)
		return u.again, nil
	}
	out.body, _ = out.again()
	return ctx
}

// keptBody is the body of one request with content that has been collected.
type keptBody struct {
	in      io.Reader
	started func()       // called before the first byte, then nil
	left    atomic.Int64 // bytes that the HTTP client has not taken
	stopped atomic.Bool  // there is an answer, and nothing more is sent
}

func (b *keptBody) Read(p []byte) (int, error) {
	if b.stopped.Load() {
		return 0, errStopped
	}
	if b.started != nil {
		b.started()
		b.started = nil
	}
	n, err := b.in.Read(p)
	b.left.Add(-int64(n))
	return n, err
}

// Close is called by the HTTP client when it needs no more.
func (b *keptBody) Close() error { return nil }

// budget bounds the content that all sessions hold in memory.
type budget struct {
	free *semaphore.Weighted
	wait time.Duration
}

func newBudget(o Options) *budget {
	return &budget{semaphore.NewWeighted(o.MaxMemory), o.QueueTimeout}
}

// take waits until n bytes are free. errMemory says that they were not in time.
func (g *budget) take(ctx context.Context, n int64) error {
	if g.free.TryAcquire(n) {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, g.wait)
	defer cancel()
	if g.free.Acquire(waiting, n) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errMemory
}

func (g *budget) give(n int64) { g.free.Release(n) }
