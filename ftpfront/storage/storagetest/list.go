package storagetest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// manyEntries is more than one page of most storages.
const manyEntries = 1000

var listTests = []test{
	{"empty directory", func(k *kit) {
		k.mkdir("/d")
		k.lists("/d")
	}},
	{"empty root", func(k *kit) { k.lists("/") }},
	{"files and directories", func(k *kit) {
		k.mkdir("/d")
		k.mkdir("/d/sub")
		k.put("/d/a.txt", "hello")
		k.put("/d/sub/deeper", "not listed")
		k.put("/other", "not listed")
		k.lists("/d", "a.txt", "sub/")
		k.lists("/", "d/", "other")
	}},
	{"size of a listed file", func(k *kit) {
		k.put("/a.txt", "hello")
		for _, e := range k.list("/") {
			if e.Size != 5 && e.Size != storage.UnknownSize {
				k.Errorf("listed %+v, want 5 bytes", e)
			}
		}
	}},
	{"siblings with a common prefix", func(k *kit) {
		k.mkdir("/d")
		k.mkdir("/dd")
		k.put("/d/a", "1")
		k.put("/dd/b", "2")
		k.lists("/d", "a")
	}},
	{"missing is NotFound", func(k *kit) { k.listRefused("/none", storage.NotFound) }},
	{"file is NotDir", func(k *kit) {
		k.put("/a.txt", "hello")
		k.listRefused("/a.txt", storage.NotDir)
	}},
	{"a thousand entries, each once", func(k *kit) {
		k.mkdir("/d")
		var want []string
		for i := range manyEntries {
			name := fmt.Sprintf("file-%04d", i)
			k.put(storage.Path("/d").Join(name), "x")
			want = append(want, name)
		}
		k.lists("/d", want...)
	}},
	{"nothing is asked before the iteration", func(k *kit) {
		seq := k.List(k.ctx, "/d") // not there yet
		k.mkdir("/d")
		k.put("/d/late", "x")
		n := 0
		for e, err := range seq {
			k.must(err)
			n++
			if e.Name != "late" {
				k.Errorf("listed %q, want late", e.Name)
			}
		}
		if n != 1 {
			k.Errorf("listed %d entries, want 1", n)
		}
	}},
	{"can be left early", func(k *kit) {
		k.mkdir("/d")
		for i := range 20 {
			k.put(storage.Path("/d").Join(fmt.Sprint(i)), "x")
		}
		for _, err := range k.List(k.ctx, "/d") {
			k.must(err)
			break
		}
		if n := len(k.list("/d")); n != 20 { // the backend is still of use
			k.Errorf("listed %d entries after leaving one listing early, want 20", n)
		}
	}},
	{"operations inside the iteration", func(k *kit) {
		k.put("/a", "1")
		k.put("/b", "2")
		for e, err := range k.List(k.ctx, "/") { // no lock is held across the yield
			k.must(err)
			_, err := k.Stat(k.ctx, storage.Root.Join(e.Name))
			k.must(err)
		}
	}},
}

// lists checks the names in a directory; those of directories end in a slash.
func (k *kit) lists(dir storage.Path, want ...string) {
	k.Helper()
	got := map[string]int{}
	for _, e := range k.list(dir) {
		name := e.Name
		if e.IsDir() {
			name += "/"
		}
		if got[name]++; got[name] > 1 {
			k.Errorf("%q is listed twice", name)
		}
		if !storage.ValidName(e.Name) {
			k.Errorf("%q is listed, which is no valid name", e.Name)
		}
	}
	slices.Sort(want)
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, want) {
		k.Errorf("%q lists %d names %q, want %d names %q", dir, len(names), names, len(want), want)
	}
}

// listRefused checks that a listing gives one error and nothing else.
func (k *kit) listRefused(dir storage.Path, kind storage.Kind) {
	k.Helper()
	n := 0
	for e, err := range k.List(k.ctx, dir) {
		if n++; n > 1 {
			k.Fatalf("yields go on after the error: %+v, %v", e, err)
		}
		k.refused(err, kind)
		if e != (storage.Entry{}) {
			k.Errorf("the error comes with %+v, want a zero Entry", e)
		}
	}
	if n == 0 {
		k.Errorf("%q lists as empty, want %q", dir, kind)
	}
}
