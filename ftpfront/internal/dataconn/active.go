package dataconn

import (
	"context"
	"net"
	"net/netip"
)

// Active dials the client.
type Active struct {
	// Local is the address to dial from, the one that the client's control
	// connection reached. Its port is 0 for any; any other is shared by the
	// data connections of all clients.
	Local  netip.AddrPort
	Remote netip.AddrPort
}

var _ Opener = Active{}

// Open dials.
func (a Active) Open(ctx context.Context) (*Conn, error) {
	d := net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(a.Local)}
	if a.Local.Port() != 0 {
		d.Control = sharePort
	}
	tcp, err := d.DialContext(ctx, "tcp", a.Remote.String())
	if err != nil {
		return nil, err
	}
	return Plain(tcp), nil
}

// Close does nothing: nothing is held before Open.
func (a Active) Close() error { return nil }
