package metrics

import (
	"os"
	"strings"
	"testing"
	"time"
)

// docs/operate.md lists every metric of ours with its labels.
func TestOperatePageListsTheMetrics(t *testing.T) {
	page, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	m := New()
	m.SessionOpened()
	m.Login("accepted")
	m.Limit("idle")
	m.Command("NOOP", 200, time.Millisecond)
	m.Transfer("upload", "completed", 1, time.Millisecond)
	m.UpstreamRequest("default", "list", 200, time.Millisecond)
	m.BreakerState("default", "closed")
	m.LeftOut("default", 1)
	families, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && strings.HasPrefix(cells[1], " `bridge_") {
			documented[strings.Trim(cells[1], " `")] = strings.TrimSpace(cells[2])
		}
	}
	for _, f := range families {
		if !strings.HasPrefix(f.GetName(), "bridge_") {
			continue
		}
		labels, ok := documented[f.GetName()]
		if !ok {
			t.Errorf("%s is not documented", f.GetName())
		}
		for _, l := range f.GetMetric()[0].GetLabel() {
			if !strings.Contains(", "+labels+",", ", "+l.GetName()+",") {
				t.Errorf("%s: label %s is not documented", f.GetName(), l.GetName())
			}
		}
		delete(documented, f.GetName())
	}
	for name := range documented {
		t.Errorf("%s is documented and not there", name)
	}
}
