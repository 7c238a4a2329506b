package ftpfront

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// TestFloodDuringTransfer holds that however many commands a client sends
// during a transfer, each is answered once, in order.
func TestFloodDuringTransfer(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}})
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello")
	const pairs = 160
	if err := c.send(strings.Repeat("PWD\r\nTYPE I\r\n", pairs)); err != nil {
		t.Fatal(err)
	}
	if err := c.closeData(); err != nil {
		t.Fatal(err)
	}
	c.want(t, "226 *")
	for range pairs {
		c.want(t, "257 *")
		c.want(t, "200 Type set.")
	}
	c.ask(t, "NOOP", "200 OK.")
}

// TestEndIsNotBelievedWhereNoABORIsHeard holds that an upload whose end nothing
// proves is not taken for whole when so much waits behind it that the session has
// stopped reading.
func TestEndIsNotBelievedWhereNoABORIsHeard(t *testing.T) {
	data, control := net.Pipe()
	defer data.Close()
	defer control.Close()
	running := &transfer{ctx: t.Context()}
	u := &uploadBody{t: running, conn: dataconn.Plain(data), control: control, opened: time.Now()}
	if err := u.cut(5); err != nil {
		t.Errorf("while commands are read: %v", err)
	}
	running.deaf.Store(true)
	if err := u.cut(5); !errors.Is(err, errCutShort) {
		t.Errorf("while none is read: got %v, want %v", err, errCutShort)
	}
	u.size = 5 // ALLO proves it
	if err := u.cut(5); err != nil {
		t.Errorf("with the announced size: %v", err)
	}
}

// TestLineTooLong holds that an overlong line costs one 500 and nothing else,
// outside a transfer and during one.
func TestLineTooLong(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}})
	c := logIn(t, addr)
	long := "RETR " + strings.Repeat("x", 3*wire.MaxLine)
	c.ask(t, long, "500 Command line too long.", "NOOP", "200 OK.")
	c.ask(t, "CWD "+strings.Repeat("x/", 3000), "553 File name not allowed.")
	c.upload(t, "STOR a.txt", "hello")
	if err := c.send(long + "\r\nPWD\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := c.closeData(); err != nil {
		t.Fatal(err)
	}
	c.want(t, "226 *")
	c.want(t, "500 Command line too long.")
	c.want(t, "257 *")
}

// TestGarbage holds that what is no FTP gets an answer a line, and no more.
func TestGarbage(t *testing.T) {
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: memstore.New()}})
	c := dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	if err := c.send("GET / HTTP/1.1\r\nHost: example\r\n\r\n\x00\x01\x02\r\n\xff\xff\xff\r\n"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		c.want(t, "500 Unknown command.")
	}
	c.ask(t, "NOOP", "200 OK.")
}
