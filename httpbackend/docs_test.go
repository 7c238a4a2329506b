package httpbackend

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// docs/errors.md tells how statuses are read; this holds it against the table.
func TestErrorsPageMirrorsStatusTable(t *testing.T) {
	page, err := os.ReadFile("../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(page), "| status | is read as |\n|---|---|\n")
	if !found {
		t.Fatal("no table of statuses")
	}
	documented := map[int]bool{}
	for line := range strings.Lines(table) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) != 2 {
			break
		}
		for text := range strings.SplitSeq(cells[0], ",") {
			status, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil {
				t.Fatalf("%q: %v", cells[0], err)
			}
			documented[status] = true
			if want := kindOfStatus(status, storage.OpWrite, false).String(); !strings.HasPrefix(strings.TrimSpace(cells[1]), want) {
				t.Errorf("%d: documented as %q, is %q", status, cells[1], want)
			}
		}
	}
	for status, row := range statuses {
		if row.general != storage.Internal && !documented[status] {
			t.Errorf("%d (%s) is not documented", status, row.general)
		}
	}
}
