package ftpfront

import (
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
// protection and sends plain text gets 522, and 425 for nothing.
func TestDataConnectionWithoutHandshake(t *testing.T) {
	store := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, TLS: serverTLS()})
	c := logInTLS(t, addr, 0)
	c.begin(t, "STOR a.txt")
	if _, err := c.dataTCP.Write([]byte("hello, in plain text\r\n")); err != nil {
		t.Fatal(err)
	}
	c.want(t, "522 TLS negotiation failed on the data connection.")
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
