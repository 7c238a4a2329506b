package verify

import "github.com/ftpbridge/bridge/ftpfront/storage"

// removeChecks delete files and folders.
func removeChecks() []check {
	const (
		file   = storage.Write | storage.DeleteFile
		folder = storage.Mkdir | storage.Rmdir
	)
	recursive := "the service removes folders with all that is in them: put a step before that lists the folder " +
		"(see the rmdir of the nginx preset: bridge map preset nginx)"
	return []check{
		{name: "delete a file", needs: file, hint: "see delete in the mapping, and its ok statuses", run: func(k *kit) {
			gone, stays := k.path("a"), k.path("b")
			k.put(gone, content{100, 1})
			k.put(stays, content{200, 2})
			k.delete(gone)
			k.absent(gone)
			k.holds(stays, content{200, 2})
		}},
		{name: "delete it again", needs: file, hint: "a service that says 2xx needs a step before that asks; " + notFoundHint, run: func(k *kit) {
			name := k.path("a")
			k.put(name, content{100, 1})
			k.delete(name)
			if !k.over() {
				k.refused("delete of a name that is not there", k.backend.Delete(k.ctx, name), storage.NotFound)
			}
		}},
		{name: "delete of a folder", needs: file | storage.Mkdir, hint: "delete must not take folders: " + recursive, run: func(k *kit) {
			dir, inside := k.filled()
			if k.over() {
				return
			}
			err := k.backend.Delete(k.ctx, dir)
			k.holds(inside, content{100, 1})
			k.refused("delete of a folder", err)
		}},
		{name: "rmdir of a folder with a file in it", needs: folder | storage.Write, hint: recursive, run: func(k *kit) {
			dir, inside := k.filled()
			if k.over() {
				return
			}
			err := k.backend.RemoveDir(k.ctx, dir)
			k.holds(inside, content{100, 1})
			k.refused("rmdir of a folder with a file in it", err)
		}},
		{name: "rmdir of a file", needs: folder | storage.Write, hint: "rmdir must not take files: see its errors, kind: not-dir", run: func(k *kit) {
			name := k.path("a")
			k.put(name, content{100, 1})
			if k.over() {
				return
			}
			err := k.backend.RemoveDir(k.ctx, name)
			k.holds(name, content{100, 1})
			k.refused("rmdir of a file", err)
		}},
		{name: "rmdir of an empty folder", needs: folder, hint: "see rmdir in the mapping, and its ok statuses", run: func(k *kit) {
			dir := k.path("dir")
			k.mkdir(dir)
			if k.over() {
				return
			}
			k.must("an empty folder is removed", k.backend.RemoveDir(k.ctx, dir))
			k.absent(dir)
		}},
		{name: "rmdir of a missing folder", needs: folder, hint: notFoundHint, run: func(k *kit) {
			k.refused("rmdir of a name that is not there", k.backend.RemoveDir(k.ctx, k.path("none")), storage.NotFound)
		}},
	}
}

func (k *kit) delete(name storage.Path) {
	if !k.over() {
		k.must("the file is deleted", k.backend.Delete(k.ctx, name))
	}
}

// filled makes a folder with a file in it.
func (k *kit) filled() (dir, inside storage.Path) {
	dir = k.path("dir")
	inside = dir.Join("a")
	k.made[inside] = true
	k.mkdir(dir)
	k.put(inside, content{100, 1})
	return dir, inside
}
