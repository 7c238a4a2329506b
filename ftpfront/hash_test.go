package ftpfront

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// hanging is a content whose Read tells that it waits, and ends with ctx.
func hanging(ctx context.Context, waits chan<- struct{}) io.ReadCloser {
	return io.NopCloser(readFunc(func([]byte) (int, error) {
		select {
		case waits <- struct{}{}:
		default:
		}
		<-ctx.Done()
		return 0, ctx.Err()
	}))
}

// TestDigestIsLikeATransfer holds that the session lives on while content is
// read for a digest or for COMB, which ABOR cancels, with its replies in order.
func TestDigestIsLikeATransfer(t *testing.T) {
	waits := make(chan struct{}, 1)
	files := faulty{Backend: memstore.New()}
	files.open = func(ctx context.Context, _ storage.Path, _ int64) (io.ReadCloser, error) {
		return hanging(ctx, waits), nil
	}
	o := Options{Authenticator: testUsers{files: files}, ComputeDigests: true}
	reported := transfers(&o)
	_, addr := serve(t, "127.0.0.1", false, o)
	for _, command := range []string{"HASH a", "XMD5 a", "MD5 a", "SITE MD5 a", "COMB b a"} {
		c := logIn(t, addr)
		if err := c.send(command + "\r\n"); err != nil {
			t.Fatal(err)
		}
		<-waits
		c.ask(t, "NOOP", "200 *")
		if status := c.lines(t, "STAT"); len(status) < 3 {
			t.Errorf("%s: STAT tells %q", command, status)
		}
		c.ask(t, "ABOR", "426 Transfer aborted.")
		c.want(t, "226 Abort processed.")
		c.ask(t, "PWD", "257 *")
	}
	select {
	case i := <-reported:
		t.Errorf("told as a transfer: %+v", i)
	default:
	}
}

// TestDigestEndsWithTheClient holds that nobody computes for a client that is gone.
func TestDigestEndsWithTheClient(t *testing.T) {
	waits, gone := make(chan struct{}, 1), make(chan struct{})
	files := faulty{Backend: memstore.New()}
	files.open = func(ctx context.Context, _ storage.Path, _ int64) (io.ReadCloser, error) {
		context.AfterFunc(ctx, func() { close(gone) })
		return hanging(ctx, waits), nil
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, ComputeDigests: true})
	c := logIn(t, addr)
	if err := c.send("HASH a\r\n"); err != nil {
		t.Fatal(err)
	}
	<-waits
	c.close()
	select {
	case <-gone:
	case <-time.After(patience):
		t.Error("the content is still read")
	}
}

func TestDigestOfABrokenStorage(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.open = func(context.Context, storage.Path, int64) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(bytes.NewReader(generated(100)), iotest.ErrReader(errors.New("lost")))), nil
	}
	o := Options{Authenticator: testUsers{files: files}, ComputeDigests: true}
	o.Limits.Stall = 100 * time.Millisecond
	_, addr := serve(t, "127.0.0.1", false, o)
	c := logIn(t, addr)
	c.ask(t, "XCRC a", "426 Transfer broken off.", "COMB b a", "426 Transfer broken off.")
}

func TestDigestOfASilentStorageEnds(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.open = func(ctx context.Context, _ storage.Path, _ int64) (io.ReadCloser, error) {
		return hanging(ctx, nil), nil
	}
	o := Options{Authenticator: testUsers{files: files}, ComputeDigests: true}
	o.Limits.Stall = 40 * time.Millisecond
	_, addr := serve(t, "127.0.0.1", false, o)
	logIn(t, addr).ask(t, "XCRC a", "451 Storage did not answer in time.")
}

// TestOwnDigestComesFirst holds that content is read only for what the storage
// does not know, and that its other errors are answered.
func TestOwnDigestComesFirst(t *testing.T) {
	files := memstore.New()
	if _, err := files.Put(t.Context(), "/a", bytes.NewReader([]byte("abc")), storage.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	var answer error
	backend := able{files, storage.Abilities{
		Digests: []storage.Algorithm{storage.MD5},
		Digest: func(_ context.Context, name storage.Path, _ storage.Algorithm, part storage.Range) ([]byte, error) {
			if part != storage.Whole {
				t.Errorf("asked for %+v, want the whole", part)
			}
			return []byte{0xab}, answer
		},
	}}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: backend}, ComputeDigests: true})
	c := logIn(t, addr)
	c.ask(t, "XMD5 a", "250 AB", "OPTS HASH MD5", "200 MD5", "HASH a", "213 MD5 0-2 ab a", "RANG 0 9", "350 *", "HASH a", "213 MD5 0-2 ab a")
	answer = storage.Fail(storage.Unsupported, storage.OpDigest, "/a")
	c.ask(t, "XMD5 a", "250 900150983CD24FB0D6963F7D28E17F72", "MD5 a", "251 a 900150983CD24FB0D6963F7D28E17F72")
	answer = storage.Fail(storage.Busy, storage.OpDigest, "/a")
	c.ask(t, "XMD5 a", "450 *", "HASH a", "450 *")
}
