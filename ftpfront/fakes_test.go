package ftpfront

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// faulty is a storage whose operations can be replaced; nil ones are the
// Backend's.
type faulty struct {
	storage.Backend
	put  func(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error)
	open func(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error)
	stat func(ctx context.Context, name storage.Path) (storage.Entry, error)
}

func (f faulty) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	if f.put == nil {
		return f.Backend.Put(ctx, name, body, opt)
	}
	return f.put(ctx, name, body, opt)
}

func (f faulty) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	if f.open == nil {
		return f.Backend.Open(ctx, name, offset)
	}
	return f.open(ctx, name, offset)
}

func (f faulty) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	if f.stat == nil {
		return f.Backend.Stat(ctx, name)
	}
	return f.stat(ctx, name)
}

// transfers collects how transfers ended.
func transfers(o *Options) <-chan TransferInfo {
	ended := make(chan TransferInfo, 100)
	o.Events.TransferEnded = func(_ SessionInfo, i TransferInfo) { ended <- i }
	return ended
}

// ended waits for the end of a transfer.
func ended(t *testing.T, from <-chan TransferInfo) TransferInfo {
	t.Helper()
	select {
	case i := <-from:
		return i
	case <-time.After(patience):
		t.Fatal("the transfer does not end")
	}
	return TransferInfo{}
}

// readFunc is a reader made of a function.
type readFunc func(p []byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
