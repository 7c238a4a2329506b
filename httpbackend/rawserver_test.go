package httpbackend_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/httpbackend"
)

// rawConn is a connection of a server that writes what it likes.
type rawConn struct {
	net.Conn
	in *bufio.Reader
}

// serveRaw answers each connection by f.
func serveRaw(t *testing.T, f func(*rawConn), change ...func(*httpbackend.Options)) *httpbackend.Backend {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				f(&rawConn{c, bufio.NewReader(c)})
			})
		}
	})
	m, err := filesPreset()
	if err != nil {
		t.Fatal(err)
	}
	opt := httpbackend.Options{Mapping: m, Server: "http://" + l.Addr().String()}
	for _, g := range change {
		g(&opt)
	}
	u, err := httpbackend.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		u.Close()
		l.Close()
		wg.Wait()
	})
	cred := map[string]httpbackend.Credential{"bearer": &bearer{token: "secret"}}
	return u.Backend(httpbackend.Caller{Session: "s1", Credentials: cred}).(*httpbackend.Backend)
}

// request reads the head of a request; nil when the connection ends.
func (c *rawConn) request() *http.Request {
	r, err := http.ReadRequest(c.in)
	if err != nil {
		return nil
	}
	return r
}

func (c *rawConn) read(n int64)   { _, _ = io.CopyN(io.Discard, c.in, n) }
func (c *rawConn) write(s string) { _, _ = io.WriteString(c, s) }

// reset ends the connection with a RST.
func (c *rawConn) reset() { _ = c.Conn.(*net.TCPConn).SetLinger(0) }

// hang waits until the other side has closed.
func (c *rawConn) hang() {
	_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	_, _ = io.Copy(io.Discard, c.in)
}

// serveWith is serve with a credential of the test's own.
func serveWith(t *testing.T, h http.Handler, cred httpbackend.Credential) *httpbackend.Backend {
	t.Helper()
	return connect(t, httptest.NewServer(h), cred)
}
