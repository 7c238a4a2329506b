package storagetest

import (
	"bytes"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// largeSize is beyond every buffer on the way.
const largeSize = 8 << 20

var readTests = []test{
	{"whole", func(k *kit) {
		k.put("/a.txt", "hello")
		k.holds("/a.txt", "hello")
	}},
	{"from an offset", func(k *kit) {
		k.put("/a.txt", "hello, world")
		for offset, want := range map[int64]string{0: "hello, world", 1: "ello, world", 7: "world", 11: "d"} {
			if got := k.read("/a.txt", offset); string(got) != want {
				k.Errorf("from %d: %q, want %q", offset, got, want)
			}
		}
	}},
	{"offset at the end is empty", func(k *kit) {
		k.put("/a.txt", "hello")
		if got := k.read("/a.txt", 5); len(got) != 0 {
			k.Errorf("from 5 of 5 bytes: %q, want nothing", got)
		}
		k.put("/empty", "")
		if got := k.read("/empty", 0); len(got) != 0 {
			k.Errorf("empty file: %q, want nothing", got)
		}
	}},
	{"offset past the end is BadRestart", func(k *kit) {
		k.put("/a.txt", "hello")
		k.openRefused("/a.txt", 6, storage.BadRestart)
		k.openRefused("/a.txt", 1<<40, storage.BadRestart)
	}},
	{"missing is NotFound", func(k *kit) { k.openRefused("/none", 0, storage.NotFound) }},
	{"directory is IsDir", func(k *kit) {
		k.mkdir("/d")
		k.openRefused("/d", 0, storage.IsDir)
	}},
	{"every byte value", func(k *kit) {
		b := make([]byte, 512)
		for i := range b {
			b[i] = byte(i)
		}
		k.put("/bytes", string(b))
		k.holds("/bytes", string(b))
	}},
	{"large", func(k *kit) {
		want := pattern(largeSize, 1)
		_, err := k.Put(k.ctx, "/large", bytes.NewReader(want), storage.PutOptions{})
		k.must(err)
		if got := k.read("/large", 0); !bytes.Equal(got, want) {
			k.Errorf("%d bytes that differ from the %d stored", len(got), len(want))
		}
		if got := k.read("/large", largeSize-10); !bytes.Equal(got, want[largeSize-10:]) {
			k.Errorf("the last ten bytes are %q, want %q", got, want[largeSize-10:])
		}
	}},
	{"can be left early", func(k *kit) {
		k.put("/large", string(pattern(1<<20, 2)))
		r, err := k.Open(k.ctx, "/large", 0)
		k.must(err)
		_, err = io.ReadFull(r, make([]byte, 100))
		k.must(err)
		r.Close() // what matters is that the backend is still of use
		k.put("/after", "x")
		k.holds("/after", "x")
	}},
}

// openRefused checks that Open itself fails, not the first Read.
func (k *kit) openRefused(name storage.Path, offset int64, kind storage.Kind) {
	k.Helper()
	r, err := k.Open(k.ctx, name, offset)
	if err == nil {
		r.Close() // it was not wanted
	}
	k.refused(err, kind)
}
