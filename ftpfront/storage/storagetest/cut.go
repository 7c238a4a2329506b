package storagetest

import (
	"fmt"
	"io"
	"sync/atomic"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// cutTests hold the promise that matters most: an upload whose body fails
// stores nothing, whatever had come, in every mode.
var cutTests = func() []test {
	var tests []test
	for _, after := range []int{0, 5, 1 << 20} {
		for _, mode := range []struct {
			name string
			opt  storage.PutOptions
		}{
			{"replace", storage.PutOptions{Mode: storage.Replace}},
			{"replace with the size announced", storage.PutOptions{Mode: storage.Replace, Size: int64(after) + 100}},
			{"replace with the size reached", storage.PutOptions{Mode: storage.Replace, Size: int64(after)}},
			{"create", storage.PutOptions{Mode: storage.Create}},
			{"append", storage.PutOptions{Mode: storage.Append}},
			{"resume", storage.PutOptions{Mode: storage.Resume, Offset: 3}},
		} {
			name := fmt.Sprintf("%s, after %d bytes", mode.name, after)
			if mode.opt.Mode != storage.Resume {
				tests = append(tests, test{name + ", new file", func(k *kit) { k.cutNew(after, mode.opt) }})
			}
			if mode.opt.Mode != storage.Create {
				tests = append(tests, test{name + ", old file", func(k *kit) { k.cutOld(after, mode.opt) }})
			}
		}
	}
	return append(tests,
		test{"a whole upload may follow", func(k *kit) {
			k.cutNew(1000, storage.PutOptions{})
			k.put("/upload", "whole")
			k.holds("/upload", "whole")
		}},
		test{"the body is not read after Put", func(k *kit) { k.notReadLater() }},
	)
}()

// cutNew cuts the upload of a name that is not there: it must not be there
// afterwards.
func (k *kit) cutNew(after int, opt storage.PutOptions) {
	k.Helper()
	k.cutOff("/upload", after, opt)
	k.absent("/upload")
	k.lists("/") // nor anything else that a client could see
}

// cutOld cuts the upload over a file: it must be as before.
func (k *kit) cutOld(after int, opt storage.PutOptions) {
	k.Helper()
	k.put("/upload", "the old content")
	k.cutOff("/upload", after, opt)
	k.holds("/upload", "the old content")
	k.lists("/", "upload")
}

// cutOff uploads a body that fails after some bytes; Put must say so.
func (k *kit) cutOff(name storage.Path, after int, opt storage.PutOptions) {
	k.Helper()
	_, err := k.Put(k.ctx, name, cutShort(pattern(after, 4)), opt)
	if storage.KindOf(err) == storage.Unsupported {
		k.Skipf("not supported: %v", err)
	}
	if err == nil {
		k.Errorf("Put reports success for a body that failed after %d bytes", after)
	}
}

// notReadLater checks that Put leaves the body alone once it has returned: the
// engine closes the data connection then.
func (k *kit) notReadLater() {
	var returned, late atomic.Bool
	body := readerFunc(func(p []byte) (int, error) {
		if returned.Load() {
			late.Store(true)
		}
		return len(p), nil
	})
	_, err := k.Put(k.ctx, "/none/upload", io.LimitReader(body, 64<<20), storage.PutOptions{})
	returned.Store(true)
	k.refused(err, storage.NotFound)
	k.absent("/none") // gives a late reader the time of a call
	if late.Load() {
		k.Error("the body is read after Put has returned")
	}
}

// readerFunc is a reader made of a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
