package ftpfront

import (
	"net/netip"
	"time"
)

// Events are hooks for metrics, audit and accounting. Each may be nil. They are
// called on the session's goroutine and delay it; those of different sessions
// run at once.
type Events struct {
	SessionOpened func(SessionInfo)
	SessionClosed func(SessionInfo)
	LoginEnded    func(SessionInfo, LoginInfo)
	CommandEnded  func(SessionInfo, CommandInfo)
	TransferEnded func(SessionInfo, TransferInfo)
	// LimitReached is called where a limit stops a client. A client that gets
	// no session has no SessionInfo.ID.
	LimitReached func(SessionInfo, Limit)
}

// SessionInfo identifies a session.
type SessionInfo struct {
	ID      string
	Remote  netip.AddrPort
	Account string // empty before login
}

// LoginOutcome is how a login ended.
type LoginOutcome string

// The outcomes of a login.
const (
	LoginAccepted    LoginOutcome = "accepted"
	LoginRefused     LoginOutcome = "refused"
	LoginNeedAccount LoginOutcome = "need-account"
	LoginUnavailable LoginOutcome = "unavailable"
	LoginThrottled   LoginOutcome = "throttled"
)

// LoginInfo describes one attempt to log in.
type LoginInfo struct {
	User    string
	Outcome LoginOutcome
	Took    time.Duration
}

// CommandInfo describes a command that got its final reply.
type CommandInfo struct {
	Verb string // empty for a line without a known verb
	Code int    // of the final reply
	Took time.Duration
}

// Direction is where the content of a transfer goes.
type Direction string

// The directions of transfers.
const (
	Upload   Direction = "upload"
	Download Direction = "download"
	Listing  Direction = "listing"
)

// What is done to content without a data connection, for STAT.
const (
	digesting Direction = "digest"
	combining Direction = "combination"
)

// TransferInfo describes a transfer that has ended.
type TransferInfo struct {
	Direction Direction
	Verb      string
	Path      string
	Bytes     int64 // on the data connection
	Took      time.Duration
	Code      int   // of the final reply
	Err       error // nil if the transfer is complete
}
