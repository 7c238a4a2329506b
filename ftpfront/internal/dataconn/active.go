package dataconn

import (
	"context"
	"net"
	"net/netip"
)

// Active dials the client, from the address that the client's control
// connection reached.
type Active struct {
	Local  netip.Addr
	Remote netip.AddrPort
}

var _ Opener = Active{}

// Open dials.
func (a Active) Open(ctx context.Context) (net.Conn, error) {
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(a.Local, 0))}
	return d.DialContext(ctx, "tcp", a.Remote.String())
}

// Close does nothing: nothing is held before Open.
func (a Active) Close() error { return nil }
