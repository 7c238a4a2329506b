package ftpfront

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// ErrServerClosed is the error of Serve after Shutdown or Close.
var ErrServerClosed = errors.New("ftpfront: server closed")

// transferBuffer is the size of the buffers that content is copied through:
// measured, 256 KiB moves 1.6 times as much as 32 KiB.
const transferBuffer = 256 << 10

// refusalWait bounds the sending of 421 to a client that gets no session.
const refusalWait = time.Second

// Server is an FTP server. Make it with New; all methods may be called from any
// goroutine.
type Server struct {
	opt      Options
	commands map[string]command
	site     map[string]siteCommand
	tickets  *dataconn.Tickets // nil without Options.TLS
	ports    dataconn.Ports
	proxies  *proxyproto.Policy // nil if there are none
	buffers  sync.Pool          // of *[transferBuffer]byte

	ctx    context.Context // ends with Close
	cancel context.CancelFunc

	mu         sync.Mutex
	draining   bool
	listeners  map[net.Listener]struct{}
	sessions   map[*session]struct{}
	arriving   map[net.Conn]struct{} // those that owe a PROXY header
	perAddress map[netip.Addr]int
	perAccount map[string]*accountUse
	running    sync.WaitGroup // one for each session and each of arriving
}

// New checks the options and returns a server that serves nothing yet.
func New(o Options) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	srv := &Server{
		opt:        o.withDefaults(),
		listeners:  map[net.Listener]struct{}{},
		sessions:   map[*session]struct{}{},
		arriving:   map[net.Conn]struct{}{},
		perAddress: map[netip.Addr]int{},
		perAccount: map[string]*accountUse{},
	}
	srv.proxies = srv.opt.ProxyProtocol.policy()
	srv.commands, srv.site = commandTable(), siteTable(o.Site)
	if o.TLS != nil {
		srv.tickets = dataconn.NewTickets(o.TLS)
	}
	srv.ports = newPorts(&srv.opt, srv.proxies, srv.tickets)
	srv.buffers.New = func() any { return new([transferBuffer]byte) }
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	return srv, nil
}

// Serve accepts control connections on ln until the server is shut down or
// accepting fails for good. It closes ln, and always returns an error:
// ErrServerClosed after Shutdown or Close.
func (srv *Server) Serve(ln net.Listener) error { return srv.serve(ln, false) }

// ServeTLS is Serve for implicit FTPS: TLS comes before the greeting, and data
// connections are protected from the start.
func (srv *Server) ServeTLS(ln net.Listener) error {
	if srv.opt.TLS == nil {
		ln.Close() // nothing was served on it
		return errors.New("ftpfront: ServeTLS needs Options.TLS")
	}
	return srv.serve(ln, true)
}

func (srv *Server) serve(ln net.Listener, implicit bool) error {
	defer ln.Close() // a second close is harmless
	srv.mu.Lock()
	if srv.draining {
		srv.mu.Unlock()
		return ErrServerClosed
	}
	if err := srv.bindPorts(ln); err != nil {
		srv.mu.Unlock()
		return err
	}
	srv.listeners[ln] = struct{}{}
	srv.mu.Unlock()
	defer srv.unlisten(ln)

	for pause := time.Duration(0); ; {
		conn, err := ln.Accept()
		if err == nil {
			pause = 0
			srv.admit(conn, implicit)
			continue
		}
		if srv.closing() {
			return ErrServerClosed
		}
		if errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("accept: %w", err)
		}
		// Out of descriptors, or a connection that ended in the backlog:
		// what passes by itself must not end the server.
		pause = min(max(2*pause, 5*time.Millisecond), time.Second)
		srv.opt.Logger.Error("accept failed", "err", err, "retry", pause)
		select {
		case <-time.After(pause):
		case <-srv.ctx.Done():
		}
	}
}

func (srv *Server) unlisten(ln net.Listener) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.listeners, ln)
}

// open starts a session for conn, whose ends are given, or refuses it.
func (srv *Server) open(conn net.Conn, ends proxyproto.Ends, implicit bool) {
	address := counted(ends.Client.Addr())
	srv.mu.Lock()
	var full Limit
	switch {
	case over(len(srv.sessions), srv.opt.Limits.Sessions):
		full = LimitSessions
	case over(srv.perAddress[address], srv.opt.Limits.SessionsPerAddress):
		full = LimitSessionsPerAddress
	}
	if full != "" || srv.draining {
		srv.mu.Unlock()
		if full != "" {
			srv.limited(SessionInfo{Remote: ends.Client}, full)
		}
		go refuse(conn, implicit)
		return
	}
	s := newSession(srv, conn, ends, implicit)
	srv.sessions[s] = struct{}{}
	srv.perAddress[address]++
	srv.running.Add(1)
	srv.mu.Unlock()
	go s.serve()
}

// networkBits is the part of an IPv6 address that tells networks apart; of the rest
// one host can have all (RFC 4291, section 2.5.1).
const networkBits = 64

// counted is the address by which a client's sessions are counted. All hosts of
// a link share the network of its own addresses.
func counted(client netip.Addr) netip.Addr {
	if !client.Is6() || client.IsLinkLocalUnicast() {
		return client
	}
	return netip.PrefixFrom(client, networkBits).Masked().Addr()
}

// over reports whether one more than n would cross limit.
func over(n, limit int) bool { return limit >= 0 && n >= limit }

// refuse tells a client that there is no session for it. Before TLS nothing
// readable can be said.
func refuse(conn net.Conn, implicit bool) {
	defer conn.Close() // the client is turned away either way
	if implicit {
		return
	}
	conn.SetWriteDeadline(time.Now().Add(refusalWait)) // an error shows in Write
	r := wire.Reply{Code: wire.ServiceClosing, Text: "Too many connections, try again later."}
	conn.Write(r.Append(nil)) // a client that is gone needs no answer
}

// forget ends the accounting of s.
func (srv *Server) forget(s *session) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	delete(srv.sessions, s)
	release(srv.perAddress, counted(s.remote.Addr()))
	srv.running.Done()
}

// accountUse is what the sessions of one account share.
type accountUse struct {
	sessions int // guarded by Server.mu
	up, down *pace
}

// enter counts a session of an account. It returns nil if the account has as
// many as it may.
func (srv *Server) enter(a *Account) *accountUse {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	use := srv.perAccount[a.Name]
	if use == nil {
		rate := narrower(srv.opt.Limits.AccountBytesPerSecond, a.Limits.BytesPerSecond)
		use = &accountUse{up: newPace(rate), down: newPace(rate)}
		srv.perAccount[a.Name] = use
	}
	if a.Limits.Sessions > 0 && use.sessions >= a.Limits.Sessions {
		return nil
	}
	use.sessions++
	return use
}

func (srv *Server) leave(account string) {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	use := srv.perAccount[account]
	if use.sessions--; use.sessions == 0 {
		delete(srv.perAccount, account)
	}
}

// narrower is the smaller of two limits, of which one that is not positive is none.
func narrower(a, b int64) int64 {
	if a <= 0 || b > 0 && b < a {
		return b
	}
	return a
}

func release[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}

func (srv *Server) closing() bool {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	return srv.draining
}

// Shutdown stops accepting, tells idle sessions goodbye with 421, lets running
// transfers and commands end, and returns when all sessions have. When ctx ends
// first it returns its error; Close then ends the rest.
func (srv *Server) Shutdown(ctx context.Context) error {
	srv.drain()
	done := make(chan struct{})
	go func() {
		srv.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		srv.cancel()
		return srv.ports.Close()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends everything at once; uploads in progress are cut short. It returns
// when all sessions have ended.
func (srv *Server) Close() error {
	srv.drain()
	srv.cancel()
	srv.running.Wait()
	return srv.ports.Close()
}

// drain closes the listeners and wakes idle sessions.
func (srv *Server) drain() {
	srv.mu.Lock()
	defer srv.mu.Unlock()
	srv.draining = true
	for ln := range srv.listeners {
		ln.Close() // Serve reports what matters
		delete(srv.listeners, ln)
	}
	for conn := range srv.arriving {
		conn.Close() // it is not known yet whose it is
	}
	for s := range srv.sessions {
		s.ctl.wake()
	}
}

// addrPort returns a as an address without an IPv4-in-IPv6 form; connections
// that have no TCP address (in memory) give the zero value.
func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// verbs returns the verbs of the command table without the old names, sorted.
func (srv *Server) verbs() []string {
	v := make([]string, 0, len(srv.commands))
	for name, row := range srv.commands {
		if !row.alias {
			v = append(v, name)
		}
	}
	slices.Sort(v)
	return v
}
