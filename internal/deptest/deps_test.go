// Package deptest holds the rules about which package may import which. It has
// tests only: rules_test.go is the table, with the reasons.
package deptest

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pkg is what go list says of a package.
type pkg struct {
	ImportPath string
	Standard   bool
	Imports    []string // by the package itself, without its tests
	Deps       []string // everything it reaches
}

// list returns the packages of the module and all that they reach, by path.
func list(t *testing.T) map[string]pkg {
	t.Helper()
	// -e: a package that does not build at the moment is not a fault of its
	// imports, and other tests say so.
	cmd := exec.Command("go", "list", "-e", "-deps", "-json=ImportPath,Standard,Imports,Deps", module+"/...")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	packages := make(map[string]pkg)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("output of go list: %v", err)
		}
		packages[p.ImportPath] = p
	}
}

// ours returns the path of a package within the module, if it is in it.
func ours(path string) (string, bool) {
	return strings.CutPrefix(path, module+"/")
}

// matches reports whether the package at path, short or of the standard library,
// is one that pattern stands for.
func matches(path, pattern string) bool {
	root, below := strings.CutSuffix(pattern, "...")
	if !below {
		return path == pattern
	}
	return path == strings.TrimSuffix(root, "/") || strings.HasPrefix(path, root)
}

func matchesAny(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(path, p) })
}

// faults returns what breaks the rules, one line for each import.
func faults(packages map[string]pkg) []string {
	var lines []string
	for path, p := range packages {
		short, ok := ours(path)
		if !ok {
			continue
		}
		i := slices.IndexFunc(rules(), func(r rule) bool { return matches(short, r.of) })
		if i < 0 {
			lines = append(lines, short+": no rule covers this package; add one to rules_test.go")
			continue
		}
		lines = append(lines, direct(short, p, rules()[i])...)
		lines = append(lines, indirect(short, p, rules()[i], packages)...)
	}
	slices.Sort(lines)
	return lines
}

// direct checks the imports of ours.
func direct(short string, p pkg, r rule) []string {
	var lines []string
	for _, path := range p.Imports {
		i, ok := ours(path)
		switch {
		case !ok:
		case strings.Contains(i, "internal/") && !matches(i, programOnly):
			// Go's own rule: only what shares its parent can import it.
		case matches(i, programOnly) && !matches(short, programOnly) && !matches(short, program):
			lines = append(lines, short+" imports "+i+": parts of the program are no library")
		case !matches(i, short+"/...") && !matchesAny(i, r.may):
			lines = append(lines, short+" imports "+i+": "+r.because)
		}
	}
	return lines
}

// indirect checks everything that the package reaches.
func indirect(short string, p pkg, r rule, packages map[string]pkg) []string {
	var lines []string
	for _, path := range p.Deps {
		i, isOurs := ours(path)
		if !isOurs {
			i = path
		}
		if matchesAny(i, r.never) && i != short {
			lines = append(lines, short+" reaches "+i+" ("+chain(p.ImportPath, path, packages)+"): "+r.because)
		}
		// "." in the first element is how Go tells modules from the standard library.
		first, _, _ := strings.Cut(path, "/")
		if r.onlyStd && !isOurs && !packages[path].Standard && strings.Contains(first, ".") {
			lines = append(lines, short+" reaches "+path+", which is not of the standard library: "+r.because)
		}
	}
	return lines
}

// chain is one way from a package to another, for the message.
func chain(from, to string, packages map[string]pkg) string {
	for _, next := range packages[from].Imports {
		if next == to {
			return from + " → " + to
		}
		if slices.Contains(packages[next].Deps, to) {
			return from + " → " + chain(next, to, packages)
		}
	}
	return from + " → … → " + to
}

func TestImports(t *testing.T) {
	watch(t)
	for _, fault := range faults(list(t)) {
		t.Error(fault)
	}
}

// watch reads the directories of the module. The files that go list reads are not
// seen by the cache of go test, which would repeat an old result.
func watch(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}

// TestRulesAreKept checks the checker against packages that break each rule.
func TestRulesAreKept(t *testing.T) {
	full := func(short string) string {
		if strings.Contains(short, "net") || strings.Contains(short, ".") {
			return short
		}
		return module + "/" + short
	}
	for _, c := range []struct {
		from, to string
		want     string // part of the fault; empty: allowed
	}{
		{"ftpfront", "net/http", "serves any product"},
		{"ftpfront", "net", ""},
		{"ftpfront", "ftpfront/internal/dataconn", ""},
		{"ftpfront", "auth", "serves any product"},
		{"ftpfront", "example.com/log", "not of the standard library"},
		{"ftpfront/storage", "net", "one small package"},
		{"ftpfront/storage", "ftpfront/storage/memstore", ""},
		{"ftpfront/storage/restrict", "ftpfront/storage", ""},
		{"ftpfront/storage/restrict", "ftpfront", "every backend"},
		{"ftpfront/internal/wire", "net/http", "pure"},
		{"httpbackend", "ftpfront/storage", ""},
		{"httpbackend", "ftpfront", "any front"},
		{"httpbackend", "auth/token", "any front"},
		{"auth", "auth/token", ""},
		{"auth/token", "ftpfront/storage", "without FTP"},
		{"auth", "internal/config", "no library"},
		{"openapi/mapping", "httpbackend", "is data"},
		{"internal/config", "net/http", "settings"},
		{"internal/config", "internal/logging", "settings"},
		{"internal/admin", "httpbackend", "meet in cmd/bridge"},
		{"internal/demo/files", "internal/demo/problem", ""},
		{"internal/demo/files", "ftpfront/storage", "contracts"},
		{"examples/embed", "internal/demo", "no library"},
		{"cmd/bridge", "internal/config", ""},
		{"cmd/bridge", "example.com/log", ""},
		{"surprise", "net", "no rule covers"},
	} {
		packages := map[string]pkg{
			full(c.from): {ImportPath: full(c.from), Imports: []string{full(c.to)}, Deps: []string{full(c.to)}},
		}
		got := strings.Join(faults(packages), "\n")
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s imports %s: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}
