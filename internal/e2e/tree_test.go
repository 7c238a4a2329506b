//go:build e2e

package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// longName is as long as a name can be.
var longName = strings.Repeat("n", 255)

// oddNames are names that clients or servers have tripped over.
var oddNames = []string{
	".hidden", "-dash", "--help", "100%", "a%20b", "it's", "semi;colon", "equals=sign", "#hash", "q?mark",
	"[brackets]", "star*", "~tilde", "comma,colon:", "back\\slash", "quote\"d", "two  spaces", " leading", "trailing ",
	"a -> b", "Cafe\u0301", "emoji 😀", longName, "Übung.txt", "dot.", "...",
	"-rw-r--r-- 1 a a 1 Jan 1 00:00 b", "$HOME", "a&b", "<tag>", "|pipe",
}

// treeFor makes a tree to send over a link: of so many files on the base links,
// a small one with odd names, empty files and empty directories on all others.
func treeFor(t *testing.T, client string, l link, files int) string {
	t.Helper()
	if l.base() {
		return makeTree(t, files)
	}
	dir := makeTree(t, 12)
	for i, name := range oddNames {
		if _, spoilt := matrix[client].spoils[name]; !spoilt {
			writeFile(t, filepath.Join(dir, "plain", name), content(i%3*1000))
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "empty/nested/empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// makeTree writes n files under a new directory: names with spaces and letters
// beyond ASCII in nested folders, contents from nothing to more than a buffer.
func makeTree(t *testing.T, n int) string {
	t.Helper()
	dir := t.TempDir()
	folders := []string{"", "plain", "with space", "Grüße/aus Köln", "日本/東京", "deep/er/and/deeper"}
	sizes := []int{0, 1, 100, 1460, 4096, 65535, 65536, 65537, 300_000}
	source := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range n {
		folder := filepath.Join(dir, folders[i%len(folders)])
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		name := []string{"file%d.txt", "file %d ä.bin", "Übung %d.csv"}[i%3]
		content := make([]byte, sizes[i%len(sizes)])
		for j := range content {
			content[j] = byte(source.Uint32())
		}
		writeFile(t, filepath.Join(folder, fmt.Sprintf(name, i)), content)
	}
	return dir
}

// uploads makes a directory of 20 files to upload one after the other, empty and
// large ones too. Libraries tend to close the data connection of an upload
// without reading what the bridge has sent on it, which under TLS 1.3 is at least
// its session tickets: the client's system then sends a reset. Each file must
// arrive whole all the same.
func uploads(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := range 20 {
		size := []int{0, 1, 1000, 70_000, 3_000_000}[i%5]
		writeFile(t, filepath.Join(dir, fmt.Sprintf("%02d", i)), content(size))
	}
	return dir
}

// absolute is the path of a file of this package for a program that runs
// elsewhere.
func absolute(t *testing.T, path string) string {
	t.Helper()
	path, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// content is n bytes in which every line end and Telnet byte occurs.
func content(n int) []byte {
	source := rand.New(rand.NewPCG(2, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(source.Uint32())
	}
	return b
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
	} else if !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes that differ from the %d wanted", path, len(got), len(want))
	}
}

func wantGone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", path, err)
	}
}

// wantSameTree compares two directories byte for byte, both ways.
func wantSameTree(t *testing.T, want, got string) {
	t.Helper()
	w, g := readTree(t, want), readTree(t, got)
	for name, content := range w {
		other, ok := g[name]
		switch {
		case !ok:
			t.Errorf("%q is missing", name)
		case !bytes.Equal(content, other):
			t.Errorf("%q differs: %d bytes, want %d", name, len(other), len(content))
		}
	}
	for name := range g {
		if _, ok := w[name]; !ok {
			t.Errorf("%q is not wanted", name)
		}
	}
}

// readTree returns all files and folders below dir; folders end in a slash.
func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	tree := make(map[string][]byte)
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			tree[name+"/"] = nil
			return nil
		}
		tree[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}
