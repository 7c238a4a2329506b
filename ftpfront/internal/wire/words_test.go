package wire

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for _, c := range []struct {
		arg  string
		want []string
		ok   bool
	}{
		{"", nil, true},
		{"  ", nil, true},
		{"a b", []string{"a", "b"}, true},
		{` "a b"  c `, []string{"a b", "c"}, true},
		{`"a ""b""" c`, []string{`a "b"`, "c"}, true},
		{`""`, []string{""}, true},
		{`a"b c`, []string{`a"b`, "c"}, true},
		{`"a b`, nil, false},
		{`"a"b`, nil, false},
	} {
		got, ok := SplitWords(c.arg)
		if !slices.Equal(got, c.want) || ok != c.ok {
			t.Errorf("SplitWords(%q) = %q, %v, want %q, %v", c.arg, got, ok, c.want, c.ok)
		}
	}
}

// FuzzSplitWords checks that words written in quotes are read as they were.
func FuzzSplitWords(f *testing.F) {
	f.Add(`a b`, `c"d`)
	f.Add(``, `""`)
	f.Fuzz(func(t *testing.T, a, b string) {
		quoted := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		got, ok := SplitWords(quoted(a) + " " + quoted(b))
		if want := []string{a, b}; !ok || !slices.Equal(got, want) {
			t.Errorf("got %q, %v, want %q", got, ok, want)
		}
		SplitWords(a) // ends, whatever it is
	})
}

func TestCutGlob(t *testing.T) {
	for _, c := range []struct {
		arg, dir string
		glob     Glob
		ok       bool
	}{
		{"*.txt", "", "*.txt", true},
		{"a/b?c", "a/", "b?c", true},
		{"/[ab]", "/", "[ab]", true},
		{"a*/b", "a*/b", "", false},
		{"a*/", "a*/", "", false},
		{"", "", "", false},
	} {
		dir, glob, ok := CutGlob(c.arg)
		if dir != c.dir || glob != c.glob || ok != c.ok {
			t.Errorf("CutGlob(%q) = %q, %q, %v, want %q, %q, %v", c.arg, dir, glob, ok, c.dir, c.glob, c.ok)
		}
	}
	for _, c := range []struct {
		glob Glob
		name string
		want bool
	}{
		{"*", "a b", true},
		{"a?c", "abc", true},
		{"a?c", "aéc", true},
		{"[a-c]x", "bx", true},
		{"[^a]x", "ax", false},
		{`\*`, "*", true},
		{"[", "[", false},
		{"*.txt", "a.txt.gz", false},
	} {
		if got := c.glob.Match(c.name); got != c.want {
			t.Errorf("Glob(%q).Match(%q) = %v, want %v", c.glob, c.name, got, c.want)
		}
	}
}
