package bench

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
)

// idleSessions is how many sessions are held at once, or as many as the limit on
// open files allows.
const idleSessions = 10000

// BenchmarkIdleSession reports the resident memory of a logged-in session that
// does nothing.
func BenchmarkIdleSession(b *testing.B) {
	b.Run("plain", func(b *testing.B) { idle(b, nil) })
	b.Run("tls", func(b *testing.B) {
		idle(b, &tls.Config{InsecureSkipVerify: true}) // a certificate made for this run
	})
}

func idle(b *testing.B, cfg *tls.Config) {
	srv := start(b, "engine")
	n := idleSessions
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err == nil && uint64(n)+200 > files.Cur {
		n = int(files.Cur) - 200
		b.Logf("the limit on open files allows %d sessions", n)
	}
	warm := login(b, srv.addr, cfg)
	defer warm.Close()
	before := srv.resident(b)
	for range n {
		defer login(b, srv.addr, cfg).Close()
	}
	for b.Loop() { // which forgets metrics that were reported before it
	}
	b.ReportMetric(float64(srv.resident(b)-before)/float64(n)/1024, "KiB/session")
	b.ReportMetric(0, "ns/op") // how long it took is not the question
}

// login opens a session and leaves it idle.
func login(b *testing.B, addr string, cfg *tls.Config) net.Conn {
	b.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	expect(b, conn, "", "220")
	if cfg != nil {
		expect(b, conn, "AUTH TLS", "234")
		t := tls.Client(conn, cfg)
		if err := t.Handshake(); err != nil {
			b.Fatal(err)
		}
		conn = t
	}
	expect(b, conn, "USER ann", "331")
	expect(b, conn, "PASS x", "230")
	return conn
}

// expect sends a command and wants its one-line reply.
func expect(b *testing.B, conn net.Conn, command, code string) {
	b.Helper()
	if command != "" {
		if _, err := io.WriteString(conn, command+"\r\n"); err != nil {
			b.Fatal(err)
		}
	}
	line, err := bufio.NewReaderSize(conn, 128).ReadString('\n')
	if err != nil || line[:3] != code {
		b.Fatal(fmt.Errorf("%s: got %q (%v), want %s", command, line, err, code))
	}
}
