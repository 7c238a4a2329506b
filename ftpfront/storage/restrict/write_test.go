package restrict

import (
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

func TestPut(t *testing.T) {
	const oldSize = 10
	for _, c := range []struct {
		allow  string
		name   storage.Path // /old is there, /new is not
		opt    storage.PutOptions
		want   string
		passed storage.PutMode
	}{
		{"read list", "/new", storage.PutOptions{}, "denied", 0},
		{"write", "/new", storage.PutOptions{}, "ok", storage.Create},
		{"write", "/old", storage.PutOptions{}, "already exists", 0},
		{"write", "/new", storage.PutOptions{Mode: storage.Create}, "ok", storage.Create},
		{"write overwrite", "/old", storage.PutOptions{}, "ok", storage.Replace},
		{"overwrite", "/old", storage.PutOptions{}, "ok", storage.Replace},
		{"overwrite", "/new", storage.PutOptions{}, "denied", 0},
		{"overwrite", "/new", storage.PutOptions{Mode: storage.Create}, "denied", 0},
		{"write overwrite", "/old", storage.PutOptions{Mode: storage.Append}, "denied", 0},
		{"append", "/old", storage.PutOptions{Mode: storage.Append}, "ok", storage.Append},
		{"append", "/new", storage.PutOptions{Mode: storage.Append}, "denied", 0},
		{"append write", "/new", storage.PutOptions{Mode: storage.Append}, "ok", storage.Append},
		{"append", "/old", storage.PutOptions{Mode: storage.Resume, Offset: oldSize}, "ok", storage.Resume},
		{"append write", "/old", storage.PutOptions{Mode: storage.Resume, Offset: oldSize - 1}, "denied", 0},
		{"append write overwrite", "/old", storage.PutOptions{Mode: storage.Resume, Offset: 1}, "ok", storage.Resume},
		{"append overwrite", "/new", storage.PutOptions{Mode: storage.Resume}, "denied", 0},
		{"append write", "/new", storage.PutOptions{Mode: storage.Resume}, "ok", storage.Resume},
		{"write overwrite append", "/", storage.PutOptions{}, "is a directory", 0},
		{"write overwrite append", "/old", storage.PutOptions{Mode: storage.Resume + 1}, "denied", 0},
	} {
		inner := newTree("/t/", "/t/old")
		b := narrowTo(t, inner, "/t", "/** "+c.allow)
		_, err := b.Put(t.Context(), c.name, strings.NewReader("x"), c.opt)
		if got := outcome(t, err, c.name); got != c.want {
			t.Errorf("%s: put %s %+v: %s, want %s", c.allow, c.name, c.opt, got, c.want)
		}
		if c.want == "ok" && (len(inner.puts) != 1 || inner.puts[0].Mode != c.passed || inner.puts[0].Offset != c.opt.Offset) {
			t.Errorf("%s: put %s %+v reached the inner backend as %+v", c.allow, c.name, c.opt, inner.puts)
		}
		if c.want != "ok" && len(inner.puts) != 0 {
			t.Errorf("%s: put %s %+v was stored", c.allow, c.name, c.opt)
		}
	}
}

func TestRename(t *testing.T) {
	all := "list read write append overwrite delete mkdir rmdir rename mtime"
	for _, c := range []struct {
		rules    []string
		from, to storage.Path
		want     string
		about    storage.Path
	}{
		{[]string{"/** rename write"}, "/f", "/g", "ok", ""},
		{[]string{"/** rename write"}, "/f", "/old", "already exists", "/old"},
		{[]string{"/** rename write overwrite"}, "/f", "/old", "ok", ""},
		{[]string{"/** rename"}, "/f", "/g", "denied", "/g"},
		{[]string{"/g write", "/** rename write"}, "/f", "/g", "denied", "/g"},
		{[]string{"/f write", "/** rename write"}, "/f", "/g", "denied", "/f"},
		{[]string{"/** rename write"}, "/gone", "/g", "not found", "/gone"},
		{[]string{"/** rename write"}, "/", "/g", "denied", "/"},
		{[]string{"/** rename write"}, "/f", "/", "denied", "/"},
		{[]string{"/d/secret/**", "/** " + all}, "/d", "/e", "denied", "/d"},
		{[]string{"/e/secret/**", "/** " + all}, "/d", "/e", "denied", "/d"},
		{[]string{"/d/secret/**", "/** " + all}, "/f", "/d", "ok", ""},
		{[]string{"/*.txt/**", "/** " + all}, "/d", "/e", "ok", ""},
	} {
		b := narrowTo(t, newTree("/t/", "/t/f", "/t/old", "/t/d/", "/t/d/secret/"), "/t", c.rules...)
		if got := outcome(t, b.Rename(t.Context(), c.from, c.to), c.about); got != c.want {
			t.Errorf("%q: rename %s %s: %s, want %s", c.rules, c.from, c.to, got, c.want)
		}
	}
}

func TestChangesNeedTheirAction(t *testing.T) {
	const everything = "list read write append overwrite delete mkdir rmdir rename mtime"
	for _, c := range []struct {
		action string
		run    func(b storage.Backend, name storage.Path) error
		onRoot string
	}{
		{"delete", func(b storage.Backend, n storage.Path) error { return b.Delete(t.Context(), n) }, "is a directory"},
		{"mkdir", func(b storage.Backend, n storage.Path) error { return b.MakeDir(t.Context(), n) }, "already exists"},
		{"rmdir", func(b storage.Backend, n storage.Path) error { return b.RemoveDir(t.Context(), n) }, "denied"},
	} {
		inner := newTree("/t/", "/t/f")
		with := narrowTo(t, inner, "/t", "/** "+c.action)
		without := narrowTo(t, inner, "/t", "/** "+strings.Replace(everything, c.action, "", 1))
		if got := outcome(t, c.run(with, "/f"), "/f"); got != "ok" {
			t.Errorf("%s with it: %s", c.action, got)
		}
		if got := outcome(t, c.run(without, "/f"), "/f"); got != "denied" {
			t.Errorf("%s without it: %s, want denied", c.action, got)
		}
		if got := outcome(t, c.run(with, "/"), "/"); got != c.onRoot {
			t.Errorf("%s of the root: %s, want %s", c.action, got, c.onRoot)
		}
	}
}
