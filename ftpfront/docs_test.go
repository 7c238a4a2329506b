package ftpfront

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// tableRows returns the cells of the first table in a page whose head begins
// with the given cell.
func tableRows(t *testing.T, file, head string) [][]string {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	in := false
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "| "+head+" |") {
			in = true
			continue
		}
		if !in || strings.HasPrefix(line, "|---") {
			continue
		}
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	if rows == nil {
		t.Fatalf("%s: no table with head %q", file, head)
	}
	return rows
}

func TestVerbsPageMirrorsCommandTable(t *testing.T) {
	table := commandTable()
	during := map[during]string{hold: "waits", now: "at once", cancel: "cancels it"}
	seen := map[string]bool{}
	for _, cells := range tableRows(t, "../docs/verbs.md", "verb") {
		verb, before, while := cells[0], cells[3], cells[4]
		row, ok := table[verb]
		if !ok {
			t.Errorf("%s is documented and not in the command table", verb)
			continue
		}
		seen[verb] = true
		if got := before == "yes"; got == row.login {
			t.Errorf("%s: before login: documented %v, is %v", verb, got, !row.login)
		}
		if while != during[row.during] {
			t.Errorf("%s: during a transfer: documented %q, is %q", verb, while, during[row.during])
		}
	}
	for verb, row := range table {
		if !row.alias && !seen[verb] {
			t.Errorf("%s is in the command table and not documented", verb)
		}
	}
	page, err := os.ReadFile("../docs/verbs.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := slices.Sorted(slices.Values(unimplemented))
	if want := "502: " + strings.Join(listed, ", ") + "."; !strings.Contains(string(page), want) {
		t.Errorf("the page lacks %q", want)
	}
}

func TestErrorsPageMirrorsReplyTable(t *testing.T) {
	rows := tableRows(t, "../docs/errors.md", "what went wrong")
	if got, want := len(rows), len(storage.Kinds()); got != want {
		t.Errorf("documented kinds: got %d, want %d", got, want)
	}
	byName := map[string]storage.Kind{}
	for _, k := range storage.Kinds() {
		byName[k.String()] = k
	}
	for _, cells := range rows {
		kind, ok := byName[cells[0]]
		if !ok {
			t.Errorf("%q is documented and no kind", cells[0])
			continue
		}
		for class := range numClasses {
			if got, want := cells[1+int(class)], fmt.Sprint(int(kindReplies[kind].codes[class])); got != want {
				t.Errorf("%s, column %d: documented %s, is %s", kind, class+1, got, want)
			}
		}
	}
}
