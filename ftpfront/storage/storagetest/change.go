package storagetest

import "github.com/ftpbridge/bridge/ftpfront/storage"

var renameTests = []test{
	{"file", func(k *kit) {
		k.put("/a", "hello")
		k.must(k.Rename(k.ctx, "/a", "/b"))
		k.absent("/a")
		k.holds("/b", "hello")
	}},
	{"file into another directory", func(k *kit) {
		k.mkdir("/d")
		k.put("/a", "hello")
		k.must(k.Rename(k.ctx, "/a", "/d/b"))
		k.absent("/a")
		k.holds("/d/b", "hello")
	}},
	{"directory with what is in it", func(k *kit) {
		k.mkdir("/d")
		k.mkdir("/d/sub")
		k.put("/d/sub/a", "hello")
		k.must(k.Rename(k.ctx, "/d", "/e"))
		k.absent("/d")
		k.holds("/e/sub/a", "hello")
		k.lists("/", "e/")
	}},
	{"onto a file replaces it or is Exists", func(k *kit) {
		k.put("/a", "new")
		k.put("/b", "old")
		if err := k.Rename(k.ctx, "/a", "/b"); err != nil {
			k.refused(err, storage.Exists)
			k.holds("/a", "new")
			k.holds("/b", "old")
			return
		}
		k.absent("/a")
		k.holds("/b", "new")
	}},
	{"file onto a directory is refused", func(k *kit) {
		k.put("/a", "hello")
		k.mkdir("/d")
		k.refused(k.Rename(k.ctx, "/a", "/d"), storage.Exists, storage.IsDir)
		k.holds("/a", "hello")
		k.lists("/", "a", "d/")
	}},
	{"missing is NotFound", func(k *kit) {
		k.refused(k.Rename(k.ctx, "/none", "/b"), storage.NotFound)
	}},
	{"into a missing directory is NotFound", func(k *kit) {
		k.put("/a", "hello")
		k.refused(k.Rename(k.ctx, "/a", "/none/b"), storage.NotFound)
		k.holds("/a", "hello")
	}},
	{"directory into itself is refused", func(k *kit) {
		k.mkdir("/d")
		k.put("/d/a", "hello")
		k.refused(k.Rename(k.ctx, "/d", "/d/e"), storage.InvalidName, storage.Conflict, storage.Denied)
		k.holds("/d/a", "hello")
	}},
}

var removeTests = []test{
	{"file", func(k *kit) {
		k.put("/a", "hello")
		k.put("/b", "stays")
		k.must(k.Delete(k.ctx, "/a"))
		k.absent("/a")
		k.holds("/b", "stays")
	}},
	{"missing file is NotFound", func(k *kit) {
		k.refused(k.Delete(k.ctx, "/none"), storage.NotFound)
	}},
	{"directory as a file is IsDir", func(k *kit) {
		k.mkdir("/d")
		k.refused(k.Delete(k.ctx, "/d"), storage.IsDir)
		k.lists("/", "d/")
	}},
	{"empty directory", func(k *kit) {
		k.mkdir("/d")
		k.must(k.RemoveDir(k.ctx, "/d"))
		k.absent("/d")
	}},
	{"directory with entries is NotEmpty", func(k *kit) {
		k.mkdir("/d")
		k.put("/d/a", "hello")
		k.refused(k.RemoveDir(k.ctx, "/d"), storage.NotEmpty)
		k.holds("/d/a", "hello")
	}},
	{"missing directory is NotFound", func(k *kit) {
		k.refused(k.RemoveDir(k.ctx, "/none"), storage.NotFound)
	}},
	{"file as a directory is NotDir", func(k *kit) {
		k.put("/a", "hello")
		k.refused(k.RemoveDir(k.ctx, "/a"), storage.NotDir)
		k.holds("/a", "hello")
	}},
}

var mkdirTests = []test{
	{"in the root and below", func(k *kit) {
		k.mkdir("/d")
		k.mkdir("/d/e")
		k.lists("/", "d/")
		k.lists("/d", "e/")
	}},
	{"taken by a directory is Exists", func(k *kit) {
		k.mkdir("/d")
		k.put("/d/a", "hello")
		k.refused(k.MakeDir(k.ctx, "/d"), storage.Exists)
		k.holds("/d/a", "hello")
	}},
	{"taken by a file is Exists", func(k *kit) {
		k.put("/a", "hello")
		k.refused(k.MakeDir(k.ctx, "/a"), storage.Exists)
		k.holds("/a", "hello")
	}},
	{"the root is Exists", func(k *kit) {
		k.refused(k.MakeDir(k.ctx, "/"), storage.Exists)
	}},
	{"without a parent is NotFound", func(k *kit) {
		k.refused(k.MakeDir(k.ctx, "/none/d"), storage.NotFound)
		k.absent("/none")
	}},
}
