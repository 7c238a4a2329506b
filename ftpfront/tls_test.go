package ftpfront

import (
	"crypto/tls"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// TestSilentHandshake holds that a client which never shakes hands is not
// waited for, on any of the three ways into TLS.
func TestSilentHandshake(t *testing.T) {
	o := Options{
		Authenticator: testUsers{files: memstore.New()}, TLS: serverTLS(),
		Limits: Limits{Handshake: 50 * time.Millisecond},
	}
	_, implicit := serve(t, "127.0.0.1", true, o)
	c := dial(t, implicit)
	defer c.close()
	c.closed(t)

	_, explicit := serve(t, "127.0.0.1", false, o)
	c = dial(t, explicit)
	defer c.close()
	c.want(t, "220 *")
	c.ask(t, "AUTH TLS", "234 *")
	c.closed(t)
}

// TestDataConnectionWithoutHandshake holds that a client which asked for
// protection and sends plain text, or nothing, gets 425.
func TestDataConnectionWithoutHandshake(t *testing.T) {
	store := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, TLS: serverTLS()})
	c := logInTLS(t, addr, 0)
	c.begin(t, "STOR a.txt")
	if _, err := c.dataTCP.Write([]byte("hello, in plain text\r\n")); err != nil {
		t.Fatal(err)
	}
	c.want(t, "425 Cannot open the data connection.")
	c.resetData()
	c.begin(t, "STOR a.txt")
	c.resetData()
	c.want(t, "425 Cannot open the data connection.")
	nothingStored(t, store)
	c.ask(t, "NOOP", "200 *")
}

// TestShutdownDuringHandshake holds that a silent client does not hold up the
// end of the server.
func TestShutdownDuringHandshake(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		srv, addr := serve(t, "127.0.0.1", implicit, Options{
			Authenticator: testUsers{files: memstore.New()}, TLS: serverTLS(), Limits: Limits{Handshake: time.Hour},
		})
		c := dial(t, addr)
		defer c.close()
		if !implicit {
			c.want(t, "220 *")
			c.ask(t, "AUTH TLS", "234 *")
		}
		eventually(t, "the session", func() bool {
			srv.mu.Lock()
			defer srv.mu.Unlock()
			return len(srv.sessions) == 1
		})
		if err := srv.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
	}
}

// TestDataConnectionsResume holds that a client may go on with the TLS session
// of its control connection, in both versions.
func TestDataConnectionsResume(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}, TLS: serverTLS()})
		c := logInTLS(t, addr, version)
		c.begin(t, "NLST")
		data := c.data.(*tls.Conn)
		if err := data.Handshake(); err != nil {
			t.Fatal(err)
		}
		if !data.ConnectionState().DidResume {
			t.Errorf("%s: the data connection does not resume the control connection's session", tls.VersionName(version))
		}
		c.want(t, "226 *")
		c.closeData()
	}
}
