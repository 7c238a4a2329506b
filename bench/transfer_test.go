package bench

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// fileSize is the size of one large transfer.
const fileSize = 1 << 30

// BenchmarkTransfer moves large files by HTTP from the upstream itself, and by
// FTP through the bridge, in turn. It reports the bridge's rate as a share of
// the direct one, and its processor time for each GiB.
func BenchmarkTransfer(b *testing.B) {
	upstream := start(b, "upstream")
	bridge := start(b, "bridge", "BENCH_UPSTREAM="+upstream.addr)
	b.Run("download", func(b *testing.B) { compare(b, bridge, upstream, getDirect, getFTP) })
	b.Run("upload", func(b *testing.B) { compare(b, bridge, upstream, putDirect, putFTP) })
}

type mover func(b *testing.B, addr string)

func compare(b *testing.B, bridge, upstream *server, direct, through mover) {
	var directTime, bridgeTime time.Duration
	cpu, rounds := 0.0, 0
	for b.Loop() {
		rounds++
		begin := time.Now()
		direct(b, upstream.addr)
		directTime += time.Since(begin)
		used := bridge.cpu(b)
		begin = time.Now()
		through(b, bridge.addr)
		bridgeTime += time.Since(begin)
		cpu += bridge.cpu(b) - used
	}
	gib := float64(rounds) * fileSize / (1 << 30)
	b.ReportMetric(gib*1.073741824/bridgeTime.Seconds(), "GB/s")
	b.ReportMetric(directTime.Seconds()/bridgeTime.Seconds(), "of-direct")
	b.ReportMetric(cpu/gib, "cpu-s/GiB")
	b.ReportMetric(0, "ns/op") // it holds both halves
}

// drain reads r to its end and wants fileSize bytes.
func drain(b *testing.B, r io.Reader) {
	b.Helper()
	n, buf := int64(0), make([]byte, 256<<10)
	for {
		k, err := r.Read(buf)
		n += int64(k)
		if err == io.EOF && n == fileSize {
			return
		}
		if err != nil {
			b.Fatalf("%d bytes, then %v", n, err)
		}
	}
}

// fill writes fileSize bytes.
func fill(b *testing.B, w io.Writer) {
	b.Helper()
	buf := make([]byte, 256<<10)
	for n := 0; n < fileSize; n += len(buf) {
		if _, err := w.Write(buf); err != nil {
			b.Fatal(err)
		}
	}
}

func getDirect(b *testing.B, addr string) {
	resp, err := http.Get(fmt.Sprintf("http://%s/v1/files/%d", addr, fileSize))
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	drain(b, resp.Body)
}

func putDirect(b *testing.B, addr string) {
	content := zeros(fileSize)
	req, err := http.NewRequest("PUT", "http://"+addr+"/v1/files/up", &content)
	if err != nil {
		b.Fatal(err)
	}
	client := http.Client{Transport: &http.Transport{WriteBufferSize: 256 << 10}}
	resp, err := client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	resp.Body.Close()
}

func getFTP(b *testing.B, addr string) {
	transfer(b, addr, fmt.Sprintf("RETR %d", fileSize), func(data net.Conn) { drain(b, data) })
}

func putFTP(b *testing.B, addr string) {
	transfer(b, addr, "STOR up", func(data net.Conn) { fill(b, data) })
}

// transfer runs one transfer in a session of its own.
func transfer(b *testing.B, addr, command string, move func(net.Conn)) {
	control := login(b, addr, nil)
	defer control.Close()
	expect(b, control, "TYPE I", "200")
	if _, err := io.WriteString(control, "EPSV\r\n"); err != nil {
		b.Fatal(err)
	}
	replies := bufio.NewReader(control)
	line, err := replies.ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	parts := strings.Split(line, "|")
	host, _, err := net.SplitHostPort(addr)
	if err != nil || len(parts) < 4 {
		b.Fatalf("EPSV: %q (%v)", line, err)
	}
	data, err := net.Dial("tcp", net.JoinHostPort(host, parts[3]))
	if err != nil {
		b.Fatal(err)
	}
	defer data.Close()
	if _, err := io.WriteString(control, command+"\r\n"); err != nil {
		b.Fatal(err)
	}
	for _, code := range []string{"150", "226"} {
		if code == "226" {
			move(data)
			data.Close()
		}
		if line, err := replies.ReadString('\n'); err != nil || line[:3] != code {
			b.Fatalf("%s: %q (%v), want %s", command, line, err, code)
		}
	}
}
