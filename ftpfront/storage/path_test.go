package storage

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	long := strings.Repeat("n", MaxName)
	for _, c := range []struct{ dir, arg, want string }{
		{"/", "a", "/a"},
		{"/d", "a", "/d/a"},
		{"/d", "/a", "/a"},
		{"/d", "../a", "/a"},
		{"/d", "../../../a", "/a"},
		{"/d", ".", "/d"},
		{"/d", "", "/d"},
		{"/d", "..", "/"},
		{"/", "..", "/"},
		{"/", "//a///b/", "/a/b"},
		{"/", "/..", "/"},
		{"/", "a/./b/../c", "/a/c"},
		{"/", " a ", "/ a "},
		{"/", "...", "/..."},
		{"/", `a\..\b`, `/a\..\b`},
		{"/", "-la", "/-la"},
		{"/", long, "/" + long},
		{"/", "Größe", "/Größe"},
	} {
		if got, err := Clean(Path(c.dir), c.arg); err != nil || string(got) != c.want {
			t.Errorf("Clean(%q, %q) = %q, %v; want %q", c.dir, c.arg, got, err, c.want)
		}
	}
	for _, arg := range []string{
		"a\x00b", "a\rb", "a\nb", long + "n", "/d/" + long + "n/x",
		strings.Repeat("/abc", MaxPath/4+1), strings.Repeat("../", MaxPath),
	} {
		if got, err := Clean("/", arg); err == nil {
			t.Errorf("Clean(/, %.40q) = %.40q, want an error", arg, got)
		}
	}
	deep := Path(strings.Repeat("/abc", MaxPath/4))
	if got, err := Clean(deep, "x"); err == nil {
		t.Errorf("Clean of a name below the longest path = %d bytes, want an error", len(got))
	}
}

func TestPathParts(t *testing.T) {
	for _, c := range []struct{ path, base, dir Path }{
		{"/", "/", "/"}, {"/a", "a", "/"}, {"/a/b c", "b c", "/a"},
	} {
		if c.path.Base() != string(c.base) || c.path.Dir() != c.dir {
			t.Errorf("%q has base %q and dir %q, want %q and %q", c.path, c.path.Base(), c.path.Dir(), c.base, c.dir)
		}
	}
}

func TestUnderAndWithin(t *testing.T) {
	for _, c := range []struct {
		p, dir Path
		want   bool
	}{
		{"/a", "/a", true}, {"/a/b", "/a", true}, {"/ab", "/a", false}, {"/a", "/a/b", false}, {"/a", "/", true}, {"/", "/a", false},
	} {
		if got := c.p.Under(c.dir); got != c.want {
			t.Errorf("%q.Under(%q) = %v, want %v", c.p, c.dir, got, c.want)
		}
	}
	for _, c := range []struct{ p, root, want Path }{
		{"/a", "/", "/a"}, {"/a", "", "/a"}, {"/", "/home", "/home"}, {"/a/b", "/home/ann", "/home/ann/a/b"},
	} {
		if got := c.p.Within(c.root); got != c.want || !got.Under(c.root) && c.root != "" {
			t.Errorf("%q.Within(%q) = %q, want %q", c.p, c.root, got, c.want)
		}
	}
}

func TestValidName(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "a b": true, "...": true, "Größe": true, `"`: true, strings.Repeat("n", MaxName): true,
		"": false, ".": false, "..": false, "a/b": false, "/": false, "a\nb": false, "a\x00": false, "\x7f": false,
		"\x1b[2J": false, "\xff": false, strings.Repeat("n", MaxName+1): false,
	} {
		if got := ValidName(name); got != want {
			t.Errorf("ValidName(%.40q) = %v, want %v", name, got, want)
		}
	}
}

// FuzzClean holds that a path is absolute and clean, stays in the root, and
// stays itself when it is cleaned again, from wherever.
func FuzzClean(f *testing.F) {
	f.Add("/d", "../../etc/passwd")
	f.Add("/", "a//b/./c/..")
	f.Add("/x", "/..//..")
	f.Fuzz(func(t *testing.T, from, arg string) {
		dir, err := Clean(Root, from)
		if err != nil {
			return
		}
		p, err := Clean(dir, arg)
		if err != nil {
			return
		}
		if len(p) > MaxPath || p[0] != '/' || strings.ContainsAny(string(p), "\x00\r\n") || !p.Under(Root) {
			t.Errorf("Clean(%q, %q) = %q", dir, arg, p)
		}
		if p != Root {
			for seg := range strings.SplitSeq(string(p)[1:], "/") {
				if seg == "" || seg == "." || seg == ".." || len(seg) > MaxName {
					t.Errorf("Clean(%q, %q) = %q with segment %q", dir, arg, p, seg)
				}
			}
			if p.Dir().Join(p.Base()) != p {
				t.Errorf("%q splits into %q and %q", p, p.Dir(), p.Base())
			}
		}
		for _, again := range []Path{Root, dir, p} {
			if q, err := Clean(again, string(p)); err != nil || q != p {
				t.Errorf("%q is cleaned again to %q, %v", p, q, err)
			}
		}
	})
}
