package verify

import (
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// dirChecks are about folders.
func dirChecks() []check {
	return []check{
		{name: "mkdir, stat and list of it", needs: storage.Mkdir, hint: "stat and list have to tell the new folder as one (type: dir)", run: func(k *kit) {
			dir := k.path("dir")
			k.mkdir(dir)
			if k.over() {
				return
			}
			e, err := k.Fresh().Stat(k.ctx, dir)
			k.must("the folder is there", err)
			if !k.over() && !e.IsDir() {
				k.fail("a folder", entryText(e))
			}
			if k.can.Has(storage.ListDir) {
				k.lists(dir)
			}
		}},
		{name: "mkdir again", needs: storage.Mkdir, hint: "a service that says 2xx needs a step before that asks, or an errors row with kind: exists", run: func(k *kit) {
			dir := k.path("dir")
			k.mkdir(dir)
			if k.over() {
				return
			}
			k.refused("mkdir of a folder that is there", k.backend.MakeDir(k.ctx, dir), storage.Exists)
		}},
		{name: "mkdir where a file is", needs: storage.Mkdir | storage.Write, hint: "see errors of mkdir", run: func(k *kit) {
			name := k.path("a")
			k.put(name, content{100, 1})
			if k.over() {
				return
			}
			k.refused("mkdir of a name that a file has", k.backend.MakeDir(k.ctx, name))
			k.holds(name, content{100, 1})
		}},
	}
}

// listChecks list a folder with many files.
func listChecks() []check {
	needs := storage.Write | storage.ListDir
	return []check{
		{name: "list of many files", needs: needs, run: func(k *kit) { k.many() },
			hint: "are all pages fetched, and none twice? See page in the mapping's list"},
		{name: "sizes and times: stat agrees with list", needs: needs, hint: statHint, run: func(k *kit) {
			dir := k.folderOf()
			names := map[string]content{}
			for i := range 5 {
				name := k.in(dir, fmt.Sprint("file-", i))
				names[name.Base()] = content{int64(i * 100), 1}
				k.put(name, names[name.Base()])
			}
			files := k.Fresh()
			for _, e := range k.list(dir) {
				c, ok := names[e.Name]
				if !ok {
					continue
				}
				if e.Size != c.size && e.Size != storage.UnknownSize {
					k.fail(fmt.Sprintf("%q is listed with %s", e.Name, c), count(e.Size))
				}
				k.agrees(files, dir.Join(e.Name), e)
			}
		}},
	}
}

// many makes files and lists them.
func (k *kit) many() {
	dir := k.folderOf()
	var want []string
	for i := range k.Files {
		name := k.in(dir, fmt.Sprintf("file-%05d", i))
		want = append(want, name.Base())
		k.put(name, content{int64(i % 7), 1})
	}
	var got []string
	for _, e := range k.list(dir) {
		if dir != k.base || strings.HasPrefix(e.Name, k.own("")) {
			got = append(got, e.Name)
		}
	}
	k.sameNames(got, want)
}

// folderOf makes a folder for this check; without folders it is that of all.
func (k *kit) folderOf() storage.Path {
	if !k.can.Has(storage.Mkdir) {
		return k.base
	}
	dir := k.path("dir")
	k.mkdir(dir)
	return dir
}

// in is a name in what folderOf gave.
func (k *kit) in(dir storage.Path, name string) storage.Path {
	if dir == k.base {
		return k.path(name)
	}
	p := dir.Join(name)
	k.made[p] = true
	return p
}
