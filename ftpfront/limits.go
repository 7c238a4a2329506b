package ftpfront

import (
	"context"
	"errors"
)

// Limit names a limit that a client has run into.
type Limit string

// The limits, as Events.LimitReached tells them.
const (
	LimitSessions           Limit = "sessions"             // 421
	LimitSessionsPerAddress Limit = "sessions-per-address" // 421
	LimitAccountSessions    Limit = "account-sessions"     // 421
	LimitLoginAttempts      Limit = "login-attempts"       // 421
	LimitLogin              Limit = "login"                // 421
	LimitHandshake          Limit = "handshake"            // the connection closes; 425 on a data connection
	LimitIdle               Limit = "idle"                 // 421
	LimitCommands           Limit = "commands"             // the session reads more slowly
	LimitDataOpen           Limit = "data-open"            // 425
	LimitStall              Limit = "stall"                // 426, or 451 while the storage is waited for
	LimitTransfer           Limit = "transfer"             // 426
	LimitFileSize           Limit = "file-size"            // 552
	LimitListing            Limit = "listing"              // 451
)

// limitOf says which limit an error stands for; "" for none.
func limitOf(err error) Limit {
	for _, row := range []struct {
		err   error
		limit Limit
	}{
		{errTooManySessions, LimitAccountSessions},
		{errTooManyFailures, LimitLoginAttempts},
		{errSlowHandshake, LimitHandshake},
		{errStalled, LimitStall},
		{errNoAnswer, LimitStall},
		{errOverTime, LimitTransfer},
		{errFileTooBig, LimitFileSize},
		{errListTooLong, LimitListing},
	} {
		if errors.Is(err, row.err) {
			return row.limit
		}
	}
	if errors.Is(err, errNoDataConn) && errors.Is(err, context.DeadlineExceeded) {
		return LimitDataOpen
	}
	return ""
}

// limited tells that a limit was reached.
func (s *session) limited(l Limit) { s.srv.limited(s.info(), l) }

func (srv *Server) limited(who SessionInfo, l Limit) {
	srv.opt.Logger.Info("limit reached", "session", who.ID, "remote", who.Remote.String(), "limit", string(l))
	if f := srv.opt.Events.LimitReached; f != nil {
		f(who, l)
	}
}
