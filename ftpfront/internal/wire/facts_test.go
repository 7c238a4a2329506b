package wire

import (
	"strings"
	"testing"
	"time"
)

func TestParseFacts(t *testing.T) {
	for in, want := range map[string]string{
		"type;size;":           "type;size;",
		"size;type":            "type;size;",
		"TYPE;Modify;":         "type;modify;",
		"type;type;colour;":    "type;",
		"":                     "",
		";;":                   "",
		"perm;unique;":         "perm;unique;",
		AllFacts.String():      "type;size;modify;perm;unique;",
		"typesize;type size;;": "",
	} {
		if got := ParseFacts(in).String(); got != want {
			t.Errorf("ParseFacts(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFeature(t *testing.T) {
	if got := ParseFacts("size;perm").Feature(); got != "MLST type;size*;modify;perm*;unique;" {
		t.Errorf("Feature() = %q", got)
	}
}

func TestAppendFacts(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, c := range []struct {
		facts Facts
		set   FactSet
		want  string
	}{
		{Facts{Type: "file", Size: 42, Modify: at, Perm: "r", Unique: "7"}, AllFacts, "type=file;size=42;modify=20260304050607;perm=r;unique=7; a b"},
		{Facts{Type: "dir", Size: -1}, AllFacts, "type=dir;perm=; a b"},
		{Facts{Type: "file", Size: 0}, FactSize, "size=0; a b"},
		{Facts{Type: "file", Size: 1}, 0, " a b"},
	} {
		if got := string(AppendFacts(nil, c.facts, c.set, "a b")); got != c.want {
			t.Errorf("AppendFacts(%+v, %q) = %q, want %q", c.facts, c.set, got, c.want)
		}
	}
}

// FuzzParseFacts holds that a set written out parses back to itself.
func FuzzParseFacts(f *testing.F) {
	f.Add("type;size;modify;")
	f.Add("TYPE;;x")
	f.Fuzz(func(t *testing.T, in string) {
		set := ParseFacts(in)
		if again := ParseFacts(set.String()); again != set {
			t.Errorf("%q parses to %q, and that to %q", in, set, again)
		}
		if marked := strings.Count(set.Feature(), "*"); marked != strings.Count(set.String(), ";") {
			t.Errorf("%q marks %d facts in %q", set, marked, set.Feature())
		}
	})
}
