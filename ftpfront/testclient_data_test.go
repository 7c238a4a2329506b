package ftpfront

import (
	"bufio"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"time"
)

// listen prepares an active data connection.
func (c *testClient) listen() (netip.AddrPort, error) {
	c.unlisten()
	local := c.raw.LocalAddr().(*net.TCPAddr)
	ln, err := net.ListenTCP("tcp", &net.TCPAddr{IP: local.IP})
	if err != nil {
		return netip.AddrPort{}, err
	}
	c.listener = ln
	return addrPort(ln.Addr()), nil
}

func (c *testClient) unlisten() {
	if c.listener != nil {
		c.listener.Close() // nothing more is expected there
		c.listener = nil
	}
}

// openData opens the data connection as it was agreed last.
func (c *testClient) openData() error {
	var conn net.Conn
	var err error
	switch {
	case c.listener != nil:
		c.listener.SetDeadline(time.Now().Add(patience)) // an error shows in Accept
		conn, err = c.listener.Accept()
		c.unlisten()
	case c.passive.IsValid():
		conn, err = net.DialTimeout("tcp", c.passive.String(), patience)
		c.passive = netip.AddrPort{}
	default:
		err = errors.New("no data connection was agreed on")
	}
	if err != nil {
		return err
	}
	c.bound(conn)
	c.data, c.dataTCP = conn, conn.(*net.TCPConn)
	if c.protect {
		c.data = tls.Client(conn, c.tls) // the handshake comes with the first use
	}
	c.dataReader = bufio.NewReader(c.data)
	return nil
}

// knock opens a data connection that the server breaks off at once, perhaps
// before the dialling has ended.
func (c *testClient) knock() {
	if c.openData() == nil {
		c.resetData()
	}
}

// closeData ends the data connection as a client does that is done with it.
func (c *testClient) closeData() error {
	data := c.data
	if data == nil {
		return nil
	}
	c.data = nil
	if t, ok := data.(*tls.Conn); ok {
		if err := t.Handshake(); err != nil { // not yet, if nothing was sent
			t.Close() // the handshake's error says it
			return err
		}
	}
	return data.Close()
}

// resetData breaks the data connection off, as a killed client behind a
// firewall does.
func (c *testClient) resetData() {
	c.dataTCP.SetLinger(0) // an open connection takes it
	c.dataTCP.Close()
	c.data = nil
}

// cutData ends the TCP connection and leaves TLS to find out.
func (c *testClient) cutData() {
	if t, ok := c.data.(*tls.Conn); ok {
		t.Handshake() // if it fails, there is nothing to cut
	}
	c.dataTCP.Close()
	c.data = nil
}
