//go:build unix

package httpbackend_test

import (
	"syscall"
	"testing"
)

// BenchmarkList lists a million items. cpu-ns/item is the time of all threads, that
// of the service which makes the answers included.
func BenchmarkList(b *testing.B) {
	const expressionRule = `each: [{name: "=item.name + '.x'", type: "=item.type == 'file' ? 'file' : 'dir'",
		size: "=number(item.size)", mtime: "=parseTime(item.modified, '2006-01-02T15:04:05Z07:00')", when: "=item.name != 'hidden'"}]`
	for _, rule := range []struct{ name, each string }{{"fields", fieldRule}, {"expressions", expressionRule}} {
		for _, format := range []string{"array", "pages", "lines", "xml"} {
			b.Run(rule.name+"/"+format, func(b *testing.B) { benchmarkList(b, format, rule.each) })
		}
	}
}

func benchmarkList(b *testing.B, format, each string) {
	const items = 1_000_000
	backend := serve(b, itemsOf{format, items}, listOf(b, format, each))
	b.ReportAllocs()
	used := cpuTime(b)
	for b.Loop() {
		n := 0
		for _, err := range backend.List(b.Context(), "/d") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != items {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/items, "ns/item")
	b.ReportMetric(float64(cpuTime(b)-used)/float64(b.N)/items, "cpu-ns/item")
}

// cpuTime is what this process has used, in nanoseconds.
func cpuTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}
