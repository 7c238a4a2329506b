package verify

import (
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// oddNames are names that something on the way may misread.
var oddNames = []struct{ what, name string }{
	{"a space", "a b.txt"},
	{"%", "100%.txt"},
	{"+", "a+b.txt"},
	{"#", "a#b.txt"},
	{"?", "a?b=c.txt"},
	{";", "a;b.txt"},
	{"&", "a&b=c.txt"},
	{"quotes", `it's "so".txt`},
	{"UTF-8, composed", "Gr\u00f6\u00dfe.txt"},
	{"UTF-8, decomposed", "Gro\u0308\u00dfe.txt"},
	{"a leading dot", ".hidden.txt"},
	{"a space at the end", "a.txt "},
	{"200 characters", strings.Repeat("n", 196) + ".txt"},
	{"a literal %2F", "a%2Fb.txt"},
}

// nameChecks store files with odd names: each is refused, or comes back as it was.
func nameChecks() []check {
	var checks []check
	for _, odd := range oddNames {
		checks = append(checks, check{
			name: "a name with " + odd.what, needs: storage.Write,
			hint: "the service has to take names percent-encoded in the path and give them back as they were, or refuse them with a 4xx",
			run:  func(k *kit) { k.named(odd.name) },
		})
	}
	return checks
}

func (k *kit) named(odd string) {
	if k.prefix != "" && odd[0] == '.' && !k.can.Has(storage.Mkdir) {
		k.skip("there are no folders, and the names of this run begin otherwise")
		return
	}
	dir := k.folderOf()
	name := k.in(dir, odd)
	if k.over() {
		return
	}
	c := content{100, 1}
	if _, err := k.backend.Put(k.ctx, name, c.reader(), storage.PutOptions{}); err != nil {
		k.refused("a name that cannot be", err)
		if dir != k.base && k.can.Has(storage.ListDir) {
			k.lists(dir) // nor is anything there under another name
		}
		return
	}
	k.holds(name, c)
	if dir != k.base && k.can.Has(storage.ListDir) {
		k.lists(dir, name.Base())
	}
}
