package dataconn

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// callersPerSession is how many undecided connections an address may have for
// each of its sessions that waits. One is rightful; the others have just been
// given up, or are a neighbour's.
const callersPerSession = 2

// Single serves all clients on one port. A connection is for one of the
// sessions of its address that wait as it comes. If that is only one, it is
// that one's at once, as in Pool. Otherwise its first bytes decide; see caller.
type Single struct {
	Range     // of one port
	Tickets   *Tickets
	Handshake time.Duration // limit of a handshake that has begun; not positive for none

	mu    sync.Mutex
	bound map[netip.Addr]*junction // by what Bind was given
}

var _ Ports = (*Single)(nil)

// Bind binds the port on ip, unless that is done.
func (s *Single) Bind(ip netip.Addr) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bound[ip] != nil {
		return nil
	}
	ln, err := listenOn(context.Background(), netip.AddrPortFrom(ip, s.First))
	if err != nil {
		return fmt.Errorf("bind passive ports: %w", err)
	}
	if s.bound == nil {
		s.bound = map[netip.Addr]*junction{}
	}
	j := &junction{
		gate: newGate(ln, s.Proxies), tickets: s.Tickets, handshake: s.Handshake,
		waiting: map[netip.Addr][]*Passive{}, callers: map[netip.Addr][]*caller{},
	}
	j.ctx, j.cancel = context.WithCancel(context.Background())
	j.offer = j.arrived
	j.start()
	s.bound[ip] = j
	return nil
}

// Listen waits on the port. Of one address any number of protected sessions may
// wait, but only one that is not: nothing would tell two apart.
func (s *Single) Listen(_ context.Context, c Claim) (*Passive, error) {
	s.mu.Lock()
	j := s.bound[boundFor(s.bound, c.Local)]
	s.mu.Unlock()
	if j == nil {
		return nil, ErrNoPort
	}
	return j.wait(c, s.Wait)
}

// Close closes the port and returns when nothing of it is left.
func (s *Single) Close() error {
	s.mu.Lock()
	bound := s.bound
	s.bound = nil
	s.mu.Unlock()
	for _, j := range bound {
		j.close()
		j.cancel()
		j.busy.Wait()
		j.deciding.Wait()
	}
	return nil
}

// junction is the port on one address of the server.
type junction struct {
	*gate
	tickets   *Tickets
	handshake time.Duration
	ctx       context.Context // ends with Close
	cancel    context.CancelFunc
	deciding  sync.WaitGroup // one for each of callers

	mu      sync.Mutex
	waiting map[netip.Addr][]*Passive // by the client's address
	callers map[netip.Addr][]*caller  // those that are undecided, likewise
}

func (j *junction) wait(c Claim, limit time.Duration) (*Passive, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	plain := func(p *Passive) bool { return !p.claim.Protected }
	if !c.Protected && slices.ContainsFunc(j.waiting[c.Peer], plain) {
		return nil, ErrNoPort
	}
	var p *Passive
	p = newPassive(j.port(), c, limit, func() {
		j.mu.Lock() // not before p is set
		defer j.mu.Unlock()
		j.settled(p)
	})
	j.waiting[c.Peer] = append(j.waiting[c.Peer], p)
	return p, nil
}

// settled ends the waiting of p, which may have been what others' connections
// were undecided about. It is called with mu held.
func (j *junction) settled(p *Passive) {
	peer := p.claim.Peer
	remove(j.waiting, peer, p)
	for _, c := range j.callers[peer] {
		if c.decided() {
			c.hush()
		}
	}
}

// arrived takes a connection, or reports false if nobody waits for it.
func (j *junction) arrived(tcp net.Conn, from netip.Addr) bool {
	j.mu.Lock()
	among := slices.Clone(j.waiting[from])
	if len(among) < 2 {
		j.mu.Unlock()
		return len(among) == 1 && among[0].offerPlain(tcp, from)
	}
	defer j.mu.Unlock()
	if len(j.callers[from]) >= callersPerSession*len(among) {
		return false
	}
	c := &caller{tcp: tcp.(*net.TCPConn), from: from, among: among, listening: true}
	j.callers[from] = append(j.callers[from], c)
	j.deciding.Go(func() { j.decide(c) })
	return true
}

// left notes that c is undecided no longer.
func (j *junction) left(c *caller) {
	j.mu.Lock()
	defer j.mu.Unlock()
	remove(j.callers, c.from, c)
}

// remove removes v from the values of key, and key with the last one.
func remove[K, V comparable](m map[K][]V, key K, v V) {
	m[key] = slices.DeleteFunc(m[key], func(other V) bool { return other == v })
	if len(m[key]) == 0 {
		delete(m, key)
	}
}
