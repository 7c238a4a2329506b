package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReference holds what the documentation and the readers of the layers rely
// on: names are unique, every key is described, every default is acceptable.
func TestReference(t *testing.T) {
	variables := make(map[string]string)
	for _, k := range Reference() {
		if other, ok := variables[k.Variable]; ok {
			t.Errorf("%s and %s have one variable, %s", k.Path, other, k.Variable)
		}
		variables[k.Variable] = k.Path
		if k.Doc == "" || k.Form == "" {
			t.Errorf("%s: no description or no form", k.Path)
		}
		if k.Required && k.Default != "" {
			t.Errorf("%s: is required and has the default %q", k.Path, k.Default)
		}
	}
	root := schema{}.config(new(Config))
	root.leaves(func(n *node) {
		for _, item := range items(n.value, n.value.fallback) {
			if err := n.value.set(item); err != nil {
				t.Errorf("%s: default %q: %v", n.path(), item, err)
			}
		}
	})
}

// TestVariablesNameTheirKeys checks both directions for every key.
func TestVariablesNameTheirKeys(t *testing.T) {
	root := schema{}.config(new(Config))
	for _, k := range Reference() {
		path := strings.NewReplacer("<n>", "0", "<name>", "api_key").Replace(k.Path)
		variable := strings.NewReplacer("<N>", "0", "<NAME>", "API_KEY").Replace(k.Variable)
		n := root.named(strings.TrimPrefix(variable, "BRIDGE_"))
		if n == nil || n.path() != path || n != root.find(path) {
			t.Errorf("%s: the variable leads to %v", variable, n)
		}
	}
}

// TestDocumentation compares the table in docs/configuration.md with the keys.
// With -update it rewrites the table.
func TestDocumentation(t *testing.T) {
	const begin, end = "<!-- keys: begin -->\n", "<!-- keys: end -->\n"
	name := filepath.Join("..", "..", "docs", "configuration.md")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, hasBegin := strings.Cut(string(data), begin)
	table, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		t.Fatalf("%s has no marks %q and %q", name, begin, end)
	}
	want := referenceTable()
	if *update {
		write(t, name, before+begin+want+end+after)
		return
	}
	if table != want {
		t.Errorf("%s differs from the keys; run go test ./internal/config -update", name)
	}
}

// referenceTable gives the keys as one Markdown table for each group.
func referenceTable() string {
	var b strings.Builder
	section := ""
	for _, k := range Reference() {
		group, _, _ := strings.Cut(k.Path, ".")
		if group != section {
			section = group
			fmt.Fprintf(&b, "\n### %s\n\n| key | takes | default | meaning |\n|---|---|---|---|\n", group)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Path, strings.ReplaceAll(k.Form, "|", "or"), defaultCell(k), k.Doc)
	}
	b.WriteString("\n")
	return b.String()
}

func defaultCell(k Key) string {
	switch {
	case k.Required:
		return "required"
	case k.Default == "":
		return "–"
	default:
		return "`" + k.Default + "`"
	}
}
