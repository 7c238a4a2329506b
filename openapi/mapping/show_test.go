package mapping_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

// TestShow runs testdata/show: x.map.yaml and what it builds on, and what it is when all
// is laid over each other.
func TestShow(t *testing.T) {
	files, err := filepath.Glob("testdata/show/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			for _, f := range a.Files {
				if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var got bytes.Buffer
			if err := mapping.Show("x.map.yaml", a.Files[0].Data, &got); err != nil {
				t.Fatal(err)
			}
			last := &a.Files[len(a.Files)-1]
			if *update {
				last.Data = got.Bytes()
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(last.Data); got.String() != want {
				t.Errorf("got:\n%s\nwant:\n%s", got.String(), want)
			}
			again(t, "x.map.yaml", got.Bytes())
		})
	}
}

// again checks that what is shown is a mapping that shows itself, without any comment.
func again(t *testing.T, name string, shown []byte) {
	t.Helper()
	var second bytes.Buffer
	if err := mapping.Show(name, shown, &second); err != nil {
		t.Fatalf("what was shown does not load: %v in\n%s", err, shown)
	}
	if got, want := withoutComments(second.String()), withoutComments(string(shown)); got != want {
		t.Errorf("what was shown shows as\n%s\nnot as\n%s", got, want)
	}
}

func withoutComments(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(strings.TrimSuffix(line, "\n"), "  # ")
		out = append(out, line+"\n")
	}
	return strings.Join(out, "")
}

// TestShownPresetsMeanTheSame compares what a preset explains with what its copy does.
func TestShownPresetsMeanTheSame(t *testing.T) {
	questions, err := mapping.ParseCommands([]string{
		"RETR /a", "STOR /a", "STOU /a", "LIST /d", "MLST /a", "DELE /a", "MKD /d", "RMD /d", "RNFR /a", "RNTO /b", "AVBL",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range preset.Names() {
		data, err := preset.Source(name)
		if err != nil {
			t.Fatal(err)
		}
		var shown bytes.Buffer
		if err := mapping.Show("preset:"+name, data, &shown); err != nil {
			t.Fatal(err)
		}
		again(t, "preset:"+name, shown.Bytes())
		var answers [2][]string
		for i, text := range [][]byte{data, shown.Bytes()} {
			m, err := mapping.Parse("x.map.yaml", text)
			if err != nil {
				t.Fatal(err)
			}
			for _, q := range questions {
				answers[i] = append(answers[i], place.ReplaceAllString(m.Explain(q, mapping.Asker{}), ""))
			}
		}
		if !slices.Equal(answers[0], answers[1]) {
			t.Errorf("%s means\n%s\nand what is shown of it\n%s", name, answers[0], answers[1])
		}
	}
}

// place matches the places in an explanation.
var place = regexp.MustCompile(`x\.map\.yaml:\d+:\d+`)
