package ftpfront

import (
	"fmt"
	"net"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
)

// policy returns p for the packages that read headers; nil if there are none.
func (p *ProxyProtocol) policy() *proxyproto.Policy {
	if len(p.Trusted) == 0 {
		return nil
	}
	return &proxyproto.Policy{Trusted: p.Trusted, Timeout: p.Timeout}
}

// newPorts returns the ports of o.PassiveMode.
func newPorts(o *Options, proxies *proxyproto.Policy, tickets *dataconn.Tickets) dataconn.Ports {
	r := dataconn.Range{
		First: o.PassivePorts[0], Last: o.PassivePorts[1],
		Wait: o.Limits.DataOpen, Proxies: proxies,
	}
	switch o.PassiveMode {
	case PassivePooled:
		return &dataconn.Pool{Range: r}
	case PassiveSingle:
		return &dataconn.Single{Range: r, Tickets: tickets, Handshake: o.Limits.Handshake}
	}
	return &dataconn.Own{Range: r}
}

// bindPorts makes the passive ports ready for clients of a control listener.
// One that has no TCP address (in memory) has no passive ports either. It is
// called with mu held, so that Close finds all that was bound.
func (srv *Server) bindPorts(ln net.Listener) error {
	ip := addrPort(ln.Addr()).Addr()
	if !ip.IsValid() {
		return nil
	}
	if err := srv.ports.Bind(ip); err != nil {
		return fmt.Errorf("ftpfront: %w", err)
	}
	return nil
}

// admit finds out whose connection conn is, and opens its session. A proxy that
// is slow with its header holds up nobody else.
func (srv *Server) admit(conn net.Conn, implicit bool) {
	if !srv.proxies.Speaks(conn) {
		srv.open(conn, proxyproto.Of(conn), implicit)
		return
	}
	if !srv.await(conn) {
		conn.Close() // before its header, nobody can be answered
		return
	}
	go func() {
		ends, err := srv.proxies.Ends(conn)
		if err == nil {
			srv.open(conn, ends, implicit)
		} else {
			srv.opt.Logger.Warn("proxy header", "remote", conn.RemoteAddr().String(), "err", err)
			conn.Close() // as above
		}
		srv.arrived(conn)
	}()
}

// await counts conn among those that owe a header. It reports false if there is
// no session left for it, or the server closes.
func (srv *Server) await(conn net.Conn) bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	if srv.draining || over(len(srv.sessions)+len(srv.arriving), srv.opt.Limits.Sessions) {
		return false
	}
	srv.arriving[conn] = struct{}{}
	srv.running.Add(1)
	return true
}

func (srv *Server) arrived(conn net.Conn) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.arriving, conn)
	srv.running.Done()
}

// shareTickets notes that the control connection of s has resumed a ticket of
// another session: its client keeps one cache for several sessions, so that the
// tickets of neither tell PassiveSingle whose a data connection is.
func (srv *Server) shareTickets(s *session, other string) {
	s.shared.Store(true)
	srv.mu.Lock()
	defer srv.mu.Unlock()
	for o := range srv.sessions {
		if o.id == other {
			o.shared.Store(true)
			return
		}
	}
}
