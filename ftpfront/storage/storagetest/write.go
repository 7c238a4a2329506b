package storagetest

import (
	"io"
	"strings"
	"testing/iotest"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

var writeTests = []test{
	{"replace makes a file", func(k *kit) {
		k.put("/a.txt", "hello")
		k.holds("/a.txt", "hello")
		k.lists("/", "a.txt")
	}},
	{"replace leaves nothing of a longer file", func(k *kit) {
		k.put("/a.txt", "a long content")
		k.put("/a.txt", "short")
		k.holds("/a.txt", "short")
	}},
	{"create makes a file", func(k *kit) {
		k.write("/a.txt", "hello", storage.PutOptions{Mode: storage.Create})
		k.holds("/a.txt", "hello")
	}},
	{"create of a taken name is Exists", func(k *kit) {
		k.put("/a.txt", "old")
		k.putRefused("/a.txt", storage.PutOptions{Mode: storage.Create}, storage.Exists)
		k.holds("/a.txt", "old")
	}},
	{"append makes a file", func(k *kit) {
		k.write("/a.txt", "hello", storage.PutOptions{Mode: storage.Append})
		k.holds("/a.txt", "hello")
	}},
	{"append adds to the end", func(k *kit) {
		k.put("/a.txt", "one,")
		k.write("/a.txt", "two,", storage.PutOptions{Mode: storage.Append})
		k.write("/a.txt", "three", storage.PutOptions{Mode: storage.Append})
		k.holds("/a.txt", "one,two,three")
	}},
	{"resume in the middle replaces the rest", func(k *kit) {
		k.put("/a.txt", "0123456789")
		k.write("/a.txt", "abc", storage.PutOptions{Mode: storage.Resume, Offset: 4})
		k.holds("/a.txt", "0123abc")
	}},
	{"resume at the end appends", func(k *kit) {
		k.put("/a.txt", "0123")
		k.write("/a.txt", "456", storage.PutOptions{Mode: storage.Resume, Offset: 4})
		k.holds("/a.txt", "0123456")
	}},
	{"resume past the end is BadRestart", func(k *kit) {
		k.put("/a.txt", "0123")
		k.putRefused("/a.txt", storage.PutOptions{Mode: storage.Resume, Offset: 5}, storage.BadRestart)
		k.holds("/a.txt", "0123")
	}},
	{"resume of a missing file is refused", func(k *kit) {
		k.putRefused("/none", storage.PutOptions{Mode: storage.Resume, Offset: 5}, storage.BadRestart, storage.NotFound)
		k.absent("/none")
	}},
	{"announced size", func(k *kit) {
		k.write("/a.txt", "hello", storage.PutOptions{Size: 5})
		k.holds("/a.txt", "hello")
	}},
	{"one byte at a time", func(k *kit) {
		_, err := k.Put(k.ctx, "/a.txt", iotest.OneByteReader(strings.NewReader("hello, world")), storage.PutOptions{})
		k.must(err)
		k.holds("/a.txt", "hello, world")
	}},
	{"last bytes together with the end", func(k *kit) {
		_, err := k.Put(k.ctx, "/a.txt", iotest.DataErrReader(strings.NewReader("hello")), storage.PutOptions{})
		k.must(err)
		k.holds("/a.txt", "hello")
	}},
	{"onto a directory is IsDir", func(k *kit) {
		k.mkdir("/d")
		for _, mode := range []storage.PutMode{storage.Replace, storage.Create, storage.Append} {
			k.putRefused("/d", storage.PutOptions{Mode: mode}, storage.IsDir, storage.Exists)
		}
		k.lists("/d")
	}},
	{"onto the root is refused", func(k *kit) {
		k.putRefused("/", storage.PutOptions{}, storage.IsDir, storage.Denied, storage.InvalidName)
	}},
	{"without a parent is NotFound", func(k *kit) {
		k.putRefused("/none/a.txt", storage.PutOptions{}, storage.NotFound)
		k.absent("/none")
	}},
	{"below a file is refused", func(k *kit) {
		k.put("/a.txt", "hello")
		k.putRefused("/a.txt/b", storage.PutOptions{}, storage.NotDir, storage.NotFound)
		k.holds("/a.txt", "hello")
	}},
	{"an open reader keeps its content", func(k *kit) {
		old := string(pattern(1<<20, 3))
		k.put("/a", old)
		r, err := k.Open(k.ctx, "/a", 0)
		k.must(err)
		defer r.Close() // read as far as it goes below
		k.put("/a", "new")
		// A storage may break the reader off, but not hand out a mixture.
		if b, err := io.ReadAll(r); err == nil && string(b) != old {
			k.Errorf("a reader opened before the file was replaced gives %s", excerpt(b))
		}
	}},
}

// putRefused checks that an upload fails, whatever is read of its body.
func (k *kit) putRefused(name storage.Path, opt storage.PutOptions, kinds ...storage.Kind) {
	k.Helper()
	_, err := k.Put(k.ctx, name, strings.NewReader("new content"), opt)
	k.refused(err, kinds...)
}
