package ftpfront

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// lowestActivePort is the lowest port that the server dials: below it are the
// services that a bounce attack aims at (RFC 2577, section 3).
const lowestActivePort = 1024

// pasv answers PASV (RFC 959), which can name IPv4 addresses only.
func (s *session) pasv(ctx context.Context, _ string) (wire.Reply, error) {
	if s.epsvAll {
		return wire.Reply{}, errSequence // RFC 2428, section 4
	}
	if !s.local.Addr().Is4() {
		return wire.Reply{}, errNetwork
	}
	p, err := s.listen(ctx)
	if err != nil {
		return wire.Reply{}, err
	}
	addr := netip.AddrPortFrom(s.advertised(), p.Port())
	return wire.Reply{Code: wire.Passive, Text: "Entering Passive Mode (" + wire.FormatPort(addr) + ")."}, nil
}

// advertised is the address that the client is told to connect to.
func (s *session) advertised() netip.Addr {
	if f := s.srv.opt.PassiveAddress; f != nil {
		if a := f(s.remote.Addr()); a.Is4() {
			return a
		}
	}
	return s.local.Addr()
}

// epsv answers EPSV (RFC 2428, section 3): the client connects to the address
// that it knows, so only its own network can be asked for.
func (s *session) epsv(ctx context.Context, arg string) (wire.Reply, error) {
	own := "2"
	if s.local.Addr().Is4() {
		own = "1"
	}
	switch arg = strings.ToUpper(strings.TrimSpace(arg)); arg {
	case "ALL":
		s.epsvAll = true
		return wire.Reply{Code: wire.OK, Text: "EPSV only from now on."}, nil
	case "", own:
	case "1", "2":
		return wire.Reply{}, &protocolError{wire.BadNetwork, "Network protocol not supported, use (" + own + ")."}
	default:
		return wire.Reply{}, errSyntax
	}
	p, err := s.listen(ctx)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.ExtendedPassive, Text: fmt.Sprintf("Entering Extended Passive Mode (|||%d|).", p.Port())}, nil
}

// listen prepares a passive data connection.
func (s *session) listen(ctx context.Context) (*dataconn.Passive, error) {
	s.dropOpener()
	p, err := s.srv.ports.Listen(ctx, dataconn.Claim{
		Session: s.id, Protected: s.protect, Shared: s.shared.Load, Local: s.bind, Peer: s.remote.Addr(),
	})
	if err != nil {
		return nil, errors.Join(errNoDataConn, fmt.Errorf("listen for data: %w", err))
	}
	s.opener = p
	return p, nil
}

// port answers PORT (RFC 959).
func (s *session) port(_ context.Context, arg string) (wire.Reply, error) {
	addr, err := wire.ParsePort(arg)
	if err != nil {
		return wire.Reply{}, errSyntax
	}
	return s.active(addr)
}

// eprt answers EPRT (RFC 2428, section 2).
func (s *session) eprt(_ context.Context, arg string) (wire.Reply, error) {
	addr, err := wire.ParseExtendedPort(strings.TrimSpace(arg))
	if errors.Is(err, wire.ErrNetwork) {
		return wire.Reply{}, errNetwork
	}
	if err != nil {
		return wire.Reply{}, errSyntax
	}
	return s.active(addr)
}

// active prepares to dial the client: only the address that the control
// connection comes from, and no port of a well-known service (RFC 2577,
// section 3).
func (s *session) active(addr netip.AddrPort) (wire.Reply, error) {
	if s.epsvAll {
		return wire.Reply{}, errSequence
	}
	client := s.remote.Addr()
	if addr.Addr().Unmap() != client.WithZone("") || addr.Port() < lowestActivePort {
		return wire.Reply{}, errForeignAddress
	}
	from := s.bind
	if from.Is4() != client.Is4() { // a proxy stands between two kinds of networks
		from = netip.Addr{}
	}
	s.dropOpener()
	s.opener = dataconn.Active{
		Local:  netip.AddrPortFrom(from, s.srv.opt.ActivePort),
		Remote: netip.AddrPortFrom(client, addr.Port()),
	}
	return wire.Reply{Code: wire.OK, Text: "Ready to connect."}, nil
}

// dropOpener gives up a prepared data connection.
func (s *session) dropOpener() {
	if s.opener != nil {
		s.opener.Close() // nothing was sent on it
		s.opener = nil
	}
}
