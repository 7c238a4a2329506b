package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing/iotest"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

var concurrentTests = []test{
	{"two uploads of one name", func(k *kit) {
		contents := [][]byte{pattern(300<<10, 5), pattern(200<<10, 6)}
		for range 5 {
			k.parallel(len(contents), func(i int) error {
				_, err := k.Put(k.ctx, "/one", bytes.NewReader(contents[i]), storage.PutOptions{})
				return err
			})
			got := k.read("/one", 0)
			if !bytes.Equal(got, contents[0]) && !bytes.Equal(got, contents[1]) {
				k.Fatalf("the file has %d bytes and is neither of the two uploads", len(got))
			}
		}
	}},
	{"a cut upload beside a whole one", func(k *kit) {
		whole := pattern(300<<10, 7)
		k.parallel(2, func(i int) error {
			if i == 0 {
				_, err := k.Put(k.ctx, "/one", bytes.NewReader(whole), storage.PutOptions{})
				return err
			}
			if err := k.putWith(k.ctx, "/one", cutShort(pattern(200<<10, 8))); err == nil {
				return errors.New("a body that failed was stored")
			}
			return nil
		})
		if got := k.read("/one", 0); !bytes.Equal(got, whole) {
			k.Errorf("the file has %d bytes and is not the upload that ended", len(got))
		}
	}},
	{"one of several creates wins", func(k *kit) {
		var mu sync.Mutex
		var won []string
		k.parallel(4, func(i int) error {
			content := fmt.Sprint("creator ", i)
			_, err := k.Put(k.ctx, "/one", bytes.NewReader([]byte(content)), storage.PutOptions{Mode: storage.Create})
			if storage.KindOf(err) == storage.Exists {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			won = append(won, content)
			return err
		})
		if len(won) != 1 {
			k.Fatalf("%d creates of one name succeeded, want 1", len(won))
		}
		k.holds("/one", won[0])
	}},
	{"different names", func(k *kit) {
		k.parallel(8, func(i int) error {
			name := storage.Root.Join(fmt.Sprint("file-", i))
			want := pattern(50<<10, byte(i))
			if _, err := k.Put(k.ctx, name, bytes.NewReader(want), storage.PutOptions{}); err != nil {
				return err
			}
			r, err := k.Open(k.ctx, name, 0)
			if err != nil {
				return err
			}
			defer r.Close() // read to its end below
			if err := iotest.TestReader(r, want); err != nil {
				return err
			}
			return k.Delete(k.ctx, name)
		})
		k.lists("/")
	}},
	{"an upload in progress hinders nobody", func(k *kit) {
		k.put("/other", "x")
		started, release := make(chan struct{}), make(chan struct{})
		body := io.MultiReader(bytes.NewReader([]byte("begun")), &gate{started: started, release: release})
		done := make(chan error, 1)
		go func() {
			_, err := k.Put(k.ctx, "/slow", body, storage.PutOptions{})
			done <- err
		}()
		select {
		case <-started:
		case err := <-done:
			k.Fatalf("Put returned before its body ended: %v", err)
		}
		k.holds("/other", "x")
		k.absent("/slow") // nor is it visible yet
		close(release)
		k.must(<-done)
		k.holds("/slow", "begun")
	}},
}

// parallel runs f for each number below n at once and ends the test on an error.
func (k *kit) parallel(n int, f func(i int) error) {
	k.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	for _, err := range errs {
		k.must(err)
	}
}

// gate is a reader that tells that it is reached and ends when it is let go.
type gate struct {
	once    sync.Once
	started chan<- struct{}
	release <-chan struct{}
}

func (g *gate) Read([]byte) (int, error) {
	g.once.Do(func() { close(g.started) })
	<-g.release
	return 0, io.EOF
}
