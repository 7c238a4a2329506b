// Package metrics counts what the bridge does, for Prometheus.
//
// The methods of [Metrics] are called from the hooks of the engine, of the login
// chain and of the upstreams, none of which knows this package. Labels come from
// a bounded set of values, whatever clients and services send.
package metrics

import (
	"runtime/debug"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics holds all metrics of one bridge. Its methods may be called by several
// goroutines at once.
type Metrics struct {
	registry *prometheus.Registry

	sessions      prometheus.Gauge
	sessionsTotal prometheus.Counter
	logins        *prometheus.CounterVec
	limits        *prometheus.CounterVec
	commands      *prometheus.CounterVec
	commandTime   *prometheus.HistogramVec

	transfers     *prometheus.CounterVec
	transferBytes *prometheus.CounterVec
	transferTime  *prometheus.HistogramVec

	upstreamRequests *prometheus.CounterVec
	upstreamTime     *prometheus.HistogramVec
	breaker          *prometheus.GaugeVec
	leftOut          *prometheus.CounterVec

	verbs      bounded
	outcomes   bounded
	upstreams  bounded
	operations bounded
}

// Bounds of label values. Beyond them a value is counted as "other".
const (
	maxVerbs      = 64 // the engine has about 50
	maxOutcomes   = 32
	maxUpstreams  = 32
	maxOperations = 256 // of all upstreams together
)

// New returns metrics that are all zero, on a registry of their own, together
// with those of the Go runtime and of the process.
func New() *Metrics {
	m := &Metrics{
		registry:      prometheus.NewRegistry(),
		sessions:      gauge("sessions", "Sessions that are open."),
		sessionsTotal: counter("sessions_total", "Sessions opened."),
		logins:        counters("logins_total", "Logins by outcome.", "outcome"),
		limits:        counters("limits_total", "Clients stopped by a limit.", "limit"),
		commands:      counters("commands_total", "Commands by verb and code of the final reply.", "verb", "code"),
		commandTime: histograms("command_duration_seconds", "Time from a command to its final reply.",
			prometheus.ExponentialBuckets(0.0005, 4, 9), "verb"), // 0.5 ms to 33 s

		transfers:     counters("transfers_total", "Transfers by direction and outcome.", "direction", "outcome"),
		transferBytes: counters("transfer_bytes_total", "Bytes on data connections by direction.", "direction"),
		transferTime: histograms("transfer_duration_seconds", "Time from the start of a transfer to its end.",
			prometheus.ExponentialBuckets(0.005, 4, 10), "direction"), // 5 ms to 22 min

		upstreamRequests: counters("upstream_requests_total",
			"Requests to upstreams by operation and HTTP status; status 0: no answer.", "upstream", "operation", "status"),
		upstreamTime: histograms("upstream_request_duration_seconds", "Time of requests to upstreams.",
			prometheus.ExponentialBuckets(0.0005, 4, 9), "upstream", "operation"),
		leftOut: counters("listing_items_left_out_total", "Items of listings that could not be shown.", "upstream"),
		breaker: gauges("upstream_breaker_state", "Circuit breaker: 0 closed, 1 half-open, 2 open.", "upstream"),

		verbs:      bounded{most: maxVerbs},
		outcomes:   bounded{most: maxOutcomes},
		upstreams:  bounded{most: maxUpstreams},
		operations: bounded{most: maxOperations},
	}
	m.registry.MustRegister(
		m.sessions, m.sessionsTotal, m.logins, m.limits, m.commands, m.commandTime,
		m.transfers, m.transferBytes, m.transferTime,
		m.upstreamRequests, m.upstreamTime, m.breaker, m.leftOut,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		buildInfo(),
	)
	return m
}

// Gatherer gives the current values, for the handler of /metrics.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// SessionOpened counts a new session.
func (m *Metrics) SessionOpened() {
	m.sessions.Inc()
	m.sessionsTotal.Inc()
}

// SessionClosed is called once for each call of SessionOpened.
func (m *Metrics) SessionClosed() { m.sessions.Dec() }

// Login counts a login with its outcome, a short word such as "accepted",
// "refused" or "unavailable".
func (m *Metrics) Login(outcome string) {
	m.logins.WithLabelValues(m.outcomes.word(outcome)).Inc()
}

// Limit counts a client that ran into a limit, a short word such as "idle".
func (m *Metrics) Limit(limit string) {
	m.limits.WithLabelValues(m.outcomes.word(limit)).Inc()
}

// Command counts a command with the code of its final reply and the time until
// then. A verb that is not one of FTP's form is counted as "other", as is a code
// outside of RFC 959.
func (m *Metrics) Command(verb string, code int, took time.Duration) {
	verb = m.verbs.verb(verb)
	m.commands.WithLabelValues(verb, statusLabel(code, 100, 659)).Inc()
	m.commandTime.WithLabelValues(verb).Observe(took.Seconds())
}

// Transfer counts a finished transfer, its bytes on the data connection and its
// time. The direction is "upload", "download" or "listing"; the outcome is a
// short word such as "completed" or "aborted".
func (m *Metrics) Transfer(direction, outcome string, bytes int64, took time.Duration) {
	switch direction {
	case "upload", "download", "listing":
	default:
		direction = other
	}
	m.transfers.WithLabelValues(direction, m.outcomes.word(outcome)).Inc()
	m.transferBytes.WithLabelValues(direction).Add(float64(max(bytes, 0)))
	m.transferTime.WithLabelValues(direction).Observe(took.Seconds())
}

// UpstreamRequest counts a request to an upstream. The operation is its id in
// the API document. A status of 0 means that no answer came.
func (m *Metrics) UpstreamRequest(upstream, operation string, status int, took time.Duration) {
	upstream, operation = m.upstreams.name(upstream), m.operations.name(operation)
	label := "0"
	if status != 0 {
		label = statusLabel(status, 100, 599)
	}
	m.upstreamRequests.WithLabelValues(upstream, operation, label).Inc()
	m.upstreamTime.WithLabelValues(upstream, operation).Observe(took.Seconds())
}

// LeftOut counts items of an upstream's listing that could not be shown.
func (m *Metrics) LeftOut(upstream string, count int) {
	m.leftOut.WithLabelValues(m.upstreams.name(upstream)).Add(float64(count))
}

// BreakerState notes the state of an upstream's circuit breaker: "closed",
// "half-open" or "open". Any other state is taken for open.
func (m *Metrics) BreakerState(upstream, state string) {
	value := 2.0
	switch state {
	case "closed":
		value = 0
	case "half-open":
		value = 1
	}
	m.breaker.WithLabelValues(m.upstreams.name(upstream)).Set(value)
}

// statusLabel gives a code within a range as a label.
func statusLabel(code, least, most int) string {
	if code < least || code > most {
		return other
	}
	return strconv.Itoa(code)
}

// buildInfo is the constant 1 with the version as a label.
func buildInfo() prometheus.Collector {
	version, goVersion := "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, goVersion = info.Main.Version, info.GoVersion
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name:        "bridge_build_info",
		Help:        "The constant 1, with the versions as labels.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": goVersion},
	})
	g.Set(1)
	return g
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "bridge", Name: name, Help: help})
}

func gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "bridge", Name: name, Help: help}, labels)
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "bridge", Name: name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "bridge", Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Namespace: "bridge", Name: name, Help: help, Buckets: buckets}, labels)
}
