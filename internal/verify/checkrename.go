package verify

import "github.com/ftpbridge/bridge/ftpfront/storage"

// renameChecks move files and folders.
func renameChecks() []check {
	const file = storage.Write | storage.Move
	return []check{
		{name: "rename a file", needs: file, hint: "see rename in the mapping: from.path and to.path are whole paths", run: func(k *kit) {
			from, to := k.path("a"), k.path("b")
			k.put(from, content{100, 1})
			k.rename(from, to)
			k.absent(from)
			k.holds(to, content{100, 1})
		}},
		{name: "rename onto a file", needs: file, hint: "a rename onto a taken name has to replace the file or to be refused", run: func(k *kit) {
			from, to := k.path("a"), k.path("b")
			k.put(from, content{100, 1})
			k.put(to, content{200, 2})
			if k.over() {
				return
			}
			if err := k.backend.Rename(k.ctx, from, to); err != nil {
				k.refused("a rename onto a file, where it does not replace it,", err)
				k.holds(from, content{100, 1})
				k.holds(to, content{200, 2})
				return
			}
			k.absent(from)
			k.holds(to, content{100, 1})
		}},
		{name: "rename a folder", needs: file | storage.Mkdir, hint: "a rename of a folder has to take along all that is in it, or to be refused", run: func(k *kit) {
			dir, inside := k.filled()
			to := k.path("moved")
			k.made[to.Join("a")] = true
			if k.over() {
				return
			}
			if err := k.backend.Rename(k.ctx, dir, to); err != nil {
				k.refused("a rename of a folder, where it does not move it,", err)
				k.holds(inside, content{100, 1})
				k.absent(to)
				return
			}
			k.holds(to.Join("a"), content{100, 1})
			k.absent(dir)
		}},
		{name: "rename of a missing name", needs: file, hint: notFoundHint, run: func(k *kit) {
			to := k.path("b")
			k.refused("rename of a name that is not there", k.backend.Rename(k.ctx, k.path("none"), to), storage.NotFound)
			k.absent(to)
		}},
	}
}

func (k *kit) rename(from, to storage.Path) {
	if !k.over() {
		k.must("the file is renamed", k.backend.Rename(k.ctx, from, to))
	}
}
