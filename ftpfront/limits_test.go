package ftpfront

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

func TestSessionLimits(t *testing.T) {
	for name, limits := range map[string]Limits{
		"all":         {Sessions: 2},
		"per address": {SessionsPerAddress: 2},
	} {
		t.Run(name, func(t *testing.T) {
			srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}, Limits: limits})
			first := logIn(t, addr)
			logIn(t, addr)
			third := dial(t, addr)
			defer third.close()
			third.want(t, "421 Too many connections, try again later.")
			third.closed(t)
			first.ask(t, "QUIT", "221 *")
			first.closed(t)
			eventually(t, "the end of the first session", func() bool {
				srv.mu.Lock()
				defer srv.mu.Unlock()
				return len(srv.sessions) == 1
			})
			logIn(t, addr)
		})
	}
}

func TestSessionsPerAddressLeavesOthersAlone(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: memstore.New()}, Limits: Limits{SessionsPerAddress: 1},
	})
	logIn(t, addr)
	other := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	conn, err := other.Dial("tcp", addr)
	if err != nil {
		t.Skipf("no second loopback address here: %v", err)
	}
	defer conn.Close()
	b := make([]byte, 4)
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := conn.Read(b); err != nil || string(b) != "220 " {
		t.Errorf("another address gets %q (%v), want 220", b, err)
	}
}

// TestSessionsPerAddressOfIPv6 holds that one host, which has 2^64 addresses of
// IPv6, counts as one.
func TestSessionsPerAddressOfIPv6(t *testing.T) {
	srv, err := New(Options{Authenticator: testUsers{}, Limits: Limits{SessionsPerAddress: 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	for _, c := range []struct{ from, want string }{
		{"2001:db8::1", "220 *"}, {"2001:db8::1:2", "421 *"}, {"2001:db8:0:1::1", "220 *"},
	} {
		client, conn := net.Pipe()
		defer client.Close()
		srv.open(conn, proxyproto.Ends{Client: netip.AddrPortFrom(netip.MustParseAddr(c.from), 1024)}, false)
		hear(t, client, c.want)
	}
}

func TestSessionsPerAccount(t *testing.T) {
	users := testUsers{files: memstore.New(), limits: AccountLimits{Sessions: 1}}
	srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: users})
	first := logIn(t, addr)
	second := dial(t, addr)
	defer second.close()
	second.want(t, "220 *")
	second.ask(t, "USER ann", "331 *", "PASS secret", "421 Too many sessions of this account.")
	second.closed(t)
	first.ask(t, "REIN", "220 *") // gives the place free without ending the session
	logIn(t, addr)
	first.close()
	eventually(t, "the end of the first session", func() bool {
		srv.mu.Lock()
		defer srv.mu.Unlock()
		return len(srv.sessions) == 1 && srv.perAccount["ann"].sessions == 1
	})
}

// TestCommandLimit holds that a storage which does not answer costs a client
// one reply, not its session.
func TestCommandLimit(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.stat = func(ctx context.Context, _ storage.Path) (storage.Entry, error) {
		<-ctx.Done()
		return storage.Entry{}, ctx.Err()
	}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: files}, Limits: Limits{Command: 20 * time.Millisecond},
	})
	c := logIn(t, addr)
	for _, command := range []string{"SIZE a.txt", "CWD d", "RNFR a.txt", "MDTM a.txt", "MLST a.txt"} {
		c.ask(t, command, "451 Storage unavailable.")
	}
	c.ask(t, "NOOP", "200 *")
}

// inMemory starts a session over a connection in memory, so that synctest can
// turn the clock.
func inMemory(t *testing.T, o Options) (srv *Server, client net.Conn) {
	t.Helper()
	srv, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	client, server := net.Pipe()
	srv.admit(server, false)
	t.Cleanup(func() {
		client.Close()
		srv.Close()
	})
	return srv, client
}

// hear reads what the server says, a line at a time.
func hear(t *testing.T, from net.Conn, pattern string) {
	t.Helper()
	b := make([]byte, 1024)
	n, err := from.Read(b)
	if got := string(b[:n]); err != nil || !matches(pattern+"\r\n", got) {
		t.Fatalf("the server sends %q (%v), want %q", got, err, pattern)
	}
}

func TestDeadlinesOfASession(t *testing.T) {
	for _, c := range []struct {
		name     string
		limits   Limits
		own      AccountLimits
		dialogue []string
		want     time.Duration
	}{
		{"login, by default", Limits{}, AccountLimits{}, nil, time.Minute},
		{"login, whatever is said meanwhile", Limits{Login: 3 * time.Second}, AccountLimits{}, []string{"NOOP", "200 *"}, 3 * time.Second},
		{"idle before login", Limits{Login: -1, Idle: time.Second}, AccountLimits{}, nil, time.Second},
		{"idle, by default", Limits{}, AccountLimits{}, []string{"USER ann", "331 *", "PASS secret", "230 *"}, 5 * time.Minute},
		{"idle of the account", Limits{}, AccountLimits{Idle: time.Hour}, []string{"USER ann", "331 *", "PASS secret", "230 *"}, time.Hour},
		{"login anew after REIN", Limits{Login: 3 * time.Second}, AccountLimits{}, []string{"USER ann", "331 *", "PASS secret", "230 *", "REIN", "220 *"}, 3 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				users := testUsers{files: memstore.New(), limits: c.own}
				_, client := inMemory(t, Options{Authenticator: users, Limits: c.limits})
				hear(t, client, "220 *")
				for i := 0; i < len(c.dialogue); i += 2 {
					if _, err := client.Write([]byte(c.dialogue[i] + "\r\n")); err != nil {
						t.Fatal(err)
					}
					hear(t, client, c.dialogue[i+1])
				}
				hear(t, client, "421 No command in time, closing.")
				if took := time.Since(start); took != c.want {
					t.Errorf("the session ends after %v, want %v", took, c.want)
				}
			})
		})
	}
}

// TestLoginAnewTakesItsTime holds that a user who has worked for a while may
// change to another, who has as long to log in as the first had.
func TestLoginAnewTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := inMemory(t, Options{Authenticator: testUsers{files: memstore.New()}})
		hear(t, client, "220 *")
		for _, step := range [][2]string{
			{"USER ann", "331 *"}, {"PASS secret", "230 *"}, {"NOOP", "200 *"},
			{"USER home", "331 *"}, {"PASS secret", "230 *"},
		} {
			if step[0] == "NOOP" {
				time.Sleep(2 * time.Minute) // longer than a login may take
			}
			if _, err := client.Write([]byte(step[0] + "\r\n")); err != nil {
				t.Fatal(err)
			}
			hear(t, client, step[1])
		}
	})
}

// TestReinGivesNoTime holds that nobody stays without a login by REIN.
func TestReinGivesNoTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, client := inMemory(t, Options{Authenticator: testUsers{files: memstore.New()}})
		hear(t, client, "220 *")
		time.Sleep(40 * time.Second)
		if _, err := client.Write([]byte("REIN\r\n")); err != nil {
			t.Fatal(err)
		}
		hear(t, client, "220 *")
		hear(t, client, "421 No command in time, closing.")
		if took := time.Since(start); took != time.Minute {
			t.Errorf("the session ends after %v, want 1m0s", took)
		}
	})
}

func TestPaceHoldsItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, start, moved := paces{nil, newPace(1000)}, time.Now(), 0
		buf := make([]byte, 1<<20)
		for moved < 5000 {
			n := len(b.portion(buf))
			if n > 1000/pacePortion {
				t.Fatalf("%d bytes at a time, want at most %d", n, 1000/pacePortion)
			}
			moved += n
			if err := b.wait(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("5000 bytes at 1000 a second take %v, want 5s", took)
		}
		time.Sleep(time.Hour) // a rest saves nothing up
		start = time.Now()
		if err := b.wait(t.Context(), 100); err != nil || time.Since(start) != 100*time.Millisecond {
			t.Errorf("after a rest 100 bytes take %v (%v), want 100ms", time.Since(start), err)
		}
	})
}

func TestPaceEndsWithItsContext(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	end()
	if err := (paces{newPace(1)}).wait(ctx, 1000); err == nil {
		t.Error("wait goes on though its context has ended")
	}
	none := paces{nil}
	if err := none.wait(ctx, 1000); err != nil || len(none.portion(make([]byte, 7))) != 7 {
		t.Errorf("no pace: %v, want all to pass", err)
	}
}

// TestPassiveConnectionOfAStranger holds that a connection from elsewhere is
// dropped, and that the client's own is still taken.
func TestPassiveConnectionOfAStranger(t *testing.T) {
	store := memstore.New()
	if err := (testFile{name: "/a.txt", content: []byte("secret")}).put(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}})
	c := logIn(t, addr)
	c.ask(t, "EPSV", "229 *")
	elsewhere := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	stranger, err := elsewhere.Dial("tcp", c.passive.String())
	if err != nil {
		t.Skipf("no second loopback address here: %v", err)
	}
	defer stranger.Close()
	c.ask(t, "RETR a.txt", "150 *")
	stranger.SetDeadline(time.Now().Add(patience))
	if n, err := stranger.Read(make([]byte, 10)); err == nil || isTimeout(err) {
		t.Errorf("a stranger gets %d bytes (%v), want to be dropped", n, err)
	}
	if err := c.openData(); err != nil {
		t.Fatal(err)
	}
	if line, _ := c.dataReader.ReadString('\n'); line != "secret" { // the error is the content's end
		t.Errorf("the client gets %q, want secret", line)
	}
	c.want(t, "226 *")
}

func TestPassiveAddressIsAdvertised(t *testing.T) {
	advertise := netip.MustParseAddr("192.0.2.7")
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator:  testUsers{files: memstore.New()},
		PassiveAddress: func(netip.Addr) netip.Addr { return advertise },
	})
	c := logIn(t, addr)
	c.ask(t, "PASV", "227 Entering Passive Mode (192,0,2,7,*).")
}
