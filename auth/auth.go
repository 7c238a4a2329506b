package auth

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Source says who someone is. Authenticate may be called concurrently and obeys
// its context. It returns a Principal and a nil error to let the user in, and a
// nil Principal with an error otherwise: ErrDenied, ErrNotMine, ErrNeedAccount
// and *ThrottledError (any of them possibly wrapped, for the log) are answers;
// every other error means that no answer could be had. The caller must not
// change the Principal, which may be shared with other sessions.
type Source interface {
	Authenticate(ctx context.Context, c Credentials) (*Principal, error)
}

var (
	// ErrDenied is the error of a login that was refused.
	ErrDenied = errors.New("login refused")
	// ErrNotMine is the error of a source that does not know the user.
	ErrNotMine = errors.New("user not known to this source")
	// ErrNeedAccount is the error of a login that needs one more secret, which
	// comes in Credentials.Account of the next attempt (RFC 959, ACCT).
	ErrNeedAccount = errors.New("account needed for login")
)

// ThrottledError refuses to consider a login now. It says nothing of the
// password.
type ThrottledError struct {
	// RetryAfter is how long to wait; 0 if that is not known.
	RetryAfter time.Duration
}

func (e *ThrottledError) Error() string {
	if e.RetryAfter == 0 {
		return "too many logins"
	}
	return fmt.Sprintf("too many logins, retry after %v", e.RetryAfter)
}

// Method is how a user proves to be who he says.
type Method string

// The methods, named as in the login webhook.
const (
	MethodPassword               Method = "password"
	MethodCertificate            Method = "certificate"
	MethodPasswordAndCertificate Method = "password+certificate"
	MethodAnonymous              Method = "anonymous"
)

// Credentials is everything known of someone who wants to log in.
type Credentials struct {
	// Session is the id of the session, as in the log.
	Session string
	// Attempt counts the logins tried in this session, from 1.
	Attempt int
	Method  Method
	// User is the argument of USER.
	User string
	// Password is the argument of PASS; empty with MethodCertificate.
	Password string
	// Account is the argument of ACCT; empty before it was asked for.
	Account string
	// Host is the name that the client asked for, by HOST or TLS; empty if none.
	Host string
	// TLS is nil on a connection in clear.
	TLS *TLSState
	// Client is the address of the client.
	Client netip.AddrPort
	// Program is what the client says of itself by CLNT; empty if nothing.
	Program string
	// Listener and Instance name where the client came in.
	Listener, Instance string
}

// TLSState describes how the control connection is protected.
type TLSState struct {
	// Version and Cipher are the names of crypto/tls without spaces, such as
	// "TLS1.3" and "TLS_AES_128_GCM_SHA256".
	Version, Cipher string
	// Mode is "explicit" (AUTH TLS) or "implicit".
	Mode string
	// Certificate is what the client presented and the engine verified; nil
	// for none.
	Certificate *x509.Certificate
}

// methods names how the user was authenticated (RFC 8176).
func (c Credentials) methods() []string {
	switch c.Method {
	case MethodPassword:
		return []string{"pwd"}
	case MethodCertificate:
		return []string{"swk"}
	case MethodPasswordAndCertificate:
		return []string{"pwd", "swk", "mfa"}
	}
	return nil
}
