package mapping_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestFaults runs testdata/faults: each archive has files, and at its end what is said
// of those whose name ends in .map.yaml, but for the ones that begin with an
// underscore, which others name.
func TestFaults(t *testing.T) {
	files, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkFaults(t, file) })
	}
}

func checkFaults(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	last := &a.Files[len(a.Files)-1]
	if last.Name != "output" {
		t.Fatalf("%s: no output at the end", file)
	}
	t.Chdir(t.TempDir())
	for _, f := range a.Files[:len(a.Files)-1] {
		if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got bytes.Buffer
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".map.yaml") || strings.HasPrefix(f.Name, "_") {
			continue
		}
		m, faults, warnings := mapping.Check(f.Name, f.Data)
		for _, p := range faults {
			fmt.Fprintln(&got, p)
		}
		for _, p := range warnings {
			fmt.Fprintf(&got, "%s: warning: %s\n", p.Pos, p.Text)
		}
		if len(faults) == 0 && len(m.Warnings) != len(warnings) {
			t.Errorf("the mapping has %d warnings, not %d", len(m.Warnings), len(warnings))
		}
	}
	if *update {
		last.Data = got.Bytes()
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(last.Data); got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
	}
}
