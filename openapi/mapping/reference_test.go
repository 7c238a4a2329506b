package mapping_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

const page = "../../docs/mapping.md"

// TestReferenceInDocs compares the reference in docs/mapping.md with the grammar.
// With -update it rewrites it.
func TestReferenceInDocs(t *testing.T) {
	const begin, end = "<!-- keys: begin -->\n", "<!-- keys: end -->\n"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, hasBegin := strings.Cut(string(data), begin)
	got, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		t.Fatalf("%s has no marks %q and %q", page, begin, end)
	}
	want := reference()
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+want+end+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got != want {
		t.Errorf("%s differs from the grammar; run go test ./openapi/mapping -update", page)
	}
}

func reference() string {
	var b strings.Builder
	for _, s := range mapping.Reference() {
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n| key | form | meaning |\n|---|---|---|\n", s.Name, s.Doc)
		for _, k := range s.Keys {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, k.Form, strings.ReplaceAll(meaning(k), "|", `\|`))
		}
	}
	b.WriteString("\n")
	return b.String()
}

func meaning(k mapping.Keyword) string {
	text := k.Doc
	if k.Required {
		text += " Required."
	}
	if len(k.Verbs) > 0 && len(k.Verbs) < 12 {
		var verbs []string
		for _, v := range k.Verbs {
			verbs = append(verbs, string(v))
		}
		text += " (" + strings.Join(verbs, ", ") + ")"
	}
	return text
}
