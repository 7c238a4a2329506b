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
// password, so that names cannot be tried out.
func (s *session) userName(_ context.Context, arg string) (wire.Reply, error) {
	if s.srv.opt.RequireTLS && s.tls == nil {
		return wire.Reply{}, errTLSNeeded
	}
	s.logOut()
	s.user = arg
	return wire.Reply{Code: wire.NeedPassword, Text: "Password required."}, nil
}

// pass answers PASS. An empty password is a password.
func (s *session) pass(ctx context.Context, arg string) (wire.Reply, error) {
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
	s.attempts++
	start := time.Now()
	account, err := s.srv.opt.Authenticator.Authenticate(ctx, Login{
		Session: s.id, Attempt: s.attempts, User: s.user, Password: password, Account: acct,
		Host: s.hostName(), Program: s.program, Client: s.remote, Local: s.local, TLS: s.tls, Implicit: s.implicit,
	})
	outcome, err := s.enter(account, err)
	s.loginEnded(outcome, err, time.Since(start))
	switch outcome {
	case LoginAccepted:
		return greeting(account), nil
	case LoginNeedAccount:
		s.password, s.askAcct = password, true
		return wire.Reply{Code: wire.NeedAccount, Text: "Account required."}, nil
	}
	return wire.Reply{}, err
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
func greeting(a *Account) wire.Reply {
	if a.Greeting == "" {
		return wire.Reply{Code: wire.LoggedIn, Text: "Logged in."}
	}
	lines := strings.Split(strings.TrimRight(a.Greeting, "\n"), "\n")
	if len(lines) == 1 {
		return wire.Reply{Code: wire.LoggedIn, Text: lines[0]}
	}
	return wire.Reply{Code: wire.LoggedIn, Head: lines[0], Lines: lines[1:], Text: "Logged in."}
}

// logOut drops the account and everything that was set for it.
func (s *session) logOut() {
	if s.account != nil {
		s.srv.leave(s.account.Name)
	}
	s.user, s.password, s.askAcct = "", "", false
	s.account, s.files, s.able = nil, nil, storage.Abilities{}
	s.cwd, s.renameFrom, s.restart, s.rangeEnd, s.allocated, s.idle = storage.Root, "", 0, 0, 0, 0
}

// rein answers REIN: everything is as after the greeting, but for TLS, which
// RFC 4217, section 11, lets the server keep.
func (s *session) rein(context.Context, string) (wire.Reply, error) {
	s.logOut()
	s.dropOpener()
	s.ascii, s.facts, s.epsvAll = true, wire.AllFacts, false
	s.deflate, s.level, s.algorithm, s.host = false, defaultLevel, "", ""
	s.pbsz, s.protect = false, s.implicit
	s.opened = time.Now() // the login deadline starts anew
	return wire.Reply{Code: wire.Ready, Text: "Ready for a new user."}, nil
}

// bye answers QUIT. The table holds it until a running transfer has ended.
func (s *session) bye(context.Context, string) (wire.Reply, error) {
	s.quit = true
	return wire.Reply{Code: wire.Closing, Text: "Goodbye."}, nil
}
