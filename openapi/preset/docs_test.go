package preset_test

import (
	"os"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
	"github.com/ftpbridge/bridge/openapi/preset"
)

// docs/mapping.md has a row for every preset, with the verbs that it lacks.
func TestPresetsInDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/mapping.md")
	if err != nil {
		t.Fatal(err)
	}
	lacks := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, "|"); len(cells) == 6 {
			lacks[strings.Trim(cells[1], " `")] = strings.TrimSpace(cells[3])
		}
	}
	for _, name := range preset.Names() {
		m, err := mapping.Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		has := map[mapping.Verb]bool{}
		for _, r := range m.Routes {
			for verb := range r.Calls {
				has[verb] = true
			}
		}
		var missing []string
		for _, verb := range mapping.Verbs() {
			if !has[verb] {
				missing = append(missing, string(verb))
			}
		}
		want := strings.Join(missing, " ")
		if got, ok := lacks[name]; !ok || got != want {
			t.Errorf("%s lacks %q by docs/mapping.md, and really %q", name, got, want)
		}
	}
}
