package storage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Kind says what went wrong in storage's terms. It carries no FTP code and no
// HTTP status; the engine chooses the reply from the Kind and the Op.
type Kind uint8

// The kinds of errors.
const (
	// Internal is a fault that fits no other kind; the zero value.
	Internal Kind = iota
	// NotFound: the name, or the parent of a name to be made, is not there.
	NotFound
	// Exists: the name is taken.
	Exists
	// NotEmpty: the directory has entries.
	NotEmpty
	// IsDir: a file was needed, a directory was found.
	IsDir
	// NotDir: a directory was needed, a file was found.
	NotDir
	// Denied: this account may not do this here.
	Denied
	// InvalidName: the storage cannot have a file of this name or content.
	InvalidName
	// Conflict: the file's present state forbids the operation.
	Conflict
	// TooLarge: the file is larger than the storage or the account may hold.
	TooLarge
	// NoSpace: there is no room now; there may be later.
	NoSpace
	// Busy: the file is locked or the storage is overloaded; try again later.
	Busy
	// Unavailable: the storage could not be asked.
	Unavailable
	// BadRestart: the offset does not fit the file.
	BadRestart
	// CutShort: the content broke off or does not match its digest.
	CutShort
	// Unsupported: the storage has no such operation.
	Unsupported
	// Unauthenticated: the storage does not accept the bridge's credential.
	Unauthenticated
	// LoginExpired: the user's own credential is no longer accepted; the
	// session must end.
	LoginExpired

	numKinds
)

var kindNames = [numKinds]string{
	Internal: "internal error", NotFound: "not found", Exists: "already exists", NotEmpty: "not empty",
	IsDir: "is a directory", NotDir: "not a directory", Denied: "denied", InvalidName: "invalid name",
	Conflict: "conflict", TooLarge: "too large", NoSpace: "no space", Busy: "busy", Unavailable: "unavailable",
	BadRestart: "bad restart", CutShort: "cut short", Unsupported: "unsupported",
	Unauthenticated: "unauthenticated", LoginExpired: "login expired",
}

func (k Kind) String() string {
	if k < numKinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Kinds returns all kinds, for tests that hold a table complete.
func Kinds() []Kind {
	ks := make([]Kind, numKinds)
	for i := range ks {
		ks[i] = Kind(i)
	}
	return ks
}

// Op names the operation that failed.
type Op string

// The operations, one for each method of Backend and each ability.
const (
	OpStat       Op = "stat"
	OpList       Op = "list"
	OpRead       Op = "read"
	OpWrite      Op = "write"
	OpRename     Op = "rename"
	OpDelete     Op = "delete"
	OpMakeDir    Op = "mkdir"
	OpRemoveDir  Op = "rmdir"
	OpSetModTime Op = "mtime"
	OpDigest     Op = "digest"
	OpSpace      Op = "space"
)

// Error is the error of every Backend method.
type Error struct {
	Kind Kind
	Op   Op
	Path Path
	// Text may be shown to the user: one printable line, empty for none. A
	// backend fills it only with what its operator allows users to see.
	Text string
	// RetryAfter is how long the storage asks to wait; 0 if it does not say.
	RetryAfter time.Duration
	// Err is the cause, for the log; it is never shown to the user.
	Err error
}

func (e *Error) Error() string {
	s := fmt.Sprintf("%s %s: %s", e.Op, e.Path, e.Kind)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fail makes an *Error without a cause.
func Fail(kind Kind, op Op, name Path) error {
	return &Error{Kind: kind, Op: op, Path: name}
}

// KindOf returns the kind of err: that of the first *Error in its chain;
// Unavailable for a deadline that passed; Internal for anything else.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Unavailable
	}
	return Internal
}
