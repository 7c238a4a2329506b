package dataconn

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"testing"
	"time"
)

func certificate(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// wires are the two ends of a connection.
func wires(t *testing.T) (ours, theirs net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() // one connection only
	if theirs, err = net.Dial("tcp", ln.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if ours, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

// pair protects a data connection between a server and a client, who holds a
// ticket of session "a" if cache has one.
func pair(t *testing.T, tickets *Tickets, cache tls.ClientSessionCache, version uint16, claim func(string) bool) (*Conn, *tls.Conn) {
	t.Helper()
	ours, theirs := wires(t)
	client := tls.Client(theirs, &tls.Config{
		InsecureSkipVerify: true, ServerName: "ftp", ClientSessionCache: cache, MinVersion: version, MaxVersion: version,
	})
	done := make(chan error, 1)
	go func() { done <- client.Handshake() }()
	conn, err := tickets.Protect(t.Context(), Plain(ours), claim)
	if err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return conn, client
}

// ticket gives cache a ticket of a control connection.
func ticket(t *testing.T, tickets *Tickets, cache tls.ClientSessionCache, version uint16, session string) {
	t.Helper()
	ours, theirs := wires(t)
	server := tls.Server(ours, tickets.Control(session, func(string) {}))
	client := tls.Client(theirs, &tls.Config{
		InsecureSkipVerify: true, ServerName: "ftp", ClientSessionCache: cache, MinVersion: version, MaxVersion: version,
	})
	done := make(chan error, 1)
	go func() {
		_, err := server.Write([]byte("220 ready\r\n"))
		done <- err
	}()
	if _, err := client.Read(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestTicketWaitsForWhatTheServerHasToSay(t *testing.T) {
	tickets := NewTickets(&tls.Config{Certificates: []tls.Certificate{certificate(t)}})
	for version, held := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		cache := tls.NewLRUClientSessionCache(1)
		conn, client := pair(t, tickets, cache, version, func(string) bool { return true })
		if got := len(conn.wire.held) > 0; got != held {
			t.Errorf("%s: a ticket is held back: %v, want %v", tls.VersionName(version), got, held)
		}
		read := make(chan []byte, 1)
		go func() {
			b, _ := io.ReadAll(client) // what came says it
			read <- b
		}()
		if _, err := conn.Write([]byte("content")); err != nil {
			t.Fatal(err)
		}
		if err := conn.Finish(); err != nil {
			t.Fatal(err)
		}
		if got := string(<-read); got != "content" {
			t.Errorf("%s: the client reads %q", tls.VersionName(version), got)
		}
		if _, ok := cache.Get("ftp"); !ok {
			t.Errorf("%s: the ticket did not arrive", tls.VersionName(version))
		}
	}
}

func TestSessionIsTheOneResumed(t *testing.T) {
	tickets := NewTickets(&tls.Config{Certificates: []tls.Certificate{certificate(t)}})
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cache := tls.NewLRUClientSessionCache(1)
		ticket(t, tickets, cache, version, "a")
		for _, c := range []struct {
			claim func(string) bool
			want  string
		}{
			// One passive port serves all: the ticket says whose it is.
			{func(string) bool { return true }, "a"},
			{func(session string) bool { return session == "a" }, "a"},
			{func(session string) bool { return session == "b" }, ""},
			{nil, ""},
		} {
			held, _ := cache.Get("ftp")
			conn, _ := pair(t, tickets, cache, version, c.claim)
			if got := conn.Session(); got != c.want {
				t.Errorf("%s: got session %q, want %q", tls.VersionName(version), got, c.want)
			}
			conn.Abort()
			cache.Put("ftp", held)
		}
	}
}

func TestLastRecord(t *testing.T) {
	record := func(n int) string {
		return "\x17\x03\x03" + string([]byte{byte(n >> 8), byte(n)}) + string(make([]byte, n))
	}
	one, two := record(300), record(3)
	for _, c := range []struct {
		text string
		want int
	}{
		{one, 0}, {one + two, len(one)}, {two + one + two, len(one + two)}, {"", 0}, {"\x17\x03", 0}, {one + "\x17", len(one)},
	} {
		if got := lastRecord([]byte(c.text)); got != c.want {
			t.Errorf("of %d bytes: got %d, want %d", len(c.text), got, c.want)
		}
	}
}
