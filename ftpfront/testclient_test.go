package ftpfront

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// patience bounds every wait of a test for the server: far longer than any wait
// that is meant to succeed.
const patience = 10 * time.Second

// testClient is just enough of an FTP client, on one goroutine.
type testClient struct {
	raw    *net.TCPConn
	conn   net.Conn // raw, or TLS over it
	reader *bufio.Reader
	tls    *tls.Config

	passive  netip.AddrPort // of the last 227 or 229
	listener *net.TCPListener
	protect  bool // PROT P was sent

	data       net.Conn // nil while there is none
	dataTCP    *net.TCPConn
	dataReader *bufio.Reader
}

// dial connects to a server.
func dial(t *testing.T, addr string) *testClient {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	c := &testClient{raw: conn.(*net.TCPConn), conn: conn, reader: bufio.NewReader(conn), tls: clientTLS()}
	c.bound(conn)
	return c
}

func (c *testClient) bound(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(patience)) // an error shows in what follows
}

// secure protects the control connection.
func (c *testClient) secure() error {
	t := tls.Client(c.raw, c.tls)
	if err := t.Handshake(); err != nil {
		return err
	}
	c.conn, c.reader = t, bufio.NewReader(t)
	return nil
}

func (c *testClient) send(text string) error {
	_, err := c.conn.Write([]byte(text))
	return err
}

// reply reads one line of the server. Every line must end in CR LF.
func (c *testClient) reply() (string, error) {
	c.bound(c.raw)
	line, err := c.reader.ReadString('\n')
	if err != nil {
		return line, err
	}
	text, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return line, errors.New("line does not end in CR LF")
	}
	server := c.raw.RemoteAddr().(*net.TCPAddr).AddrPort().Addr()
	if addr, ok := passiveAddress(text, server); ok {
		c.passive = addr
		c.unlisten()
	}
	return text, nil
}

// noteProtection follows PROT, which decides on the next data connection.
func (c *testClient) noteProtection(command string) {
	switch cmd := wire.ParseCommand(command); cmd.Verb {
	case "PROT":
		c.protect = cmd.Arg == "P"
	case "AUTH":
		c.protect = cmd.Arg == "SSL" || cmd.Arg == "TLS-P"
	}
}

func (c *testClient) close() {
	c.unlisten()
	if c.data != nil {
		c.dataTCP.Close() // left open by the test
	}
	c.raw.Close()
}

// want compares the server's next line with a pattern; see matches.
func (c *testClient) want(t *testing.T, pattern string) {
	t.Helper()
	if got, err := c.reply(); err != nil || !matches(pattern, got) {
		t.Fatalf("the server sends %q (%v), want %q", got, err, pattern)
	}
}

// ask sends commands and compares each reply of one line.
func (c *testClient) ask(t *testing.T, dialogue ...string) {
	t.Helper()
	for i := 0; i < len(dialogue); i += 2 {
		c.noteProtection(dialogue[i])
		if err := c.send(dialogue[i] + "\r\n"); err != nil {
			t.Fatalf("send %q: %v", dialogue[i], err)
		}
		c.want(t, dialogue[i+1])
	}
}

// closed checks that the server has ended the session.
func (c *testClient) closed(t *testing.T) {
	t.Helper()
	if got, err := c.reply(); err == nil {
		t.Fatalf("the server sends %q, want it to close", got)
	}
}

// begin opens a data connection and starts a transfer on it. In this order, a
// server that breaks it off at once cannot break the dialling.
func (c *testClient) begin(t *testing.T, command string) {
	t.Helper()
	c.ask(t, "EPSV", "229 *")
	if err := c.openData(); err != nil {
		t.Fatal(err)
	}
	c.ask(t, command, "150 *")
}

// upload starts an upload and sends a part of it, which has reached the server
// when upload returns.
func (c *testClient) upload(t *testing.T, command, part string) {
	t.Helper()
	c.begin(t, command)
	if _, err := c.data.Write([]byte(part)); err != nil {
		t.Fatal(err)
	}
}

// broken checks that the server has broken the data connection off.
func (c *testClient) broken(t *testing.T) {
	t.Helper()
	if _, err := io.ReadAll(c.dataReader); err == nil || isTimeout(err) {
		t.Errorf("the data connection gives %v, want it broken off", err)
	}
	c.resetData()
}

// logIn connects, logs ann in and chooses TYPE I.
func logIn(t *testing.T, addr string) *testClient {
	t.Helper()
	c := dial(t, addr)
	t.Cleanup(c.close)
	c.want(t, "220 *")
	c.ask(t, "USER ann", "331 *", "PASS secret", "230 *", "TYPE I", "200 *")
	return c
}

// logInTLS is logIn over explicit TLS with protected data connections.
func logInTLS(t *testing.T, addr string, version uint16) *testClient {
	t.Helper()
	c := dial(t, addr)
	t.Cleanup(c.close)
	c.tls.MinVersion, c.tls.MaxVersion = version, version
	c.want(t, "220 *")
	c.ask(t, "AUTH TLS", "234 *")
	if err := c.secure(); err != nil {
		t.Fatal(err)
	}
	c.ask(t, "USER ann", "331 *", "PASS secret", "230 *", "TYPE I", "200 *", "PBSZ 0", "200 *", "PROT P", "200 *")
	return c
}
