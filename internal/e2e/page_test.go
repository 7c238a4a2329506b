//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table of docs/clients.md")

// TestPage compares the table in docs/clients.md with the matrix.
func TestPage(t *testing.T) {
	const name, begin, end = "../../docs/clients.md", "<!-- matrix: begin -->\n", "<!-- matrix: end -->\n"
	page, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, hasBegin := strings.Cut(string(page), begin)
	got, after, hasEnd := strings.Cut(rest, end)
	if !hasBegin || !hasEnd {
		t.Fatalf("%s has no marks %q and %q", name, begin, end)
	}
	want := matrixTable()
	if *update {
		writeFile(t, name, []byte(before+begin+want+end+after))
		return
	}
	if got != want {
		t.Errorf("%s differs from the matrix; run go test -tags e2e ./internal/e2e -run TestPage -update", name)
	}
}

func matrixTable() string {
	var b strings.Builder
	b.WriteString("| client | FTP | explicit FTPS | implicit FTPS | what it cannot do |\n|---|---|---|---|---|\n")
	for _, name := range slices.SortedFunc(maps.Keys(matrix), compareFolded) {
		r := matrix[name]
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n",
			name, r.cell(plain), r.cell(explicit), r.cell(implicit), strings.Join(r.remarks(), "; "))
	}
	return b.String()
}

func compareFolded(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }

// cell says over which links of a kind of protection a client is tested, in
// whatever version.
func (r row) cell(s security) string {
	var used, left []string
	for _, l := range links() {
		if l.security != s {
			continue
		}
		name := fmt.Sprintf("%s %s", l.family, l.mode)
		if slices.ContainsFunc(r.gaps, func(g gap) bool { return g.versions == nil && l.matches(g.links) }) {
			left = append(left, name)
		} else {
			used = append(used, name)
		}
	}
	switch {
	case len(left) == 0:
		return "yes"
	case len(used) == 0:
		return "no"
	}
	return strings.Join(used, ", ")
}

// remarks are the reasons of all gaps and spoilt names, each once.
func (r row) remarks() []string {
	var all []string
	for _, g := range r.gaps {
		text := g.why
		if g.versions != nil {
			text += " (" + strings.Join(g.versions, ", ") + ")"
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.spoils)) {
		shown := "`" + name + "`"
		if name == longName {
			shown = fmt.Sprintf("names of %d bytes", len(name))
		}
		all = append(all, shown+": "+r.spoils[name])
	}
	return all
}
