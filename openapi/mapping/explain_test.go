package mapping_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// TestExplain runs testdata/explain: each archive has x.map.yaml and what it names,
// commands one a line, and what is explained of them.
func TestExplain(t *testing.T) {
	files, err := filepath.Glob("testdata/explain/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, file := range files {
		file, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { checkExplain(t, file) })
	}
}

// presetPlace matches places in presets, which move when a preset is edited.
var presetPlace = regexp.MustCompile(`(preset:[a-z0-9-]+):\d+:\d+`)

func checkExplain(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	var commands []string
	for _, f := range a.Files {
		if f.Name == "commands" {
			commands = strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")
		}
		if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := mapping.Load("x.map.yaml")
	if err != nil {
		t.Fatal(err)
	}
	questions, err := mapping.ParseCommands(commands)
	if err != nil {
		t.Fatal(err)
	}
	asker := mapping.Asker{
		User: map[string]any{"id": "u1", "name": "alice", "claims": map[string]any{"team": "red"}},
		Credentials: map[string]mapping.Shown{
			"bearer": {Header: "Authorization"}, "s3": {Header: "Authorization"}, "key": {Header: "X-API-Key"},
			"sas": {Query: "sig"}, "none": {},
		},
	}
	var got []string
	for _, q := range questions {
		got = append(got, m.Explain(q, asker))
	}
	last := &a.Files[len(a.Files)-1]
	text := presetPlace.ReplaceAllString(strings.Join(got, "\n"), "$1")
	if *update {
		last.Data = []byte(text)
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(last.Data); last.Name != "output" || text != want {
		t.Errorf("got:\n%s\nwant:\n%s", text, want)
	}
}

func TestCommandsThatNobodyCanExplain(t *testing.T) {
	for line, want := range map[string]string{
		"NOOP":                    "no mapping answers NOOP",
		"RETR":                    "want a path after RETR; put the command in quotes",
		"REST x":                  "want REST and a number",
		"REST 5":                  "after REST, want the command",
		"RNFR /a":                 "after RNFR, want the command",
		"RNTO /a":                 "want RNFR and the old path before it",
		"MFMT yesterday /a":       "want MFMT, a time such as",
		"RNFR /a\nRETR /b":        "",
		"MLSD":                    "",
		"LIST -la /dir":           "",
		"mfmt 20260331220000 a b": "",
	} {
		_, err := mapping.ParseCommands(strings.Split(line, "\n"))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}

// FuzzExplain holds that whatever is asked, paths are absolute and clean, and every line of
// curl is one command of the shell.
func FuzzExplain(f *testing.F) {
	m, err := mapping.Preset("files")
	if err != nil {
		f.Fatal(err)
	}
	for _, line := range []string{"RETR /a b/it's", "REST 5\nSTOR x", "RNFR a\nRNTO ../b", "MFMT 20260331220000 x", "LIST -la", "AVBL"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		questions, err := mapping.ParseCommands(strings.Split(lines, "\n"))
		if err != nil {
			return
		}
		for _, q := range questions {
			if q.Path != path.Clean("/"+q.Path) || q.To != "" && q.To != path.Clean("/"+q.To) {
				t.Errorf("%q: %q, %q", lines, q.Path, q.To)
			}
			text := m.Explain(q, mapping.Asker{Server: "https://files.example"})
			if _, command, ok := strings.Cut(text, "\n  curl "); ok && strings.Count(command, "'")%2 != 0 && !strings.Contains(lines, "'") {
				t.Errorf("%q: quotes do not match in\n%s", lines, text)
			}
		}
	})
}
