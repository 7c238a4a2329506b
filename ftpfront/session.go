package ftpfront

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/proxyproto"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// maxHeldBytes is how much the commands that wait behind a transfer may take
// before the session stops reading; a pipelining client's ABOR is heard up to
// there. heldOverhead is what each takes besides its text.
const (
	maxHeldBytes = 16 << 10
	heldOverhead = 32
)

// session is one control connection from greeting to goodbye. Its goroutine
// owns all fields and is the only writer of replies.
type session struct {
	srv    *Server
	id     string
	log    *slog.Logger
	ctl    *control
	remote netip.AddrPort  // the client
	local  netip.AddrPort  // what the client connected to: of this machine, or of a proxy
	bind   netip.Addr      // the address of this machine that the control connection reached
	opened time.Time       // or logged out: a login is waited for since
	ctx    context.Context // ends with the session
	cancel context.CancelFunc

	implicit bool                 // TLS before the greeting
	tls      *tls.ConnectionState // of the control connection; nil without TLS
	pbsz     bool                 // PBSZ was given
	protect  bool                 // PROT P
	shared   atomic.Bool          // its client shows tickets of one session for others; see shareTickets

	user     string // the argument of USER; empty before it
	byCert   bool   // the certificate sufficed for the login
	certAsks int    // how often it did not
	password string // kept between PASS and ACCT only
	askAcct  bool   // ACCT is expected
	attempts int    // logins asked for
	failures int    // logins refused
	program  string // the argument of CLNT
	account  *Account
	files    storage.Backend   // the account's; nil before login
	able     storage.Abilities // of files
	up, down paces             // of content, by direction
	commands *pace             // nil without Limits.CommandsPerSecond

	cwd        storage.Path
	ascii      bool         // TYPE A
	deflate    bool         // MODE Z
	level      int          // of deflate, from 0 to 9
	restart    int64        // REST and RANG
	rangeEnd   int64        // RANG: the first byte no longer wanted; 0 is none
	allocated  int64        // ALLO; 0 is not known
	renameFrom storage.Path // RNFR; empty if none
	facts      wire.FactSet // OPTS MLST

	algorithm storage.Algorithm // OPTS HASH; empty for the first there is
	idle      time.Duration     // SITE IDLE; 0 for the account's
	host      string            // HOST

	opener  dataconn.Opener // for the next data connection; nil if none
	epsvAll bool            // EPSV ALL

	transfer *transfer // nil while none runs
	held     []line    // commands that wait for the transfer's end
	lost     bool      // the control connection ended; no more is read
	draining bool      // the server shuts down; the session ends after its transfer
	quit     bool      // the session ends after what it is doing
}

func newSession(srv *Server, conn net.Conn, ends proxyproto.Ends, implicit bool) *session {
	s := &session{
		srv: srv, id: "s_" + rand.Text(), ctl: newControl(conn), opened: time.Now(),
		remote: ends.Client, local: ends.Server, bind: addrPort(conn.LocalAddr()).Addr(),
		implicit: implicit, protect: implicit,
		commands: newPace(int64(srv.opt.Limits.CommandsPerSecond)),
		cwd:      storage.Root, ascii: true, facts: wire.AllFacts, level: defaultLevel,
	}
	s.log = srv.opt.Logger.With("session", s.id, "remote", s.remote.String())
	s.ctx, s.cancel = context.WithCancel(srv.ctx)
	return s
}

// serve runs the session to its end.
func (s *session) serve() {
	defer s.end()
	defer s.recover()
	if f := s.srv.opt.Events.SessionOpened; f != nil {
		f(s.info())
	}
	stop := context.AfterFunc(s.ctx, s.ctl.cut) // Server.Close
	defer stop()
	if s.implicit {
		if err := s.handshake(); err != nil {
			s.handshakeFailed(err)
			return
		}
	}
	s.reply(wire.Reply{Code: wire.Ready, Text: s.srv.opt.Name + " ready."})
	for !s.quit {
		s.step()
	}
}

// step does the next thing: wait on the running transfer, answer a held
// command, or read one.
func (s *session) step() {
	if s.transfer != nil {
		s.attendTransfer()
		return
	}
	if len(s.held) > 0 {
		l := s.held[0]
		s.held = s.held[1:]
		s.command(l)
		return
	}
	if s.lost {
		s.quit = true
		return
	}
	if s.draining {
		s.dismiss()
		return
	}
	l := s.ctl.next(s.deadline())
	if l.err != nil && !errors.Is(l.err, wire.ErrLineTooLong) {
		s.readFailed(l.err)
		return
	}
	s.command(l)
}

// deadline is when the next command must have come.
func (s *session) deadline() time.Time {
	limits := &s.srv.opt.Limits
	idle := s.idleLimit()
	if s.idle > 0 {
		idle = s.idle
	}
	var t time.Time
	if idle > 0 {
		t = time.Now().Add(idle)
	}
	if s.account == nil && limits.Login > 0 {
		if login := s.opened.Add(limits.Login); t.IsZero() || login.Before(t) {
			t = login
		}
	}
	return t
}

// idleLimit is the longest time between commands that the session may have.
func (s *session) idleLimit() time.Duration {
	if s.account != nil && s.account.Limits.Idle > 0 {
		return s.account.Limits.Idle
	}
	return s.srv.opt.Limits.Idle
}

// readFailed ends a session whose client said nothing in time, or is gone.
func (s *session) readFailed(err error) {
	s.quit = true
	if !isTimeout(err) {
		return
	}
	switch {
	case s.srv.closing():
		s.dismiss()
		return
	case s.account == nil:
		s.limited(LimitLogin)
	default:
		s.limited(LimitIdle)
	}
	s.reply(wire.Reply{Code: wire.ServiceClosing, Text: "No command in time, closing."})
}

// dismiss ends the session because the server shuts down.
func (s *session) dismiss() {
	s.reply(wire.Reply{Code: wire.ServiceClosing, Text: "Service closing."})
}

// reply writes one reply. A client that cannot be written to has ended the session,
// and its transfer.
func (s *session) reply(r wire.Reply) {
	s.log.Debug("reply", "code", int(r.Code), "text", r.Text)
	if r.Code == wire.ServiceClosing {
		s.quit = true
	}
	if err := s.ctl.send(r); err != nil {
		s.loseControl()
	}
}

// recover answers for our own mistakes: this session ends, no other.
func (s *session) recover() {
	v := recover()
	if v == nil {
		return
	}
	s.log.Error("panic", "value", v, "stack", string(debug.Stack()))
	s.reply(wire.Reply{Code: wire.ServiceClosing, Text: "Internal error, closing."})
}

// end releases everything the session holds.
func (s *session) end() {
	s.cancel()
	s.dropOpener()
	if s.transfer != nil { // only after a panic
		s.transfer.drain()
	}
	s.ctl.close()
	if f := s.srv.opt.Events.SessionClosed; f != nil {
		f(s.info())
	}
	s.logOut()
	s.srv.forget(s)
}

func (s *session) info() SessionInfo {
	i := SessionInfo{ID: s.id, Remote: s.remote}
	if s.account != nil {
		i.Account = s.account.Name
	}
	return i
}

// path turns an argument into a clean path, from the working directory.
func (s *session) path(arg string) (storage.Path, error) {
	if arg == "" {
		return "", errSyntax
	}
	p, err := storage.Clean(s.cwd, arg)
	if err != nil {
		return "", errName
	}
	return p, nil
}

// pathOrCWD is path, but for no argument it is the working directory.
func (s *session) pathOrCWD(arg string) (storage.Path, error) {
	if arg == "" {
		return s.cwd, nil
	}
	return s.path(arg)
}

// quote writes a path as in 257 (RFC 959, appendix II): in double quotes, with
// those inside doubled.
func quote(p storage.Path) string {
	return `"` + strings.ReplaceAll(string(p), `"`, `""`) + `"`
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}
