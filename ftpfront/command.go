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

// argument says what may follow a verb.
type argument uint8

const (
	anyArg  argument = iota // optional
	noArg                   // none
	someArg                 // required
)

// during says what becomes of a command that arrives while a transfer runs.
type during uint8

const (
	hold   during = iota // it waits for the transfer's end
	now                  // it is answered at once
	cancel               // it cancels the transfer, then waits for its end
)

// keeps says which pending state of the session a command leaves alone. All
// other commands drop it (RFC 959, section 5.4: RNFR before RNTO; RFC 3659,
// section 5.3: REST before its transfer).
type keeps uint8

const (
	// keepsRestart marks what clients send between REST and the transfer.
	keepsRestart keeps = 1 << iota
	// keepsRename marks what clients send between RNFR and RNTO.
	keepsRename
)

// command is a row of the command table: a handler, and what must hold before
// it runs.
type command struct {
	// run gives the final reply, an error, or the zero Reply if it has started a
	// transfer, which gives them later.
	run    func(*session, context.Context, string) (wire.Reply, error)
	login  bool // only after login
	arg    argument
	during during
	keeps  keeps
	waits  bool // run asks a storage or an authenticator, and may take time
	data   bool // run starts a transfer on a data connection
	local  bool // run starts work like a transfer, without a data connection
	secret bool // the argument must not be logged
	alias  bool // an X form (RFC 775), left out of HELP
}

// commandTable is built for each server: FEAT and HELP read the table that they
// stand in, which Go refuses as a package variable.
func commandTable() map[string]command {
	t := map[string]command{
		"USER": {run: (*session).userName, arg: someArg, waits: true},
		"PASS": {run: (*session).pass, waits: true, secret: true},
		"ACCT": {run: (*session).acct, arg: someArg, waits: true, secret: true},
		"REIN": {run: (*session).rein, arg: noArg},
		"QUIT": {run: (*session).bye, arg: noArg},

		"AUTH": {run: (*session).auth, arg: someArg},
		"PBSZ": {run: (*session).pbszSize, arg: someArg, keeps: keepsRestart},
		"PROT": {run: (*session).prot, arg: someArg, keeps: keepsRestart},
		"CCC":  {run: (*session).ccc, arg: noArg},

		"TYPE": {run: (*session).typ, arg: someArg, login: true, keeps: keepsRestart},
		"STRU": {run: (*session).stru, arg: someArg, login: true},
		"MODE": {run: (*session).mode, arg: someArg, login: true},
		"REST": {run: (*session).rest, arg: someArg, login: true},
		"ALLO": {run: (*session).allo, arg: someArg, login: true, keeps: keepsRestart},

		"PASV": {run: (*session).pasv, arg: noArg, login: true, keeps: keepsRestart},
		"EPSV": {run: (*session).epsv, login: true, keeps: keepsRestart},
		"PORT": {run: (*session).port, arg: someArg, login: true, keeps: keepsRestart},
		"EPRT": {run: (*session).eprt, arg: someArg, login: true, keeps: keepsRestart},

		"RETR": {run: (*session).retr, arg: someArg, login: true, data: true},
		"STOR": {run: (*session).stor, arg: someArg, login: true, data: true},
		"STOU": {run: (*session).stou, login: true, data: true},
		"APPE": {run: (*session).appe, arg: someArg, login: true, data: true},
		"LIST": {run: (*session).list, login: true, data: true},
		"NLST": {run: (*session).nlst, login: true, data: true},
		"MLSD": {run: (*session).mlsd, login: true, data: true},
		"MLST": {run: (*session).mlst, login: true, waits: true},
		"ABOR": {run: (*session).abor, arg: noArg, login: true, during: cancel},

		"PWD":  {run: (*session).pwd, arg: noArg, login: true},
		"CWD":  {run: (*session).cd, arg: someArg, login: true, waits: true},
		"CDUP": {run: (*session).cdup, arg: noArg, login: true, waits: true},
		"MKD":  {run: (*session).mkd, arg: someArg, login: true, waits: true},
		"RMD":  {run: (*session).rmd, arg: someArg, login: true, waits: true},
		"DELE": {run: (*session).dele, arg: someArg, login: true, waits: true},
		"RNFR": {run: (*session).rnfr, arg: someArg, login: true, waits: true},
		"RNTO": {run: (*session).rnto, arg: someArg, login: true, waits: true, keeps: keepsRename},
		"SIZE": {run: (*session).size, arg: someArg, login: true, waits: true},
		"MDTM": {run: (*session).mdtm, arg: someArg, login: true, waits: true},
		"MFMT": {run: (*session).mfmt, arg: someArg, login: true, waits: true},
		"MFF":  {run: (*session).mff, arg: someArg, login: true, waits: true},
		"AVBL": {run: (*session).avbl, login: true, waits: true},
		"COMB": {run: (*session).comb, arg: someArg, login: true, local: true},

		"RANG":    {run: (*session).rang, arg: someArg, login: true},
		"HASH":    {run: (*session).hash, arg: someArg, login: true, local: true, keeps: keepsRestart},
		"MD5":     {run: (*session).md5, arg: someArg, login: true, local: true, waits: true},
		"XCRC":    {run: digestVerb(storage.CRC32), arg: someArg, login: true, local: true, waits: true},
		"XMD5":    {run: digestVerb(storage.MD5), arg: someArg, login: true, local: true, waits: true},
		"XSHA1":   {run: digestVerb(storage.SHA1), arg: someArg, login: true, local: true, waits: true},
		"XSHA256": {run: digestVerb(storage.SHA256), arg: someArg, login: true, local: true, waits: true},
		"XSHA512": {run: digestVerb(storage.SHA512), arg: someArg, login: true, local: true, waits: true},

		"NOOP": {run: (*session).noop, during: now, keeps: keepsRestart | keepsRename},
		"STAT": {run: (*session).stat, during: now, waits: true, keeps: keepsRestart | keepsRename},
		"SYST": {run: (*session).syst, arg: noArg},
		"HOST": {run: (*session).virtualHost, arg: someArg},
		"LANG": {run: (*session).lang},
		"HELP": {run: (*session).help},
		"FEAT": {run: (*session).feat, arg: noArg},
		"OPTS": {run: (*session).opts, arg: someArg},
		"CLNT": {run: (*session).clnt, arg: someArg},
		"SITE": {run: (*session).site, arg: someArg, waits: true},
	}
	for alias, verb := range map[string]string{
		"XPWD": "PWD", "XCWD": "CWD", "XCUP": "CDUP", "XMKD": "MKD", "XRMD": "RMD",
	} {
		row := t[verb]
		row.alias = true
		t[alias] = row
	}
	return t
}

// unimplemented are verbs of the RFCs that are known and not served: 502, not 500.
// MFCT is among them because no storage tells a time of creation.
var unimplemented = []string{"SMNT", "ADAT", "MIC", "CONF", "ENC", "MFCT"}

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
