//go:build e2e

package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strconv"
	"testing"
)

// wantUsed fails the test if the bridge has seen another link than l. By its
// flags, a bridge admits only one way of protection and one family; how data
// connections are opened shows in the verbs.
func (b *bridge) wantUsed(t *testing.T, l link) {
	t.Helper()
	verbs := b.verbs(t)
	opened := map[mode]int{
		passive: verbs["PASV"] + verbs["EPSV"],
		active:  verbs["PORT"] + verbs["EPRT"],
	}
	for m, n := range opened {
		if (n > 0) != (m == l.mode) {
			t.Errorf("%d data connections were %s; verbs: %v", n, m, verbs)
		}
	}
	if (verbs["AUTH"] > 0) != (l.security == explicit) {
		t.Errorf("%d sessions were upgraded; verbs: %v", verbs["AUTH"], verbs)
	}
}

// commandCount is a line of the metrics: a verb that was answered well.
var commandCount = regexp.MustCompile(`(?m)^bridge_commands_total\{code="[123]\d\d",verb="(\w+)"\} (\d+)$`)

// verbs returns how often the bridge has answered which verb with success.
func (b *bridge) verbs(t *testing.T) map[string]int {
	t.Helper()
	resp, err := http.Get("http://" + b.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	verbs := make(map[string]int)
	for _, m := range commandCount.FindAllSubmatch(text, -1) {
		n, err := strconv.Atoi(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		verbs[string(m[1])] += n
	}
	return verbs
}
