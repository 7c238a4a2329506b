package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// list returns the entries of a directory that belong to this run.
func (k *kit) list(dir storage.Path) []storage.Entry { return k.listWith(k.Fresh(), dir) }

func (k *kit) listWith(files storage.Backend, dir storage.Path) []storage.Entry {
	if k.over() {
		return nil
	}
	var entries []storage.Entry
	for e, err := range files.List(k.ctx, dir) {
		k.must("the folder can be listed", err)
		if err == nil && (dir != k.base || strings.HasPrefix(e.Name, k.prefix)) {
			entries = append(entries, e)
		}
	}
	return entries
}

// lists ends the check unless a directory has just these names, each once; those of
// directories end in a slash.
func (k *kit) lists(dir storage.Path, want ...string) {
	if k.over() {
		return
	}
	var got []string
	for _, e := range k.list(dir) {
		if e.IsDir() {
			e.Name += "/"
		}
		got = append(got, e.Name)
	}
	k.sameNames(got, want)
}

func (k *kit) sameNames(got, want []string) {
	slices.Sort(got)
	slices.Sort(want)
	if k.over() || slices.Equal(got, want) {
		return
	}
	wanted := "an empty folder"
	if len(want) > 0 {
		wanted = fmt.Sprintf("the names %s, each once", some(want))
	}
	missing, extra := minus(want, got), minus(got, want)
	var faults []string
	for what, names := range map[string][]string{"missing: ": missing, "too much: ": extra} {
		if len(names) > 0 {
			faults = append(faults, what+some(names))
		}
	}
	slices.Sort(faults)
	k.fail(wanted, strings.Join(faults, "; "))
}

// minus is what a has more often than b.
func minus(a, b []string) []string {
	left := map[string]int{}
	for _, name := range b {
		left[name]++
	}
	var more []string
	for _, name := range a {
		if left[name]--; left[name] < 0 {
			more = append(more, name)
		}
	}
	return more
}

// some quotes the first few names.
func some(names []string) string {
	const most = 3
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	if more := len(names) - most; more > 0 {
		quoted = append(quoted, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(quoted, ", ")
}
