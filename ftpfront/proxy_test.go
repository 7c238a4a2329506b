package ftpfront

import (
	"context"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// viaProxy is a server that trusts the loopback address as a proxy, with the
// logins that its authenticator saw.
type viaProxy struct {
	addr   string
	store  *memstore.Store
	logins chan Login
}

func newViaProxy(t *testing.T, o Options) (*Server, *viaProxy) {
	v := &viaProxy{store: memstore.New(), logins: make(chan Login, 10)}
	o.Authenticator = v
	if o.ProxyProtocol.Trusted == nil {
		o.ProxyProtocol.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}
	srv, addr := serve(t, "127.0.0.1", false, o)
	v.addr = addr
	return srv, v
}

func (v *viaProxy) Authenticate(ctx context.Context, login Login) (*Account, error) {
	v.logins <- login
	return testUsers{files: v.store}.Authenticate(ctx, login)
}

// connect opens a connection that begins with header.
func (v *viaProxy) connect(t *testing.T, header string) *testClient {
	t.Helper()
	c := dial(t, v.addr)
	t.Cleanup(c.close)
	if err := c.send(header); err != nil {
		t.Fatal(err)
	}
	return c
}

const (
	fromFour  = "PROXY TCP4 192.0.2.7 203.0.113.1 40000 21\r\n"
	fromSix   = "PROXY TCP6 2001:db8::7 2001:db8::1 40000 21\r\n"
	fromEight = "PROXY TCP4 192.0.2.8 203.0.113.1 40000 21\r\n"
	local2    = "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"
	four2     = "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x07\xcb\x00\x71\x01\x9c\x40\x00\x15"
)

func TestProxyNamesBothEnds(t *testing.T) {
	_, v := newViaProxy(t, Options{})
	for header, want := range map[string][2]string{
		fromFour: {"192.0.2.7:40000", "203.0.113.1:21"},
		four2:    {"192.0.2.7:40000", "203.0.113.1:21"},
		fromSix:  {"[2001:db8::7]:40000", "[2001:db8::1]:21"},
	} {
		c := v.connect(t, header)
		c.want(t, "220 *")
		c.ask(t, "USER ann", "331 *", "PASS secret", "230 *")
		login := <-v.logins
		if got := [2]string{login.Client.String(), login.Local.String()}; got != want {
			t.Errorf("%q: got %v, want %v", header, got, want)
		}
	}
}

// TestProxyThatKnowsNoClient covers health checks: the proxy is the client then.
func TestProxyThatKnowsNoClient(t *testing.T) {
	_, v := newViaProxy(t, Options{})
	for _, header := range []string{local2, "PROXY UNKNOWN\r\n"} {
		c := v.connect(t, header)
		c.want(t, "220 *")
		c.ask(t, "USER ann", "331 *", "PASS secret", "230 *")
		if login := <-v.logins; login.Client != addrPort(c.raw.LocalAddr()) || login.Local.String() != v.addr {
			t.Errorf("%q: got %v at %v, want the ends of the connection", header, login.Client, login.Local)
		}
	}
}

// TestProxiedDataConnections holds that data connections are matched by the
// client's address, passive and active, and not by the proxy's.
func TestProxiedDataConnections(t *testing.T) {
	for name, mode := range map[string]PassiveMode{"own": PassiveOwn, "pooled": PassivePooled, "single": PassiveSingle} {
		t.Run(name, func(t *testing.T) {
			_, v := newViaProxy(t, Options{PassiveMode: mode, PassivePorts: freePorts(t, 1), TLS: serverTLS()})
			c := v.connect(t, fromFour)
			c.want(t, "220 *")
			c.ask(t, "USER ann", "331 *", "PASS secret", "230 *", "PASV", "227 * (203,0,113,1,*)*", "STOR a.txt", "150 *")
			at := netip.AddrPortFrom(netip.MustParseAddrPort(v.addr).Addr(), c.passive.Port()) // the proxy knows
			for _, header := range []string{fromEight, fromSix, local2, "no header"} {
				c.passive = at
				if err := c.openData(); err != nil {
					t.Fatal(err)
				}
				io.WriteString(c.data, header) // it may be closed already
				if _, err := c.data.Read(make([]byte, 1)); err == nil || isTimeout(err) {
					t.Errorf("%q: got %v, want it dropped", header, err)
				}
				c.resetData()
			}
			c.passive = at
			if err := c.openData(); err != nil {
				t.Fatal(err)
			}
			io.WriteString(c.data, fromFour+"hello") // an error shows in what is stored
			c.closeData()
			c.want(t, "226 *")
			if got, err := stored(t.Context(), v.store, "/a.txt"); string(got) != "hello" {
				t.Errorf("stored %q (%v), want hello", got, err)
			}
			c.ask(t, "PORT 127,0,0,1,4,1", "504 *", "PORT 192,0,2,7,4,1", "200 *")
		})
	}
}

func TestHeaderFromElsewhereEndsTheSession(t *testing.T) {
	_, v := newViaProxy(t, Options{ProxyProtocol: ProxyProtocol{Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}})
	for header, replies := range map[string][]string{
		fromFour: {"421 Not a trusted proxy, closing."},
		four2:    {"500 *", "500 *", "500 *", "221 *"}, // made to look like QUIT
	} {
		c := v.connect(t, header)
		c.want(t, "220 *")
		for _, r := range replies {
			c.want(t, r)
		}
		c.closed(t)
	}
}

func TestTrustedNetworkMustSendAHeader(t *testing.T) {
	_, v := newViaProxy(t, Options{ProxyProtocol: ProxyProtocol{Timeout: -1}})
	for _, first := range []string{"USER ann\r\n", "PROXY TCP4 nonsense\r\n", "\x16\x03\x01"} {
		v.connect(t, first).closed(t)
	}
}

func TestHeaderMustComeInTime(t *testing.T) {
	_, v := newViaProxy(t, Options{ProxyProtocol: ProxyProtocol{Timeout: 10 * time.Millisecond}})
	v.connect(t, "PROXY ").closed(t)
}

// TestSlowHeaderHoldsUpNobody holds that others are served meanwhile, up to the
// limit of sessions, and that Close ends the wait.
func TestSlowHeaderHoldsUpNobody(t *testing.T) {
	srv, v := newViaProxy(t, Options{ProxyProtocol: ProxyProtocol{Timeout: -1}, Limits: Limits{Sessions: 2}})
	slow := v.connect(t, "PROXY ")
	v.connect(t, fromFour).want(t, "220 *")
	v.connect(t, "").closed(t) // a third one
	srv.Close()
	slow.closed(t)
}

func TestSessionsAreCountedByTheClientsAddress(t *testing.T) {
	_, v := newViaProxy(t, Options{Limits: Limits{SessionsPerAddress: 1}})
	v.connect(t, fromFour).want(t, "220 *")
	v.connect(t, fromEight).want(t, "220 *")
	v.connect(t, fromFour).want(t, "421 Too many connections, try again later.")
}
