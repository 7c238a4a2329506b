package ftpfront

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// userName answers USER (RFC 959, section 4.1.1). Any name is asked for a
// password, so that names cannot be tried out; but a client that has shown a
// certificate may need none.
func (s *session) userName(ctx context.Context, arg string) (wire.Reply, error) {
	if s.srv.opt.RequireTLS && s.tls == nil {
		return wire.Reply{}, errTLSNeeded
	}
	s.logOut()
	s.user = arg
	if s.tls != nil && len(s.tls.VerifiedChains) > 0 && !over(s.certAsks, s.srv.opt.Limits.LoginAttempts) {
		return s.loginByCertificate(ctx)
	}
	return passwordNeeded(), nil
}

func passwordNeeded() wire.Reply {
	return wire.Reply{Code: wire.NeedPassword, Text: "Password required."}
}

// loginByCertificate asks the authenticator whether the certificate suffices.
// That it does not is no failed login. Limits.LoginAttempts bounds the asking
// all the same, as each time may be a call of a service.
func (s *session) loginByCertificate(ctx context.Context) (wire.Reply, error) {
	start := time.Now()
	account, err := s.ask(ctx, Login{CertificateOnly: true})
	if errors.Is(err, ErrLoginRefused) || errors.Is(err, ErrNeedAccount) {
		s.certAsks++
		return passwordNeeded(), nil
	}
	outcome, err := s.enter(account, err)
	s.loginEnded(outcome, err, time.Since(start))
	if outcome != LoginAccepted {
		return wire.Reply{}, err
	}
	s.byCert = true
	return greeting(wire.LoggedInByTLS, account), nil
}

// pass answers PASS. An empty password is a password. Clients that take no
// notice of 232 send one that nobody needs.
func (s *session) pass(ctx context.Context, arg string) (wire.Reply, error) {
	if s.byCert {
		return wire.Reply{Code: wire.Superfluous, Text: "Logged in by certificate already."}, nil
	}
	if s.user == "" || s.account != nil {
		return wire.Reply{}, errSequence
	}
	return s.login(ctx, arg, "")
}

// acct answers ACCT, which belongs behind a 332 only.
func (s *session) acct(ctx context.Context, arg string) (wire.Reply, error) {
	if s.account != nil {
		return wire.Reply{Code: wire.Superfluous, Text: "Not needed."}, nil
	}
	if !s.askAcct {
		return wire.Reply{}, errSequence
	}
	return s.login(ctx, s.password, arg)
}

// login asks the authenticator and enters the account.
func (s *session) login(ctx context.Context, password, acct string) (wire.Reply, error) {
	s.password, s.askAcct = "", false
	start := time.Now()
	account, err := s.ask(ctx, Login{Password: password, Account: acct})
	outcome, err := s.enter(account, err)
	s.loginEnded(outcome, err, time.Since(start))
	switch outcome {
	case LoginAccepted:
		return greeting(wire.LoggedIn, account), nil
	case LoginNeedAccount:
		s.password, s.askAcct = password, true
		return wire.Reply{Code: wire.NeedAccount, Text: "Account required."}, nil
	}
	return wire.Reply{}, err
}

// ask completes l with what is known of the session, and asks the authenticator.
func (s *session) ask(ctx context.Context, l Login) (*Account, error) {
	s.attempts++
	l.Session, l.Attempt, l.User, l.Host = s.id, s.attempts, s.user, s.hostName()
	l.Program, l.Client, l.Local, l.TLS, l.Implicit = s.program, s.remote, s.local, s.tls, s.implicit
	return s.srv.opt.Authenticator.Authenticate(ctx, l)
}

// enter turns the authenticator's answer into an outcome and, when the answer
// is yes, into the session's account.
func (s *session) enter(account *Account, err error) (LoginOutcome, error) {
	var retry *RetryError
	switch {
	case errors.Is(err, ErrNeedAccount):
		return LoginNeedAccount, nil
	case errors.Is(err, ErrLoginRefused):
		s.failures++
		if over(s.failures, s.srv.opt.Limits.LoginAttempts) {
			return LoginRefused, errTooManyFailures
		}
		return LoginRefused, errLoginIncorrect
	case errors.As(err, &retry):
		return LoginThrottled, retry
	case err != nil:
		return LoginUnavailable, errors.Join(errNoAuthService, err)
	case account == nil || account.Backend == nil:
		return LoginUnavailable, errors.Join(errNoAuthService, errors.New("authenticator gave no account"))
	}
	use := s.srv.enter(account)
	if use == nil {
		return LoginThrottled, errTooManySessions
	}
	s.up, s.down = paces{newPace(s.srv.opt.Limits.BytesPerSecond), use.up}, paces{newPace(s.srv.opt.Limits.BytesPerSecond), use.down}
	s.account, s.files, s.able = account, account.Backend, storage.AbilitiesOf(account.Backend)
	s.cwd = storage.Root
	if account.Home != "" {
		s.cwd = account.Home
	}
	return LoginAccepted, nil
}

func (s *session) loginEnded(outcome LoginOutcome, err error, took time.Duration) {
	args := []any{"user", s.user, "outcome", string(outcome), "took", took}
	if outcome == LoginUnavailable {
		s.log.Error("login", append(args, "err", err)...)
	} else {
		s.log.Info("login", args...)
	}
	if f := s.srv.opt.Events.LoginEnded; f != nil {
		f(s.info(), LoginInfo{User: s.user, Outcome: outcome, Took: took})
	}
}

// greeting is the reply to a login, in as many lines as the account's text has.
func greeting(code wire.Code, a *Account) wire.Reply {
	if a.Greeting == "" {
		return wire.Reply{Code: code, Text: "Logged in."}
	}
	lines := strings.Split(strings.TrimRight(a.Greeting, "\n"), "\n")
	if len(lines) == 1 {
		return wire.Reply{Code: code, Text: lines[0]}
	}
	return wire.Reply{Code: code, Head: lines[0], Lines: lines[1:], Text: "Logged in."}
}

// logOut drops the account and everything that was set for it.
func (s *session) logOut() {
	s.dropOpener()
	if s.account != nil {
		s.srv.leave(s.account.Name)
		s.opened = time.Now() // the next login may take as long as the first
	}
	s.user, s.password, s.askAcct, s.byCert = "", "", false, false
	s.account, s.files, s.able = nil, nil, storage.Abilities{}
	s.cwd, s.renameFrom, s.restart, s.rangeEnd, s.allocated, s.idle = storage.Root, "", 0, 0, 0, 0
}

// rein answers REIN: everything is as after the greeting, but for TLS, which
// RFC 4217, section 11, lets the server keep.
func (s *session) rein(context.Context, string) (wire.Reply, error) {
	s.logOut()
	s.ascii, s.facts, s.epsvAll = true, wire.AllFacts, false
	s.deflate, s.level, s.algorithm, s.host = false, defaultLevel, "", ""
	s.pbsz, s.protect = false, s.implicit
	return wire.Reply{Code: wire.Ready, Text: "Ready for a new user."}, nil
}

// bye answers QUIT. The table holds it until a running transfer has ended.
func (s *session) bye(context.Context, string) (wire.Reply, error) {
	s.quit = true
	return wire.Reply{Code: wire.Closing, Text: "Goodbye."}, nil
}
