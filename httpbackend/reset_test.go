package httpbackend_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// endOfBody takes one upload and tells how its connection ends. seen is closed when
// some of the content is there.
func endOfBody(c *rawConn, seen chan struct{}) error {
	if r := c.request(); r == nil {
		return errors.New("no request")
	}
	_, _ = io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
	if _, err := c.in.ReadByte(); err != nil {
		return err
	}
	close(seen)
	_, err := io.Copy(io.Discard, c.in)
	return err
}

// broken is content that breaks off once something of it has arrived.
type broken struct {
	io.Reader
	after <-chan struct{}
	err   error
}

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		<-b.after
		return n, b.err
	}
	return n, err
}

// A service that takes the end of a connection for the end of a body must be given
// none: what breaks off ends in a reset.
func TestBrokenContentResetsTheConnection(t *testing.T) {
	for name, give := range map[string]func(cancel context.CancelFunc, seen chan struct{}) io.Reader{
		"the content breaks off": func(_ context.CancelFunc, seen chan struct{}) io.Reader {
			return &broken{strings.NewReader(strings.Repeat("x", 100_000)), seen, errors.New("the client has gone")}
		},
		"the upload is given up": func(cancel context.CancelFunc, seen chan struct{}) io.Reader {
			go func() {
				<-seen
				cancel()
			}()
			return &broken{strings.NewReader(strings.Repeat("x", 100_000)), seen, context.Canceled}
		},
	} {
		t.Run(name, func(t *testing.T) {
			seen, end := make(chan struct{}), make(chan error, 1)
			b := serveRaw(t, func(c *rawConn) { end <- endOfBody(c, seen) })
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if _, err := b.Put(ctx, "/f", give(cancel, seen), storage.PutOptions{}); err == nil {
				t.Error("the upload passes for whole")
			}
			if err := <-end; !errors.Is(err, syscall.ECONNRESET) {
				t.Errorf("the connection ended with %v, want a reset", err)
			}
		})
	}
}
