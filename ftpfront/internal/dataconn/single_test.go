package dataconn

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"time"
)

// newSingle binds a port that happens to be free.
func newSingle(t *testing.T, r Range) *Single {
	t.Helper()
	for range 100 {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		r.First = uint16(ln.Addr().(*net.TCPAddr).Port)
		r.Last = r.First
		ln.Close() // only its number was wanted
		s := &Single{Range: r, Tickets: NewTickets(&tls.Config{Certificates: []tls.Certificate{certificate(t)}}), Handshake: 10 * time.Second}
		if s.Bind(loopback) == nil {
			t.Cleanup(func() { s.Close() })
			return s
		}
	}
	t.Fatal("no free port")
	return nil
}

// protected claims a data connection for a protected session of the loopback
// address.
func protected(session string) Claim {
	return Claim{Session: session, Protected: true, Local: loopback, Peer: loopback}
}

// hold connects and returns when the server has taken the connection in without
// deciding whose it is.
func (s *Single) hold(t *testing.T, first string) net.Conn {
	t.Helper()
	j := s.bound[loopback]
	undecided := func() []*caller {
		j.mu.Lock()
		defer j.mu.Unlock()
		return slices.Clone(j.callers[loopback])
	}
	before := undecided()
	conn := dial(t, loopback, s.First, first)
	for ctx := t.Context(); ctx.Err() == nil; {
		for _, c := range undecided() {
			if !slices.Contains(before, c) {
				return conn
			}
		}
	}
	return conn
}

func TestBytesDecideBetweenPlainAndProtected(t *testing.T) {
	s := newSingle(t, Range{})
	plain, secure := listen(t, s, client(loopback)), listen(t, s, protected("b"))
	silent := s.hold(t, "")
	dial(t, loopback, s.First, "words")
	arrives(t, plain, "words")
	conn, err := secure.Open(t.Context()) // it is the one that is left
	if err != nil {
		t.Fatal(err)
	}
	conn.Abort()
	dropped(t, silent)
}

func TestClientHelloGoesToTheProtected(t *testing.T) {
	s := newSingle(t, Range{})
	plain, secure := listen(t, s, client(loopback)), listen(t, s, protected("b"))
	silent := s.hold(t, "")
	dial(t, loopback, s.First, clientHello+"\x01")
	arrives(t, secure, clientHello+"\x01") // its transfer shakes hands
	if _, err := io.WriteString(silent, "mine"); err != nil {
		t.Fatal(err)
	}
	arrives(t, plain, "mine")
}

func TestOnePlainSessionOfAnAddressWaits(t *testing.T) {
	s := newSingle(t, Range{})
	listen(t, s, client(loopback))
	if _, err := s.Listen(t.Context(), client(loopback)); !errors.Is(err, ErrNoPort) {
		t.Errorf("a second one: got %v, want ErrNoPort", err)
	}
	listen(t, s, client(stranger))
}

// A connection that may have been for a session that gave up must not pass for
// another's.
func TestConnectionOfOneThatGaveUpIsNobodys(t *testing.T) {
	s := newSingle(t, Range{})
	a, b := listen(t, s, protected("a")), listen(t, s, protected("b"))
	old := s.hold(t, "")
	a.Close()
	dial(t, loopback, s.First, "mine") // b alone waits
	arrives(t, b, "mine")
	dropped(t, old)
}

func TestUndecidedEndsWithThoseThatWait(t *testing.T) {
	s := newSingle(t, Range{})
	a, b := listen(t, s, protected("a")), listen(t, s, protected("b"))
	conn := s.hold(t, "")
	ctx, end := context.WithCancel(t.Context())
	end()
	for _, p := range []*Passive{a, b} {
		if _, err := p.Open(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("open: got %v", err)
		}
	}
	dropped(t, conn)
}

func TestUndecidedAreBounded(t *testing.T) {
	s := newSingle(t, Range{})
	a, _ := listen(t, s, protected("a")), listen(t, s, protected("b"))
	for range 2 * callersPerSession {
		s.hold(t, "")
	}
	dropped(t, dial(t, loopback, s.First, ""))
	dropped(t, dial(t, stranger, s.First, ""))
	if waiting, _ := a.state(); !waiting {
		t.Error("a session waits no more")
	}
}

// TestTicketDecides covers what a handshake may show.
func TestTicketDecides(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, c := range []struct {
			ticket string // that the client shows; empty for none
			shared bool   // b's tickets are
			want   bool
		}{{"b", false, true}, {"b", true, false}, {"stranger's", false, false}, {"", false, false}} {
			s := newSingle(t, Range{})
			claim := protected("b")
			claim.Shared = func() bool { return c.shared }
			a, b := listen(t, s, protected("a")), listen(t, s, claim)
			cache := tls.NewLRUClientSessionCache(1)
			if c.ticket != "" {
				ticket(t, s.Tickets, cache, version, c.ticket)
			}
			conn := tls.Client(dial(t, loopback, s.First, ""), &tls.Config{
				InsecureSkipVerify: true, ServerName: "ftp", ClientSessionCache: cache, MinVersion: version, MaxVersion: version,
			})
			conn.Handshake() // what follows says it
			if !c.want {
				if n, err := conn.Read(make([]byte, 1)); n != 0 || err == nil {
					t.Errorf("ticket %q: read %d bytes, %v; want it closed", c.ticket, n, err)
				}
				if waiting, _ := b.state(); !waiting {
					t.Errorf("ticket %q: the session waits no more", c.ticket)
				}
				continue
			}
			got, err := b.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if got.Session() != "b" || !got.Protected() {
				t.Errorf("got session %q, protected %v", got.Session(), got.Protected())
			}
			got.Abort()
			if waiting, _ := a.state(); !waiting {
				t.Error("the other session waits no more")
			}
		}
	}
}
