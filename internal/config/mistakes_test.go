package config

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestMistakes holds the text and the place of every mistake. Each file of
// testdata/mistakes has a configuration file, optionally variables and flags,
// and what Load says of them.
func TestMistakes(t *testing.T) {
	names, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) { checkGolden(t, name) })
	}
}

func checkGolden(t *testing.T, name string) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parts := make(map[string]string)
	for _, f := range archive.Files {
		parts[f.Name] = string(f.Data)
	}
	t.Chdir(t.TempDir())
	write(t, "bridge.yaml", parts["bridge.yaml"])
	_, err = Load("bridge.yaml", strings.Split(parts["env"], "\n"), environment(strings.Split(parts["flags"], "\n")))
	if err == nil {
		t.Fatal("Load found no mistake")
	}
	got := err.Error() + "\n"
	if strings.Contains(got, "hunter2") {
		t.Errorf("a message shows a secret:\n%s", got)
	}
	if *update {
		rewrite(t, name, archive, got)
	} else if want := parts["want"]; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
	for i := range archive.Files {
		if archive.Files[i].Name == "want" {
			archive.Files[i].Data = []byte(got)
		}
	}
	t.Chdir(packageDir)
	write(t, name, string(txtar.Format(archive)))
}

// packageDir is where go test starts the tests of this package.
var packageDir, _ = os.Getwd()

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestMistakesCarryTheirPlace(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bridge.yaml")
	write(t, name, "ftp: {tls: {mode: off}}\nauth: [{static: {file: u}}]\nbackend: {mapping: m}\nlog: {levle: info}\n")
	_, err := Load(name, nil, nil)
	var mistakes Mistakes
	if !errors.As(err, &mistakes) || len(mistakes) != 1 {
		t.Fatalf("got %v, want one mistake", err)
	}
	if m := mistakes[0]; m.Source != name || m.Line != 4 || m.Column != 7 {
		t.Errorf("got %s:%d:%d, want %s:4:7", m.Source, m.Line, m.Column, name)
	}
}

func TestLoadMissingFile(t *testing.T) {
	_, err := Load(filepath.Join(t.TempDir(), "bridge.yaml"), nil, nil)
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v, want an error that wraps os.ErrNotExist", err)
	}
}
