package ftpfront

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// serveSingle serves on one passive port.
func serveSingle(t *testing.T, o Options) (*Server, string, *memstore.Store) {
	t.Helper()
	store := memstore.New()
	o.Authenticator, o.TLS = testUsers{files: store}, serverTLS()
	o.PassiveMode, o.PassivePorts = PassiveSingle, freePorts(t, 1)
	srv, addr := serve(t, "127.0.0.1", false, o)
	return srv, addr, store
}

// connectAll lets all clients wait at once before the first connects, and the
// last connect first.
func connectAll(t *testing.T, clients []*testClient) {
	t.Helper()
	for _, c := range clients {
		c.ask(t, "EPSV", "229 *")
	}
	for _, c := range slices.Backward(clients) {
		if err := c.openData(); err != nil {
			t.Fatal(err)
		}
	}
}

// receive reads the data connection to its end.
func (c *testClient) receive(t *testing.T) string {
	t.Helper()
	got, err := io.ReadAll(c.dataReader)
	if err != nil {
		t.Fatal(err)
	}
	c.closeData()
	return string(got)
}

// TestSinglePortServesManySessions holds that each of many sessions of one
// address gets its own content on one port.
func TestSinglePortServesManySessions(t *testing.T) {
	const sessions, rounds = 50, 2 // of two transfers
	for name, version := range tlsVersions {
		for reuse, policy := range map[string]TLSReuse{"prefer": ReusePrefer, "require": ReuseRequire} {
			t.Run(name+" "+reuse, func(t *testing.T) {
				srv, addr, store := serveSingle(t, Options{TLSReuse: policy})
				clients := make([]*testClient, sessions)
				for i := range clients {
					clients[i] = logInTLS(t, addr, version)
				}
				for round := range rounds {
					text := func(i int) string { return fmt.Sprintf("content of %d in round %d", i, round) }
					connectAll(t, clients)
					for i, c := range clients {
						c.ask(t, fmt.Sprintf("STOR %d", i), "150 *")
					}
					for i, c := range clients {
						io.WriteString(c.data, text(i)) // an error shows in the reply
						c.closeData()
						c.want(t, "226 *")
						if got, err := stored(t.Context(), store, storage.Path("/"+strconv.Itoa(i))); string(got) != text(i) {
							t.Errorf("session %d: stored %q (%v)", i, got, err)
						}
					}
					connectAll(t, clients)
					for i, c := range clients {
						c.ask(t, fmt.Sprintf("RETR %d", i), "150 *")
					}
					for i, c := range clients {
						if got := c.receive(t); got != text(i) {
							t.Errorf("session %d: got %q", i, got)
						}
						c.want(t, "226 *")
					}
				}
				port := srv.opt.PassivePorts[0]
				srv.Close()
				ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
				if err != nil {
					t.Fatalf("after Close: %v", err)
				}
				ln.Close() // it was free
			})
		}
	}
}

// TestSinglePortWithoutResuming holds that a client that does not resume is
// served if no other session of its address waits.
func TestSinglePortWithoutResuming(t *testing.T) {
	for reuse, final := range map[TLSReuse]string{ReusePrefer: "226 *", ReuseRequire: "522 *"} {
		for name, version := range tlsVersions {
			t.Run(fmt.Sprint(name, " ", reuse), func(t *testing.T) {
				_, addr, _ := serveSingle(t, Options{TLSReuse: reuse})
				c, other := logInTLS(t, addr, version), logInTLS(t, addr, version)
				c.tls.ClientSessionCache = nil
				c.fetch(t, final)
				c.fetch(t, final)
				// The other one's ticket leaves this one.
				connectAll(t, []*testClient{c, other})
				c.ask(t, "NLST", "150 *")
				other.ask(t, "NLST", "150 *")
				other.receive(t)
				other.want(t, "226 *")
				io.Copy(io.Discard, c.data) // the reply tells
				c.want(t, final)
			})
		}
	}
}

// TestSinglePortDropsStrangers holds that a stranger takes nobody's place, from
// the client's address and from another.
func TestSinglePortDropsStrangers(t *testing.T) {
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			_, addr, _ := serveSingle(t, Options{})
			a, b := logInTLS(t, addr, version), logInTLS(t, addr, version)
			for _, c := range []*testClient{a, b} {
				c.ask(t, "EPSV", "229 *", "NLST", "150 *")
			}
			for _, from := range []string{"127.0.0.1", "127.0.0.2"} {
				d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(from), 0))}
				for _, say := range []func(net.Conn){
					func(c net.Conn) { io.WriteString(c, "GET / HTTP/1.1\r\n\r\n") }, // it may be closed already
					func(c net.Conn) { tls.Client(c, clientTLS()).Handshake() },      // as above
				} {
					conn, err := d.DialContext(t.Context(), "tcp", a.passive.String())
					if err != nil {
						t.Skipf("this system has one loopback address: %v", err)
					}
					conn.SetDeadline(time.Now().Add(patience)) // an error shows below
					say(conn)
					if rest, err := io.ReadAll(conn); isTimeout(err) {
						t.Errorf("from %s: %d bytes and %v, want it closed", from, len(rest), err)
					}
					conn.Close()
				}
			}
			for _, c := range []*testClient{b, a} {
				if err := c.openData(); err != nil {
					t.Fatal(err)
				}
				c.receive(t)
				c.want(t, "226 *")
			}
		})
	}
}

// TestSinglePortServesPlainBesideProtected holds that sessions with and without
// TLS, of one address, get each their own.
func TestSinglePortServesPlainBesideProtected(t *testing.T) {
	_, addr, store := serveSingle(t, Options{})
	putGenerated(t, store, "/plain", 10)
	plain, secure := logIn(t, addr), logInTLS(t, addr, 0)
	connectAll(t, []*testClient{plain, secure})
	plain.ask(t, "RETR plain", "150 *")
	secure.ask(t, "STOR secure", "150 *")
	io.WriteString(secure.data, "mine") // an error shows in the reply
	secure.closeData()
	secure.want(t, "226 *")
	if got := plain.receive(t); len(got) != 10 {
		t.Errorf("the plain session got %q", got)
	}
	plain.want(t, "226 *")
}

// TestSinglePortAndSharedTickets holds that the sessions of a client with one
// cache for all of them are never mistaken for one another.
func TestSinglePortAndSharedTickets(t *testing.T) {
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			_, addr, store := serveSingle(t, Options{})
			cache := clientTLS().ClientSessionCache
			clients := make([]*testClient, 2)
			for i := range clients {
				c := dial(t, addr)
				t.Cleanup(c.close)
				c.tls.MaxVersion, c.tls.ClientSessionCache = version, cache
				c.want(t, "220 *")
				c.ask(t, "AUTH TLS", "234 *")
				if err := c.secure(); err != nil {
					t.Fatal(err)
				}
				c.ask(t, "USER ann", "331 *", "PASS secret", "230 *", "PBSZ 0", "200 *", "PROT P", "200 *")
				clients[i] = c
			}
			connectAll(t, clients)
			for i, c := range clients {
				c.ask(t, fmt.Sprintf("STOR %d", i), "150 *")
			}
			for _, c := range clients {
				c.data.(*tls.Conn).Handshake() // whose it is remains open
				c.broken(t)
			}
			for i, c := range clients {
				c.ask(t, "ABOR", "426 *")
				c.want(t, "226 *")
				c.ask(t, fmt.Sprintf("SIZE %d", i), "550 *")
			}
			for _, c := range clients {
				c.store(t, "226 *") // alone it is served
			}
			if got, err := stored(t.Context(), store, "/a.txt"); string(got) != "hello" {
				t.Errorf("stored %q (%v)", got, err)
			}
		})
	}
}
