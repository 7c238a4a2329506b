package ftpfront

import (
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// freePorts finds n ports in a row that nobody uses at the moment. It looks below
// those that most systems give to connections.
func freePorts(t *testing.T, n int) [2]uint16 {
	t.Helper()
	for range 100 {
		first := 20000 + rand.IntN(10000)
		var held []net.Listener
		for port := first; port < first+n; port++ {
			ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			if err != nil {
				break
			}
			held = append(held, ln)
		}
		for _, ln := range held {
			ln.Close() // only its number was wanted
		}
		if len(held) == n {
			return [2]uint16{uint16(first), uint16(first + n - 1)}
		}
	}
	t.Fatal("no free ports")
	return [2]uint16{}
}

// TestPassivePortIsGivenBack holds a server with one port: what one session
// gives back, another gets.
func TestPassivePortIsGivenBack(t *testing.T) {
	for name, give := range map[string]func(*testing.T, *testClient){
		"by REIN": func(t *testing.T, c *testClient) { c.ask(t, "REIN", "220 *") },
		"by USER": func(t *testing.T, c *testClient) { c.ask(t, "USER ann", "331 *") },
		"by ABOR": func(t *testing.T, c *testClient) { c.ask(t, "ABOR", "226 *") },
		"by PORT": func(t *testing.T, c *testClient) { c.ask(t, "PORT 127,0,0,1,4,1", "200 *") },
		"by QUIT": func(t *testing.T, c *testClient) {
			c.ask(t, "QUIT", "221 *")
			c.closed(t)
		},
		"by connecting": func(t *testing.T, c *testClient) {
			if err := c.openData(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, "127.0.0.1", false, Options{
				Authenticator: testUsers{files: memstore.New()}, PassivePorts: freePorts(t, 1),
			})
			a, b := logIn(t, addr), logIn(t, addr)
			a.ask(t, "EPSV", "229 *", "EPSV", "229 *") // the next one takes the place of the last
			b.ask(t, "EPSV", "425 Cannot open the data connection.")
			give(t, a)
			b.getsPort(t)
		})
	}
}

// getsPort asks for a port until there is one.
func (c *testClient) getsPort(t *testing.T) {
	t.Helper()
	eventually(t, "a free port", func() bool {
		if err := c.send("EPSV\r\n"); err != nil {
			t.Fatal(err)
		}
		got, err := c.reply()
		if err != nil {
			t.Fatal(err)
		}
		return strings.HasPrefix(got, "229 ")
	})
}

// TestUnusedPassivePortExpires holds that a port that no transfer asks for is
// given back after Limits.DataOpen.
func TestUnusedPassivePortExpires(t *testing.T) {
	for name, mode := range map[string]PassiveMode{"own": PassiveOwn, "pooled": PassivePooled, "single": PassiveSingle} {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, "127.0.0.1", false, Options{
				Authenticator: testUsers{files: memstore.New()}, PassiveMode: mode, PassivePorts: freePorts(t, 1), TLS: serverTLS(),
				Limits: Limits{DataOpen: 50 * time.Millisecond},
			})
			a, b := logIn(t, addr), logIn(t, addr)
			a.ask(t, "EPSV", "229 *")
			b.getsPort(t)
			a.ask(t, "LIST", "150 *")
			a.want(t, "425 Cannot open the data connection.")
		})
	}
}

// TestPooledPortsServeManySessions runs more sessions at once than there are
// ports, each getting its own content.
func TestPooledPortsServeManySessions(t *testing.T) {
	store := memstore.New()
	srv, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: store}, TLS: serverTLS(), PassiveMode: PassivePooled, PassivePorts: freePorts(t, 2),
	})
	plain, secure := logIn(t, addr), logInTLS(t, addr, 0)
	for range 5 {
		for name, c := range map[string]*testClient{"plain": plain, "secure": secure} {
			c.upload(t, "STOR "+name, name)
		}
		for name, c := range map[string]*testClient{"plain": plain, "secure": secure} {
			if err := c.closeData(); err != nil {
				t.Fatal(err)
			}
			c.want(t, "226 *")
			if got, err := stored(t.Context(), store, storage.Path("/"+name)); string(got) != name {
				t.Errorf("stored %q (%v), want %q", got, err, name)
			}
		}
	}
	third := logIn(t, addr)
	plain.ask(t, "EPSV", "229 *")
	secure.ask(t, "EPSV", "229 *")
	third.ask(t, "EPSV", "425 *") // all three have one address
	port := srv.opt.PassivePorts[0]
	srv.Close()
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		t.Fatalf("after Close: %v", err)
	}
	ln.Close() // it was free
}

// TestPooledPortsAreBoundAtTheStart holds that a server whose ports are taken
// does not serve.
func TestPooledPortsAreBoundAtTheStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := addrPort(taken.Addr()).Port()
	srv, err := New(Options{
		Authenticator: testUsers{files: memstore.New()}, PassiveMode: PassivePooled, PassivePorts: [2]uint16{port, port},
	})
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Serve(ln); err == nil || !strings.Contains(err.Error(), "bind passive ports") {
		t.Errorf("Serve: got %v, want an error about passive ports", err)
	}
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}

// TestActivePort holds that the server dials from the configured port.
func TestActivePort(t *testing.T) {
	ports := freePorts(t, 1)
	store := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, ActivePort: ports[0]})
	for _, c := range []*testClient{logIn(t, addr), logIn(t, addr)} {
		at, err := c.listen()
		if err != nil {
			t.Fatal(err)
		}
		// The IPv4 address in its IPv6 form is the same address.
		c.ask(t, "EPRT |2|::ffff:127.0.0.1|"+strconv.Itoa(int(at.Port()))+"|", "200 *", "STOR a.txt", "150 *")
		if err := c.openData(); err != nil {
			t.Fatal(err)
		}
		if got := addrPort(c.data.RemoteAddr()).Port(); got != ports[0] {
			t.Errorf("source port: got %d, want %d", got, ports[0])
		}
		defer func() { // both are open at once
			c.closeData()
			c.want(t, "226 *")
		}()
	}
}

func TestPassiveOptionsAreChecked(t *testing.T) {
	users := testUsers{files: memstore.New()}
	for name, o := range map[string]Options{
		"a pool without ports":   {PassiveMode: PassivePooled},
		"a pool of all ports":    {PassiveMode: PassivePooled, PassivePorts: [2]uint16{1024, 65535}},
		"a mode that is unknown": {PassiveMode: PassiveSingle + 1},
		"one port of two":        {PassiveMode: PassiveSingle, PassivePorts: [2]uint16{2000, 2001}, TLS: serverTLS()},
		"one port of any":        {PassiveMode: PassiveSingle, TLS: serverTLS()},
		"one port without TLS":   {PassiveMode: PassiveSingle, PassivePorts: [2]uint16{2000, 2000}},
		"one port without reuse": {PassiveMode: PassiveSingle, PassivePorts: [2]uint16{2000, 2000}, TLS: serverTLS(), TLSReuse: ReuseOff},
	} {
		o.Authenticator = users
		if _, err := New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
