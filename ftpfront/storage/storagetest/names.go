package storagetest

import (
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// oddNames are names that something on the way may misread: URL syntax, shell
// and FTP options, quotes, blanks at the ends, other scripts, the longest.
var oddNames = []string{
	"a b", " leading", "trailing ", "two  blanks", "-rf", "--", "~", ".hidden", "...", "a.", "a..b",
	`say "hi"`, "it's", "a`b", `back\slash`, "50%", "%2e%2e", "%2F", "a%20b", "a+b", "a?b=c", "a#b", "a&b", "a=b",
	"a;type=dir", "a:b", "a,b", "a@b", "a|b", "a*b", "[a]", "{a}", "(a)", "<a>", "$HOME", "!a",
	"Größe.txt", "naïve", "文件.txt", "файл", "ملف", "😀", "e\u0301", "\u00e9",
	"İstanbul", "CON", "nul.txt", strings.Repeat("n", storage.MaxName),
}

var nameTests = func() []test {
	tests := []test{{"all in one directory", func(k *kit) {
		k.mkdir("/d")
		for i, name := range oddNames {
			k.named(name, fmt.Sprint(i))
		}
		for i, name := range oddNames { // none has replaced another
			k.holds(storage.Path("/d").Join(name), fmt.Sprint(i))
		}
		k.lists("/d", oddNames...)
	}}}
	for _, name := range oddNames {
		tests = append(tests, test{name[:min(len(name), 20)], func(k *kit) { k.everyOperation(name) }})
	}
	return append(tests,
		test{"letter case", func(k *kit) {
			k.put("/readme", "small")
			k.put("/README", "large")
			k.holds("/readme", "small")
			k.holds("/README", "large")
		}},
		test{"deep", func(k *kit) {
			dir := storage.Root
			for range 30 {
				dir = dir.Join("deeper")
				k.mkdir(dir)
			}
			k.put(dir.Join("a"), "hello")
			k.holds(dir.Join("a"), "hello")
		}})
}()

// named stores a file with a given name.
func (k *kit) named(name, content string) {
	k.Helper()
	k.put(storage.Path("/d").Join(name), content)
}

// everyOperation uses one name as a directory and as a file within it.
func (k *kit) everyOperation(name string) {
	dir := storage.Root.Join(name)
	file := dir.Join(name)
	k.mkdir(dir)
	k.put(file, "hello")
	k.holds(file, "hello")
	k.lists("/", name+"/")
	k.lists(dir, name)
	e, err := k.Stat(k.ctx, file)
	k.must(err)
	if e.Name != name {
		k.Errorf("Stat names it %q, want %q", e.Name, name)
	}
	k.must(k.Rename(k.ctx, file, dir.Join("plain")))
	k.must(k.Rename(k.ctx, dir.Join("plain"), file))
	k.must(k.Delete(k.ctx, file))
	k.must(k.RemoveDir(k.ctx, dir))
	k.lists("/")
}
