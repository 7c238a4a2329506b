package storagetest

import "github.com/ftpbridge/bridge/ftpfront/storage"

var statTests = []test{
	{"root exists", func(k *kit) {
		e, err := k.Stat(k.ctx, storage.Root)
		k.must(err)
		if !e.IsDir() || e.Name != "/" {
			k.Errorf("Stat(/) = %+v, want a directory named /", e)
		}
	}},
	{"file", func(k *kit) {
		k.put("/a.txt", "hello")
		e, err := k.Stat(k.ctx, "/a.txt")
		k.must(err)
		if e.Name != "a.txt" || e.IsDir() || e.Size != 5 && e.Size != storage.UnknownSize {
			k.Errorf("Stat(/a.txt) = %+v, want file a.txt of 5 bytes", e)
		}
	}},
	{"empty file", func(k *kit) {
		k.put("/empty", "")
		k.holds("/empty", "")
	}},
	{"directory", func(k *kit) {
		k.mkdir("/d")
		k.mkdir("/d/e")
		e, err := k.Stat(k.ctx, "/d/e")
		k.must(err)
		if e.Name != "e" || !e.IsDir() {
			k.Errorf("Stat(/d/e) = %+v, want directory e", e)
		}
	}},
	{"missing is NotFound", func(k *kit) {
		_, err := k.Stat(k.ctx, "/none")
		k.refused(err, storage.NotFound)
		_, err = k.Stat(k.ctx, "/none/deeper/still")
		k.refused(err, storage.NotFound)
	}},
	{"below a file is NotFound", func(k *kit) {
		k.put("/a.txt", "hello")
		_, err := k.Stat(k.ctx, "/a.txt/b")
		k.refused(err, storage.NotFound, storage.NotDir)
	}},
	{"a name is not its prefix", func(k *kit) {
		k.put("/abc", "hello")
		_, err := k.Stat(k.ctx, "/ab")
		k.refused(err, storage.NotFound)
	}},
	{"error names operation and path", func(k *kit) {
		_, err := k.Stat(k.ctx, "/none")
		if e, ok := err.(*storage.Error); ok && (e.Op != storage.OpStat || e.Path != "/none") {
			k.Errorf("error has op %q and path %q, want %q and /none", e.Op, e.Path, storage.OpStat)
		}
	}},
}
