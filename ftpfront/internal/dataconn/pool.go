package dataconn

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
)

// Pool keeps all ports of a small range bound and tells connections apart by
// the client's address. Sessions of one client wait on different ports; clients
// of different addresses share a port. So the sessions of one address can wait
// for as many data connections at once as there are ports.
type Pool struct {
	Range

	mu    sync.Mutex
	bound map[netip.Addr][]*shared // the whole range, by what Bind was given
	next  int                      // where the search goes on: a port rests before it is used again
}

var _ Ports = (*Pool)(nil)

// shared is one port with all that wait for a connection to it.
type shared struct {
	*gate
	waiting map[netip.Addr]*Passive // by the client's address; guarded by Pool.mu
}

// Bind binds the range on ip, unless that is done.
func (p *Pool) Bind(ip netip.Addr) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ports(ip) != nil {
		return nil
	}
	ports := make([]*shared, 0, p.size())
	for port := int(p.First); port <= int(p.Last); port++ {
		ln, err := listenOn(context.Background(), netip.AddrPortFrom(ip, uint16(port)))
		if err != nil {
			for _, s := range ports {
				s.close()
			}
			return fmt.Errorf("bind passive ports: %w", err)
		}
		ports = append(ports, p.share(ln))
	}
	if p.bound == nil {
		p.bound = map[netip.Addr][]*shared{}
	}
	p.bound[ip] = ports
	return nil
}

func (p *Pool) share(ln net.Listener) *shared {
	s := &shared{gate: newGate(ln, p.Proxies), waiting: map[netip.Addr]*Passive{}}
	s.offer = func(conn net.Conn, from netip.Addr) bool {
		p.mu.Lock()
		passive := s.waiting[from]
		p.mu.Unlock()
		return passive != nil && passive.offerPlain(conn, from)
	}
	s.start()
	return s
}

// ports returns the ports on which connections to ip arrive.
func (p *Pool) ports(ip netip.Addr) []*shared { return p.bound[boundFor(p.bound, ip)] }

// Listen waits on the next port on which no other session of that client waits.
func (p *Pool) Listen(_ context.Context, c Claim) (*Passive, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ports := p.ports(c.Local)
	for range ports {
		s := ports[p.next%len(ports)]
		p.next = (p.next + 1) % len(ports)
		if s.waiting[c.Peer] != nil {
			continue
		}
		passive := newPassive(s.port(), c, p.Wait, func() { p.release(s, c.Peer) })
		s.waiting[c.Peer] = passive
		return passive, nil
	}
	return nil, ErrNoPort
}

// release ends the waiting for a client on a port.
func (p *Pool) release(s *shared, peer netip.Addr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(s.waiting, peer)
}

// Close closes all ports and returns when nothing of them is left.
func (p *Pool) Close() error {
	p.mu.Lock()
	bound := p.bound
	p.bound = nil
	p.mu.Unlock()
	for _, ports := range bound {
		for _, s := range ports {
			s.close()
			s.busy.Wait() // without mu, which its connections may wait for
		}
	}
	return nil
}
