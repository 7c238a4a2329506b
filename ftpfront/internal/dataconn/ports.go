package dataconn

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
)

// ErrNoPort is the error when every port of the passive range is taken.
var ErrNoPort = errors.New("no free passive port")

// errUnused is the error of opening what was given up before.
var errUnused = errors.New("passive port given up: no client came in time")

// Ports opens passive data connections. Each implementation is a way to tell
// whose connection has come; all are safe for concurrent use.
type Ports interface {
	// Bind makes ready for clients whose control connections reach ip, which
	// may be unspecified: once for each control listener, before any Listen.
	Bind(ip netip.Addr) error
	// Listen waits for one connection of a client from now on.
	Listen(ctx context.Context, c Claim) (*Passive, error)
	// Close closes what Bind has opened. No Passive may be in use any more.
	Close() error
}

// Claim says whose data connection is waited for.
type Claim struct {
	Session string // the session's id
	// Protected says that the transfer will ask for TLS (PROT P). Single goes by it.
	Protected bool
	// Shared reports whether other sessions show this one's tickets, so that they
	// do not tell whose a connection is; nil for no. It is safe for concurrent use.
	Shared func() bool
	Local  netip.Addr // the address of the server that its control connection reached
	Peer   netip.Addr // the client's address, in no IPv4-in-IPv6 form
}

// Range is what all kinds of Ports have in common.
type Range struct {
	First, Last uint16 // ports, both included; 0 leaves the choice to the system

	// Wait is how long a port is held that no transfer asks for; not positive
	// for no limit.
	Wait time.Duration
	// Proxies says which connections tell their client by a header; nil for none.
	Proxies *proxyproto.Policy
}

func (r *Range) size() int { return int(r.Last) - int(r.First) + 1 }

// boundFor returns the key of what is bound where connections to ip arrive: on
// ip itself, or on all addresses.
func boundFor[T any](bound map[netip.Addr]T, ip netip.Addr) netip.Addr {
	if _, ok := bound[ip]; ok {
		return ip
	}
	if _, ok := bound[netip.IPv4Unspecified()]; ok && ip.Is4() {
		return netip.IPv4Unspecified()
	}
	return netip.IPv6Unspecified() // which takes IPv4 too
}
