package ftpfront

import (
	"context"
	"crypto/tls"
	"errors"
	"net/netip"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Authenticator decides who may log in. It is called from many sessions at
// once, never twice at a time for one session.
type Authenticator interface {
	// Authenticate returns the account for a login. It fails with
	// [ErrLoginRefused] when the answer is no (see also Login.CertificateOnly), with [ErrNeedAccount] to be
	// asked again with an ACCT, and with any other error when it could not
	// find out: such a login is answered 421 and counts against nobody.
	Authenticate(ctx context.Context, login Login) (*Account, error)
}

// ErrLoginRefused is the error of an Authenticator that says no; the client
// gets 530.
var ErrLoginRefused = errors.New("login refused")

// ErrNeedAccount is the error of an Authenticator that wants to be asked again
// with Login.Account; the client gets 332.
var ErrNeedAccount = errors.New("account needed")

// RetryError is the error of an Authenticator that takes no question from this
// client for now; the client gets 421 with the time to wait.
type RetryError struct {
	After time.Duration // 0 if not known
}

func (e *RetryError) Error() string { return "login throttled" }

// Login is what a client has said of itself, and what is known of it.
type Login struct {
	Session  string // the session's id
	Attempt  int    // counts the questions of this session, from 1
	User     string
	Password string
	Account  string // the argument of ACCT; empty before one was asked for
	Host     string // the virtual host: of TLS (SNI), or the argument of HOST; may be empty
	Program  string // the argument of CLNT; empty if the client sent none
	Client   netip.AddrPort
	Local    netip.AddrPort
	TLS      *tls.ConnectionState // nil on a plain control connection
	Implicit bool                 // TLS came before the greeting

	// CertificateOnly marks a question that is asked at USER, without a
	// password: does the certificate suffice for this user? It is asked where
	// TLS.VerifiedChains holds one. An account logs the client in with 232.
	// ErrLoginRefused and ErrNeedAccount mean no more than that a password is
	// needed: the client gets 331, nothing is counted, and the question that
	// PASS brings shows the certificate again.
	CertificateOnly bool
}

// Account is what the engine needs of a user who has logged in.
type Account struct {
	// Name is for logs and for counting sessions.
	Name string
	// Backend is the account's storage; it already acts for this account.
	Backend storage.Backend
	// Home is the first working directory; empty means "/".
	Home storage.Path
	// Greeting replaces the text of 230; lines are separated by "\n".
	Greeting string
	// Limits narrow those of Options.
	Limits AccountLimits
}

// AccountLimits narrow the limits of Options for one account. Zero leaves each
// as it is.
type AccountLimits struct {
	Sessions       int           // at once, of all sessions of this account name
	Idle           time.Duration // between commands
	BytesPerSecond int64         // of all sessions of this account name together, in each direction
	MaxFileBytes   int64         // of one upload
}
