// Package advertise knows the IPv4 address that PASV tells a client: a fixed
// one, the present one of a DNS name, or none of them, by the client's network.
package advertise

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"
)

// keep is how long the answer for a DNS name is used before it is asked for
// again, and askTime how long one question may take.
const (
	keep    = 10 * time.Second
	askTime = 2 * time.Second
)

// Options say what to tell whom. An address is written as IPv4 address or as DNS
// name; empty means the one that the client reached.
type Options struct {
	Address  string
	Networks []Network // the first that holds the client beats Address

	// Resolve looks up the IPv4 addresses of a name; nil asks the system.
	Resolve func(ctx context.Context, name string) ([]netip.Addr, error)
	// Logger gets the log; nil discards it.
	Logger *slog.Logger
}

// Network is an address for the clients of some networks.
type Network struct {
	Networks []netip.Prefix
	Address  string
}

// Addresses answers for Options. It is safe for concurrent use.
type Addresses struct {
	opt   Options
	names map[string]*name // by what Options call them

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	asking sync.WaitGroup
}

// name is a DNS name with its last good answer.
type name struct {
	first chan struct{} // closed when the first question has ended

	mu     sync.Mutex
	addr   netip.Addr // the last good answer; the zero Addr before it
	asked  time.Time  // when the last question began
	asking bool
}

// New returns Addresses that have asked nothing yet. Close ends their work.
func New(o Options) *Addresses {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Resolve == nil {
		o.Resolve = func(ctx context.Context, name string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip4", name)
		}
	}
	a := &Addresses{opt: o, names: map[string]*name{}}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	a.learn(o.Address)
	for _, n := range o.Networks {
		a.learn(n.Address)
	}
	return a
}

func (a *Addresses) learn(address string) {
	if _, err := netip.ParseAddr(address); err != nil && address != "" {
		a.names[address] = &name{first: make(chan struct{})}
	}
}

// Close ends questions in progress. For is not called any more.
func (a *Addresses) Close() {
	a.cancel()
	a.asking.Wait()
}

// For tells the address for a client; the zero Addr means the one that it
// reached. That is also the answer while a name has never been found. Only the
// first call for a name waits for the answer, for 2 seconds at most.
func (a *Addresses) For(client netip.Addr) netip.Addr {
	address := a.address(client)
	if n := a.names[address]; n != nil {
		return a.current(address, n)
	}
	ip, _ := netip.ParseAddr(address) // if it were a name, learn would have found it
	return ip
}

func (a *Addresses) address(client netip.Addr) string {
	client = client.Unmap().WithZone("")
	for _, n := range a.opt.Networks {
		for _, network := range n.Networks {
			if network.Contains(client) {
				return n.Address
			}
		}
	}
	return a.opt.Address
}

// current returns the last good answer, and sees to a newer one.
func (a *Addresses) current(host string, n *name) netip.Addr {
	n.mu.Lock()
	if !n.asking && (n.asked.IsZero() || time.Since(n.asked) >= keep) {
		n.asking, n.asked = true, time.Now()
		a.asking.Go(func() { a.ask(host, n) })
	}
	n.mu.Unlock()
	<-n.first
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.addr
}

func (a *Addresses) ask(host string, n *name) {
	ctx, stop := context.WithTimeout(a.ctx, askTime)
	defer stop()
	found, err := a.opt.Resolve(ctx, host)
	n.mu.Lock()
	defer n.mu.Unlock()
	if addr := choose(found, n.addr); addr.IsValid() {
		n.addr = addr
	} else {
		a.opt.Logger.Warn("passive address not found", "name", host, "err", err, "kept", n.addr)
	}
	n.asking = false
	select {
	case <-n.first:
	default:
		close(n.first)
	}
}

// choose returns the present address if it is among those found, else the first
// of them that PASV can tell; the zero Addr if there is none.
func choose(found []netip.Addr, present netip.Addr) netip.Addr {
	var first netip.Addr
	for _, addr := range found {
		addr = addr.Unmap()
		if addr == present {
			return present
		}
		if addr.Is4() && !first.IsValid() {
			first = addr
		}
	}
	return first
}
