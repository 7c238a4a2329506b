package ftpfront

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

var tlsVersions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

func serveTLS(t *testing.T, o Options) string {
	t.Helper()
	o.Authenticator = testUsers{files: memstore.New()}
	if o.TLS == nil {
		o.TLS = serverTLS()
	}
	_, addr := serve(t, "127.0.0.1", false, o)
	return addr
}

// store uploads over a data connection as careful clients do, reading to the
// server's end, and reports whether it resumed.
func (c *testClient) store(t *testing.T, final string) (resumed bool) {
	t.Helper()
	c.upload(t, "STOR a.txt", "hello")
	data := c.data.(*tls.Conn)
	data.CloseWrite() // an error shows in the final reply
	io.Copy(io.Discard, data)
	data.Close()
	c.want(t, final)
	return data.ConnectionState().DidResume
}

// fetch lists and reports whether the data connection resumed.
func (c *testClient) fetch(t *testing.T, final string) (resumed bool) {
	t.Helper()
	c.begin(t, "NLST")
	data := c.data.(*tls.Conn)
	io.Copy(io.Discard, data) // an error shows in the final reply
	data.Close()
	c.want(t, final)
	return data.ConnectionState().DidResume
}

func TestDataConnectionsResumeTheControlConnection(t *testing.T) {
	for name, version := range tlsVersions {
		for reuse, want := range map[TLSReuse]bool{ReusePrefer: true, ReuseOff: false, ReuseRequire: true} {
			t.Run(fmt.Sprint(name, " ", reuse), func(t *testing.T) {
				c := logInTLS(t, serveTLS(t, Options{TLSReuse: reuse}), version)
				for range 3 {
					if got := c.store(t, "226 *"); got != want {
						t.Errorf("upload: resumed is %v, want %v", got, want)
					}
					if got := c.fetch(t, "226 *"); got != want {
						t.Errorf("listing: resumed is %v, want %v", got, want)
					}
				}
			})
		}
	}
}

func TestTicketOfAnotherSessionIsNotResumed(t *testing.T) {
	for name, version := range tlsVersions {
		for reuse, final := range map[TLSReuse]string{
			ReusePrefer:  "226 *",
			ReuseRequire: "522 The data connection must resume the TLS session of the control connection.",
		} {
			t.Run(fmt.Sprint(name, " ", reuse), func(t *testing.T) {
				addr := serveTLS(t, Options{TLSReuse: reuse})
				ann, thief := logInTLS(t, addr, version), logInTLS(t, addr, version)
				stolen, _ := ann.tls.ClientSessionCache.Get("ftp.example")
				thief.tls.ClientSessionCache = &onceCache{state: stolen}
				if thief.fetch(t, final) {
					t.Error("resumed the session of another")
				}
				if !ann.fetch(t, "226 *") {
					t.Error("the session's own ticket is not resumed")
				}
			})
		}
	}
}

func TestRequiredReuseRefusesUploads(t *testing.T) {
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			c := logInTLS(t, serveTLS(t, Options{TLSReuse: ReuseRequire}), version)
			resuming := c.tls
			c.tls = resuming.Clone()
			c.tls.ClientSessionCache = nil
			c.begin(t, "STOR a.txt")
			c.data.(*tls.Conn).Handshake() // the reply tells what matters
			c.want(t, "522 *")
			c.resetData()
			c.ask(t, "SIZE a.txt", "550 *")
			c.tls = resuming
			c.store(t, "226 *")
		})
	}
}

// A ticket that was not resumed here first proves nothing later: who takes a
// data connection over without one cannot come back with one.
func TestTicketOfAFullHandshakeProvesNothing(t *testing.T) {
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			c := logInTLS(t, serveTLS(t, Options{}), version)
			c.tls.ClientSessionCache = tls.NewLRUClientSessionCache(4)
			for range 2 {
				if c.fetch(t, "226 *") {
					t.Error("resumed what began on a data connection")
				}
			}
		})
	}
}

// onceCache hands out each ticket once, as OpenSSL does on TLS 1.3 (RFC 8446,
// appendix C.4).
type onceCache struct {
	mu    sync.Mutex
	state *tls.ClientSessionState
}

func (o *onceCache) Get(string) (*tls.ClientSessionState, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	state := o.state
	o.state = nil
	return state, state != nil
}

func (o *onceCache) Put(_ string, state *tls.ClientSessionState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state = state
}

func TestTicketsThatServeOnceAreReplaced(t *testing.T) {
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			addr := serveTLS(t, Options{TLSReuse: ReuseRequire})
			c := dial(t, addr)
			t.Cleanup(c.close)
			c.tls.MaxVersion, c.tls.ClientSessionCache = version, &onceCache{}
			c.want(t, "220 *")
			c.ask(t, "AUTH TLS", "234 *")
			if err := c.secure(); err != nil {
				t.Fatal(err)
			}
			c.ask(t, "USER ann", "331 *", "PASS secret", "230 *", "PBSZ 0", "200 *", "PROT P", "200 *")
			for range 3 {
				c.store(t, "226 *")
				c.fetch(t, "226 *")
			}
		})
	}
}

// The embedder's configuration chooses by name, gives a new configuration each
// time, and has a certificate that is made on demand; nothing of it changes.
func TestEmbeddersConfigurationIsKept(t *testing.T) {
	cert, _ := certificate()
	base := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &cert, nil }}
	var asked []string
	base.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		asked = append(asked, hello.ServerName)
		return &tls.Config{Certificates: []tls.Certificate{cert}}, nil
	}
	for name, version := range tlsVersions {
		t.Run(name, func(t *testing.T) {
			c := logInTLS(t, serveTLS(t, Options{TLS: base, TLSReuse: ReuseRequire}), version)
			c.fetch(t, "226 *")
			c.store(t, "226 *")
		})
	}
	if base.WrapSession != nil || base.UnwrapSession != nil || base.NextProtos != nil || len(base.Certificates) > 0 {
		t.Error("the embedder's configuration was changed")
	}
	if len(asked) < 6 || asked[0] != "ftp.example" {
		t.Errorf("GetConfigForClient was asked for %q", asked)
	}
}

func TestALPN(t *testing.T) {
	for _, c := range []struct {
		server, offered []string
		want            string
		fails           bool
	}{
		{offered: nil, want: ""},
		{offered: []string{"ftp"}, want: "ftp"},
		{offered: []string{"x-filezilla-ftp", "ftp"}, want: "ftp"},
		{offered: []string{"h2", "http/1.1"}, want: ""},
		{offered: []string{"ftp-data"}, want: ""},
		{server: []string{"own"}, offered: []string{"own", "ftp"}, want: "own"},
		{server: []string{"own"}, offered: []string{"http/1.1"}, fails: true},
	} {
		cfg := serverTLS()
		cfg.NextProtos = c.server
		addr := serveTLS(t, Options{TLS: cfg})
		client := dial(t, addr)
		client.tls.NextProtos = c.offered
		client.want(t, "220 *")
		client.ask(t, "AUTH TLS", "234 *")
		err := client.secure()
		if (err != nil) != c.fails {
			t.Errorf("server %q, client %q: %v", c.server, c.offered, err)
		} else if err == nil {
			if got := client.conn.(*tls.Conn).ConnectionState().NegotiatedProtocol; got != c.want {
				t.Errorf("server %q, client %q: got %q, want %q", c.server, c.offered, got, c.want)
			}
		}
		client.close()
	}
}

func TestFailedHandshakeOnTheDataConnection(t *testing.T) {
	reached := make(chan Limit, 1)
	addr := serveTLS(t, Options{
		Limits: Limits{Handshake: 200 * time.Millisecond},
		Events: Events{LimitReached: func(_ SessionInfo, l Limit) { reached <- l }},
	})
	c := logInTLS(t, addr, 0)
	c.ask(t, "EPSV", "229 *", "STOR a.txt", "150 *")
	c.protect = false
	if err := c.openData(); err != nil {
		t.Fatal(err)
	}
	c.want(t, "425 Cannot open the data connection.") // not a word came
	c.resetData()
	c.ask(t, "NOOP", "200 *")
	if l := <-reached; l != LimitHandshake {
		t.Errorf("the limit is %q", l)
	}

	c.protect = true
	c.tls.RootCAs, c.tls.ClientSessionCache = x509.NewCertPool(), nil
	c.begin(t, "NLST")
	c.data.(*tls.Conn).Handshake() // refused by the client
	c.want(t, "522 *")
	c.resetData()
	c.ask(t, "SIZE a.txt", "550 *")
}

func TestOptionsOfTLSReuse(t *testing.T) {
	users := testUsers{files: memstore.New()}
	for _, o := range []Options{
		{TLSReuse: ReuseRequire + 1},
		{TLSReuse: ReuseRequire},
		{TLSReuse: ReuseRequire, TLS: &tls.Config{SessionTicketsDisabled: true}},
	} {
		o.Authenticator = users
		if _, err := New(o); err == nil {
			t.Errorf("New(%+v) finds no fault", o)
		}
	}
}
