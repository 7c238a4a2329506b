package proxyproto

import (
	"net"
	"net/netip"
	"time"
)

// Policy says which connections begin with a header. A nil Policy trusts
// nobody. It is not changed after its first use and safe for concurrent use.
type Policy struct {
	Trusted []netip.Prefix // networks of the proxies
	Timeout time.Duration  // for a header to come; not positive for no limit
}

// Speaks reports whether conn has to begin with a header, because it comes from
// a trusted network.
func (p *Policy) Speaks(conn net.Conn) bool {
	if p == nil || len(p.Trusted) == 0 {
		return false
	}
	from := addrPort(conn.RemoteAddr()).Addr().WithZone("")
	for _, network := range p.Trusted {
		if network.Contains(from) {
			return true
		}
	}
	return false
}

// Ends tells whose connection conn is: as its header says if conn has to have
// one, which is then read and may take the Timeout, else as the socket says.
func (p *Policy) Ends(conn net.Conn) (Ends, error) {
	if !p.Speaks(conn) {
		return Of(conn), nil
	}
	if p.Timeout > 0 {
		conn.SetReadDeadline(time.Now().Add(p.Timeout)) // an error shows in Read
	}
	e, err := Read(conn)
	if err != nil {
		return Ends{}, err
	}
	conn.SetReadDeadline(time.Time{}) // as above
	if e == (Ends{}) {
		return Of(conn), nil
	}
	return e, nil
}

// Of gives the ends of the socket itself, without IPv4-in-IPv6 forms;
// connections that have no TCP address (in memory) give zero values.
func Of(conn net.Conn) Ends {
	return Ends{Client: addrPort(conn.RemoteAddr()), Server: addrPort(conn.LocalAddr())}
}

func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
