package bench

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"testing"
	"time"
)

// entries is how many a large directory has.
const entries = 1_000_000

// computing is a mapping of the same listing with four expressions for each entry.
const computing = `
ftpmap: 1
auth: bearer
routes:
  - path: /{path...}
    tree: true
    stat: {http: {url: "/v1/stat/{path...}"}, type: =item.type}
    list:
      http: {url: "/v1/list/{path...}"}
      items: /entries
      each:
        - when: "=item.type != 'link'"
          name: "=item.name + '.csv'"
          size: =item.size * 2
          mtime: "=parseTime(item.modified, '2006-01-02T15:04:05Z07:00')"
`

// BenchmarkListing lists a large directory by MLSD through the bridge, which runs in
// a process of its own: its processor time for an entry, the time to the first byte,
// and how much memory it grew by.
func BenchmarkListing(b *testing.B) {
	upstream := start(b, "upstream")
	for name, mapping := range map[string]string{"fields": "", "expressions": computing} {
		b.Run(name, func(b *testing.B) {
			bridge := start(b, "bridge", "BENCH_UPSTREAM="+upstream.addr, "BENCH_MAPPING="+mapping)
			list(b, bridge.addr, 1000) // buffers are there
			before, used, rounds := bridge.resident(b), bridge.cpu(b), 0
			var first, whole time.Duration
			for b.Loop() {
				rounds++
				f, w := list(b, bridge.addr, entries)
				first, whole = first+f, whole+w
			}
			b.ReportMetric((bridge.cpu(b)-used)/float64(rounds)/entries*1e6, "cpu-us/entry")
			b.ReportMetric(whole.Seconds()/float64(rounds), "s/listing")
			b.ReportMetric(first.Seconds()*1000/float64(rounds), "ms-to-first-byte")
			b.ReportMetric(float64(bridge.resident(b)-before)/(1<<20), "MiB-more")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// list lists a directory of n entries, and tells when its first byte and its last came.
func list(b *testing.B, addr string, n int) (first, whole time.Duration) {
	begin := time.Now()
	transfer(b, addr, fmt.Sprintf("MLSD %d", n), func(data net.Conn) {
		lines := 0
		for in := bufio.NewScanner(bufio.NewReaderSize(data, 256<<10)); in.Scan(); lines++ {
			if lines == 0 {
				first = time.Since(begin)
			}
		}
		if lines < n {
			b.Fatalf("%d lines of %d entries", lines, n)
		}
	})
	return first, time.Since(begin)
}

// serveListing answers with a directory of so many entries as its name says.
func serveListing(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	buf := append(make([]byte, 0, 64<<10), `{"entries":[`...)
	for i := range n {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"name":"file-`...)
		buf = strconv.AppendInt(buf, int64(i), 10)
		buf = append(buf, `.csv","type":"file","size":123456,"modified":"2026-03-31T22:00:00Z","etag":"\"5f3a\""}`...)
		if len(buf) > 60<<10 {
			if _, err := w.Write(buf); err != nil {
				return
			}
			buf = buf[:0]
		}
	}
	_, _ = w.Write(append(buf, "]}"...)) // who has gone is not told
}
