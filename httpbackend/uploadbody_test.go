package httpbackend

import (
	"bytes"
	"errors"
	"io"
	"sync/atomic"
	"testing"
)

// heldReader gives content when the test says so.
type heldReader struct {
	entered chan struct{}
	release chan struct{}
	reads   atomic.Int32
}

func (r *heldReader) Read(p []byte) (int, error) {
	if r.reads.Add(1) == 1 {
		close(r.entered)
	}
	<-r.release
	return len(p), nil
}

func TestStopWaitsForTheReadAndAllowsNoOther(t *testing.T) {
	src := &heldReader{entered: make(chan struct{}), release: make(chan struct{})}
	u := &upload{rest: src, bufs: &buffers{}}
	u.body = &uploadBody{u: u, answered: make(chan struct{})}
	copied := make(chan error)
	go func() {
		_, err := u.body.WriteTo(io.Discard)
		copied <- err
	}()
	<-src.entered
	var released atomic.Bool
	stopped := make(chan bool)
	go func() {
		u.stop()
		stopped <- released.Load()
	}()
	<-u.body.answered // stop has begun
	released.Store(true)
	close(src.release)
	if !<-stopped {
		t.Error("stop does not wait for the read")
	}
	if err := <-copied; !errors.Is(err, errStopped) {
		t.Errorf("error %v", err)
	}
	if n, err := u.body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, errStopped) || src.reads.Load() != 1 {
		t.Errorf("after stop: %d bytes, %v, %d reads", n, err, src.reads.Load())
	}
	u.stop() // again, as after a second try
}

func TestHeadOfAnUpload(t *testing.T) {
	for size, whole := range map[int]bool{0: true, 1: true, headSize - 1: true, headSize: false, headSize + 1: false} {
		content := bytes.Repeat([]byte("x"), size)
		u, err := newUpload(io.MultiReader(bytes.NewReader(content)), &buffers{})
		if err != nil || (u.rest == nil) != whole || u.ended() != whole || len(u.head) != min(size, headSize) {
			t.Errorf("%d bytes: head of %d, more %v, %v", size, len(u.head), u.rest != nil, err)
		}
	}
}
