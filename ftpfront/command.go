package ftpfront

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// command answers one line: with its final reply, or by starting a transfer
// that will give it.
func (s *session) command(l line) {
	if s.commands != nil {
		s.slowDown()
	}
	start := time.Now()
	if l.err != nil {
		s.finish("", start, replyTo(errLineTooLong))
		return
	}
	cmd := wire.ParseCommand(l.text)
	row, known := s.srv.commands[cmd.Verb]
	s.logCommand(cmd, row, known)
	if !known {
		s.finish("", start, replyTo(unknownVerb(cmd.Verb)))
		return
	}
	r, err := s.run(row, cmd.Arg)
	if err == nil && r.Code == 0 { // a transfer was started, and gives the replies
		s.transfer.verb, s.transfer.started = cmd.Verb, start
		s.foreclose()
		return
	}
	if err != nil {
		r = s.failed(cmd.Verb, err)
	}
	s.finish(cmd.Verb, start, r)
	if r.Code == wire.AuthDone {
		s.upgrade()
	}
}

// slowDown keeps Limits.CommandsPerSecond, by waiting.
func (s *session) slowDown() {
	wait := s.commands.claim(1) - time.Second // a second's worth may come at once
	if wait > 0 {
		s.limited(LimitCommands)
		sleep(s.ctx, wait) // the session's end shows in its next read
	}
}

// run checks the columns of row and calls its handler.
func (s *session) run(row command, arg string) (wire.Reply, error) {
	if s.transfer == nil { // what runs during a transfer leaves all state alone
		if row.keeps&keepsRename == 0 {
			s.renameFrom = ""
		}
		if row.keeps&keepsRestart == 0 && !row.data {
			s.restart, s.rangeEnd = 0, 0
		}
	}
	if row.data { // used up, even if the transfer is refused: the next may be of another file
		defer func() { s.restart, s.rangeEnd, s.allocated = 0, 0, 0 }()
	}
	switch {
	case row.login && s.account == nil:
		return wire.Reply{}, errNotLoggedIn
	case row.arg == someArg && strings.TrimSpace(arg) == "", row.arg == noArg && strings.TrimSpace(arg) != "":
		return wire.Reply{}, errSyntax
	case row.data && !s.protect && s.srv.opt.RequireTLS:
		return wire.Reply{}, errDataTLSNeeded
	case row.waits:
		return s.runWaiting(row, arg)
	}
	return row.run(s, s.ctx, arg)
}

// runWaiting runs a handler that may take time: under a deadline, and only as
// long as the client is there. It runs on a goroutine of its own, to which the
// session's lends the session: calls of storages and authenticators need deep
// stacks, which an idle session would keep.
func (s *session) runWaiting(row command, arg string) (wire.Reply, error) {
	ctx, stop := withTimeout(s.ctx, s.srv.opt.Limits.Command)
	defer stop()
	if s.transfer == nil { // else the session reads the control connection itself
		defer s.ctl.watch(stop)()
	}
	var r wire.Reply
	var err error
	var panicked any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if v := recover(); v != nil {
				panicked = fmt.Sprintf("%v\n%s", v, debug.Stack())
			}
		}()
		r, err = row.run(s, ctx, arg)
	}()
	<-done
	if panicked != nil {
		panic(panicked)
	}
	return r, err
}

// finish sends a command's final reply.
func (s *session) finish(verb string, start time.Time, r wire.Reply) {
	s.reply(r)
	if f := s.srv.opt.Events.CommandEnded; f != nil {
		f(s.info(), CommandInfo{Verb: verb, Code: int(r.Code), Took: time.Since(start)})
	}
}

// unknownVerb is the error of a verb that no row has. PROXY is the front of a
// header from a proxy that is not trusted; behind it may come anybody.
func unknownVerb(verb string) error {
	if verb == "PROXY" {
		return errProxyHeader
	}
	for _, v := range unimplemented {
		if v == verb {
			return errNotImplemented
		}
	}
	return errUnknown
}

// logCommand is the one place that writes command lines to the log.
func (s *session) logCommand(cmd wire.Command, row command, known bool) {
	arg := cmd.Arg
	if row.secret || !known { // what is not known may be a mistyped PASS
		arg = "***"
	}
	s.log.Debug("command", "verb", cmd.Verb, "arg", arg)
}

// failed logs the cause that the reply leaves out, and returns the reply.
func (s *session) failed(verb string, err error) wire.Reply {
	_, saidAll := err.(*protocolError) // and not one that wraps a cause
	switch {
	case saidAll:
	case operatorMustAct(err):
		s.log.Error("command failed", "verb", verb, "err", err)
	default:
		s.log.Info("command failed", "verb", verb, "err", err)
	}
	if l := limitOf(err); l != "" {
		s.limited(l)
	}
	if storage.KindOf(err) == storage.LoginExpired {
		s.quit = true
	}
	return replyTo(err)
}

// withTimeout is context.WithTimeout where a limit that is not positive is none.
func withTimeout(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}
