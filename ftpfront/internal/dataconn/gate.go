package dataconn

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
)

// maxAsking is how many connections to one port may owe their PROXY header at
// once. A trusted proxy sends it with the first segment.
const maxAsking = 64

// gate is one passive port: it accepts connections, finds out whom they are
// from, and closes those that nobody waits for.
type gate struct {
	ln      *net.TCPListener
	proxies *proxyproto.Policy
	offer   func(conn net.Conn, from netip.Addr) bool // takes conn, or reports false
	closed  chan struct{}

	mu     sync.Mutex
	asking map[net.Conn]struct{} // those that owe a header; nil after close
	busy   sync.WaitGroup        // run, and one for each of asking
}

func newGate(ln net.Listener, proxies *proxyproto.Policy) *gate {
	return &gate{
		ln: ln.(*net.TCPListener), proxies: proxies, // "tcp" gives no other
		closed: make(chan struct{}), asking: map[net.Conn]struct{}{},
	}
}

func (g *gate) port() uint16 { return g.ln.Addr().(*net.TCPAddr).AddrPort().Port() }

// start begins to accept; offer is set before it.
func (g *gate) start() { g.busy.Go(g.run) }

func (g *gate) run() {
	for pause := time.Duration(0); ; {
		conn, err := g.ln.AcceptTCP()
		if err == nil {
			pause = 0
			g.admit(conn)
			continue
		}
		if errors.Is(err, net.ErrClosed) {
			return
		}
		// Out of descriptors, most likely. The client waits in the backlog.
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		select {
		case <-time.After(pause):
		case <-g.closed:
			return
		}
	}
}

// admit offers conn, after its header has come if it has to have one. A slow
// header holds up nobody else.
func (g *gate) admit(conn net.Conn) {
	if !g.proxies.Speaks(conn) {
		g.give(conn, proxyproto.Of(conn))
		return
	}
	if !g.ask(conn) {
		conn.Close() // nobody's
		return
	}
	go func() {
		defer g.busy.Done()
		ends, err := g.proxies.Ends(conn)
		if g.answered(conn); err != nil {
			conn.Close() // not said whose it is
			return
		}
		g.give(conn, ends)
	}()
}

func (g *gate) give(conn net.Conn, ends proxyproto.Ends) {
	if !g.offer(conn, ends.Client.Addr()) {
		conn.Close() // a stranger's
	}
}

// ask counts conn among those that owe a header. It reports false if there are
// too many, or the gate is closed.
func (g *gate) ask(conn net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.asking == nil || len(g.asking) >= maxAsking {
		return false
	}
	g.asking[conn] = struct{}{}
	g.busy.Add(1)
	return true
}

func (g *gate) answered(conn net.Conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.asking, conn)
}

// close gives the port back. It is called once; wait tells when all has ended.
func (g *gate) close() {
	close(g.closed)
	g.ln.Close() // run has said what matters
	g.mu.Lock()
	defer g.mu.Unlock()
	for conn := range g.asking {
		conn.Close() // nobody waits for it any more
	}
	g.asking = nil
}
