package metrics

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// compare checks the metrics called names against the text form of Prometheus.
func compare(t *testing.T, m *Metrics, want string, names ...string) {
	t.Helper()
	if err := testutil.GatherAndCompare(m.Gatherer(), strings.NewReader(want), names...); err != nil {
		t.Error(err)
	}
}

func TestCounts(t *testing.T) {
	m := New()
	m.SessionOpened()
	m.SessionOpened()
	m.SessionClosed()
	m.Login("allowed")
	m.Command("STOR", 226, 2*time.Millisecond)
	m.Transfer("upload", "completed", 42, time.Second)
	m.UpstreamRequest("files", "writeFile", 201, time.Millisecond)
	m.UpstreamRequest("files", "writeFile", 0, time.Millisecond)
	m.BreakerState("files", "half-open")
	compare(t, m, `
# HELP bridge_commands_total Commands by verb and code of the final reply.
# TYPE bridge_commands_total counter
bridge_commands_total{code="226",verb="STOR"} 1
# HELP bridge_logins_total Logins by outcome.
# TYPE bridge_logins_total counter
bridge_logins_total{outcome="allowed"} 1
# HELP bridge_sessions Sessions that are open.
# TYPE bridge_sessions gauge
bridge_sessions 1
# HELP bridge_sessions_total Sessions opened.
# TYPE bridge_sessions_total counter
bridge_sessions_total 2
# HELP bridge_transfer_bytes_total Bytes on data connections by direction.
# TYPE bridge_transfer_bytes_total counter
bridge_transfer_bytes_total{direction="upload"} 42
# HELP bridge_transfers_total Transfers by direction and outcome.
# TYPE bridge_transfers_total counter
bridge_transfers_total{direction="upload",outcome="completed"} 1
# HELP bridge_upstream_breaker_state Circuit breaker: 0 closed, 1 half-open, 2 open.
# TYPE bridge_upstream_breaker_state gauge
bridge_upstream_breaker_state{upstream="files"} 1
# HELP bridge_upstream_requests_total Requests to upstreams by operation and HTTP status; status 0: no answer.
# TYPE bridge_upstream_requests_total counter
bridge_upstream_requests_total{operation="writeFile",status="0",upstream="files"} 1
bridge_upstream_requests_total{operation="writeFile",status="201",upstream="files"} 1
`, "bridge_commands_total", "bridge_logins_total", "bridge_sessions", "bridge_sessions_total", "bridge_transfer_bytes_total",
		"bridge_transfers_total", "bridge_upstream_breaker_state", "bridge_upstream_requests_total")
	for _, name := range []string{
		"bridge_command_duration_seconds", "bridge_transfer_duration_seconds", "bridge_upstream_request_duration_seconds",
		"bridge_build_info", "go_goroutines",
	} {
		if n, err := testutil.GatherAndCount(m.Gatherer(), name); err != nil || n == 0 {
			t.Errorf("%s: got %d series, %v", name, n, err)
		}
	}
}

func TestBreakerStates(t *testing.T) {
	m := New()
	for state, want := range map[string]float64{"closed": 0, "half-open": 1, "open": 2, "strange": 2} {
		m.BreakerState("files", state)
		if got := testutil.ToFloat64(m.breaker.WithLabelValues("files")); got != want {
			t.Errorf("%s: got %v, want %v", state, got, want)
		}
	}
}

// TestLabelsAreBounded floods every label that a client or a service can reach.
func TestLabelsAreBounded(t *testing.T) {
	m := New()
	for i := range 1000 {
		letters := string([]byte{'A' + byte(i/26/26%26), 'A' + byte(i/26%26), 'A' + byte(i%26)})
		m.Command(letters, 200, 0)
		m.Command("XX"+letters, 200, 0)
		m.Command(fmt.Sprint("verb ", i), i, 0)
		m.Login(strings.ToLower(letters))
		m.Login(fmt.Sprint("Login incorrect ", i))
		m.Transfer(letters, "completed", -1, 0)
		m.UpstreamRequest(letters, letters, i, 0)
		m.UpstreamRequest("files", "/files/a path", i, 0)
	}
	for name, most := range map[string]int{
		"bridge_command_duration_seconds": maxVerbs + 1,
		"bridge_logins_total":             maxOutcomes + 1,
		"bridge_transfers_total":          1,
	} {
		if n, err := testutil.GatherAndCount(m.Gatherer(), name); err != nil || n > most {
			t.Errorf("%s: got %d series, %v; want at most %d", name, n, err, most)
		}
	}
	for label, most := range map[string]int{"upstream": maxUpstreams + 1, "operation": maxOperations + 1, "status": 502} {
		if n := values(t, m, "bridge_upstream_requests_total", label); n > most {
			t.Errorf("%s: got %d values, want at most %d", label, n, most)
		}
	}
}

// values counts the different values of a label.
func values(t *testing.T, m *Metrics, name, label string) int {
	t.Helper()
	families, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]bool)
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, pair := range metric.GetLabel() {
				if pair.GetName() == label {
					seen[pair.GetValue()] = true
				}
			}
		}
	}
	return len(seen)
}

func TestVerbs(t *testing.T) {
	for verb, want := range map[string]string{
		"RETR": "RETR", "CWD": "CWD", "XSHA256": "XSHA256", "XCRC": "XCRC", "XRMD": "XRMD",
		"": other, "retr": other, "GO": other, "LONGER": other, "XTOOLONGER": other, "MD5": other, "RÉTR": other, "A B": other,
	} {
		b := bounded{most: maxVerbs}
		if got := b.verb(verb); got != want {
			t.Errorf("verb(%q): got %q, want %q", verb, got, want)
		}
	}
}

// TestNamesFollowConventions runs Prometheus' own linter.
func TestNamesFollowConventions(t *testing.T) {
	m := New()
	m.Command("NOOP", 200, 0)
	m.Transfer("download", "completed", 1, 0)
	m.UpstreamRequest("files", "stat", 200, 0)
	m.BreakerState("files", "closed")
	m.Login("allowed")
	problems, err := testutil.GatherAndLint(m.Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "bridge_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	m := New()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				m.SessionOpened()
				m.Command("NOOP", 200, 0)
				m.SessionClosed()
			}
		})
	}
	wg.Wait()
	if got := testutil.ToFloat64(m.commands.WithLabelValues("NOOP", "200")); got != 400 {
		t.Errorf("got %v commands, want 400", got)
	}
}
