package ftpfront

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// protocolError is an error of the engine's own, with its reply.
type protocolError struct {
	code wire.Code
	text string
}

func (e *protocolError) Error() string { return e.text }

// The engine's own errors.
var (
	errUnknown        = &protocolError{wire.BadCommand, "Unknown command."}
	errLineTooLong    = &protocolError{wire.BadCommand, "Command line too long."}
	errSyntax         = &protocolError{wire.BadArgument, "Syntax error in the argument."}
	errNotImplemented = &protocolError{wire.NotImplemented, "Command not implemented."}
	errSequence       = &protocolError{wire.BadSequence, "Bad sequence of commands."}
	errParameter      = &protocolError{wire.BadParameter, "Not implemented for that argument."}
	errUnknownHash    = &protocolError{wire.BadArgument, "Unknown algorithm, current selection not changed."}
	errNoSpaceKnown   = &protocolError{wire.FileUnavailable, "Free space not known."}
	errRangeUpload    = &protocolError{wire.BadParameter, "No upload into a range."}
	errNoDigest       = &protocolError{wire.BadParameter, "No digest of that kind."}
	errUnknownHost    = &protocolError{wire.BadParameter, "Unknown host."}
	errTooManyForStat = &protocolError{wire.BadParameter, "Too many entries for STAT, use LIST."}
	errName           = &protocolError{wire.NameNotAllowed, "File name not allowed."}
	errNotRegular     = &protocolError{wire.FileUnavailable, "Not a regular file."}
	errASCIISize      = &protocolError{wire.FileUnavailable, "No size in TYPE A; use TYPE I."}
	errNoSize         = &protocolError{wire.BadParameter, "Size not known."}
	errNoTime         = &protocolError{wire.FileUnavailable, "Modification time not known."}

	errNotLoggedIn     = &protocolError{wire.NotLoggedIn, "Log in first."}
	errLoginIncorrect  = &protocolError{wire.NotLoggedIn, "Login incorrect."}
	errTLSNeeded       = &protocolError{wire.NotLoggedIn, "Use AUTH TLS first."}
	errTooManyFailures = &protocolError{wire.ServiceClosing, "Too many failed logins, closing."}
	errTooManySessions = &protocolError{wire.ServiceClosing, "Too many sessions of this account."}
	errProxyHeader     = &protocolError{wire.ServiceClosing, "Not a trusted proxy, closing."}
	errNoAuthService   = &protocolError{wire.ServiceClosing, "Authentication service unavailable."}

	errDataTLSNeeded = &protocolError{wire.ProtNotAllowed, "Use PROT P first."}
	errPolicy        = &protocolError{wire.PolicyDenied, "Denied for policy reasons."}
	errProtLevel     = &protocolError{wire.ProtUnsupported, "Protection level not supported."}
	errNetwork       = &protocolError{wire.BadNetwork, "Network protocol not supported, use (1,2)."}

	errForeignAddress = &protocolError{wire.BadParameter, "Only your own address, and no port below 1024."}
	errNoDataConn     = &protocolError{wire.NoDataConnection, "Cannot open the data connection."}
	errNoOpener       = &protocolError{wire.NoDataConnection, "Use PASV, EPSV, PORT or EPRT first."}
	errAborted        = &protocolError{wire.TransferAborted, "Transfer aborted."}
	errStalled        = &protocolError{wire.TransferAborted, "Transfer stalled, aborted."}
	errOverTime       = &protocolError{wire.TransferAborted, "Transfer took too long, aborted."}
	errControlLost    = &protocolError{wire.TransferAborted, "Control connection lost."}
	errDataLost       = &protocolError{wire.TransferAborted, "Data connection lost."}
	errCutShort       = &protocolError{wire.TransferAborted, "Upload cut short, nothing was stored."}
	errFileTooBig     = &protocolError{wire.TooLarge, "File exceeds the allowed size."}
	errNoAnswer       = &protocolError{wire.LocalError, "Storage did not answer in time."}
	errListTooLong    = &protocolError{wire.LocalError, "Listing too long."}
	errUnread         = &protocolError{wire.LocalError, "Storage did not take the whole file."}

	errSlowHandshake    = &protocolError{wire.NoDataConnection, "Cannot open the data connection."}
	errDataTLS          = &protocolError{wire.DataTLSFailed, "TLS negotiation failed on the data connection."}
	errReuseNeeded      = &protocolError{wire.DataTLSFailed, "The data connection must resume the TLS session of the control connection."}
	errOtherCertificate = &protocolError{wire.DataTLSFailed, "The data connection must show the certificate of the control connection."}
)

// opClass groups operations whose errors have the same replies.
type opClass uint8

const (
	classFind opClass = iota // stat, list
	classRead
	classWrite
	classChange // delete, mkdir, rmdir, mtime
	classRename

	numClasses
)

func classOf(op storage.Op) opClass {
	switch op {
	case storage.OpRead, storage.OpDigest:
		return classRead
	case storage.OpWrite:
		return classWrite
	case storage.OpDelete, storage.OpMakeDir, storage.OpRemoveDir, storage.OpSetModTime:
		return classChange
	case storage.OpRename:
		return classRename
	}
	return classFind
}

// kindReply is the reply to one kind of storage error.
type kindReply struct {
	codes [numClasses]wire.Code // by operation
	text  string
}

// always gives every operation the same code.
func always(code wire.Code, text string) kindReply {
	return kindReply{[numClasses]wire.Code{code, code, code, code, code}, text}
}

// byOp gives the codes in the order find, read, write, change, rename.
func byOp(find, read, write, change, rename wire.Code, text string) kindReply {
	return kindReply{[numClasses]wire.Code{find, read, write, change, rename}, text}
}

// kindReplies is the table from kinds to replies; a test holds it complete.
var kindReplies = map[storage.Kind]kindReply{
	storage.Internal:        always(451, "Storage error."),
	storage.NotFound:        byOp(550, 550, 553, 550, 550, "No such file or directory."),
	storage.Exists:          byOp(550, 550, 553, 550, 553, "Name already exists."),
	storage.NotEmpty:        always(550, "Directory not empty."),
	storage.IsDir:           byOp(550, 550, 553, 550, 553, "Is a directory."),
	storage.NotDir:          byOp(550, 550, 553, 550, 553, "Not a directory."),
	storage.Denied:          always(550, "Permission denied."),
	storage.InvalidName:     byOp(501, 501, 553, 553, 553, "File name or content not allowed."),
	storage.Conflict:        byOp(450, 450, 553, 550, 553, "Conflict with the present state of the file."),
	storage.TooLarge:        byOp(451, 451, 552, 452, 452, "Storage allocation exceeded."),
	storage.NoSpace:         byOp(451, 451, 452, 452, 452, "Insufficient storage space."),
	storage.Busy:            always(450, "Busy, try again later."),
	storage.Unavailable:     always(451, "Storage unavailable."),
	storage.BadRestart:      byOp(554, 554, 554, 554, 554, "Restart offset not valid."),
	storage.CutShort:        byOp(426, 426, 426, 451, 451, "Transfer broken off."),
	storage.Unsupported:     always(502, "Storage does not support this."),
	storage.Unauthenticated: always(451, "Storage refused the bridge."),
	storage.LoginExpired:    always(530, "Login expired, log in again."),
}

// replyTo turns an error into the final reply. Nowhere else is a code chosen
// from an error.
func replyTo(err error) wire.Reply {
	if pe := (*protocolError)(nil); errors.As(err, &pe) {
		return wire.Reply{Code: pe.code, Text: pe.text}
	}
	if re := (*RetryError)(nil); errors.As(err, &re) {
		return wire.Reply{Code: wire.ServiceClosing, Text: "Too many attempts" + retryText(re.After) + "."}
	}
	var op storage.Op
	var text string
	var after time.Duration
	if se := (*storage.Error)(nil); errors.As(err, &se) {
		op, text, after = se.Op, se.Text, se.RetryAfter
	}
	kind := storage.KindOf(err)
	row := kindReplies[kind]
	if text == "" {
		text = row.text
		if after > 0 {
			text = "Busy" + retryText(after) + "."
		}
	}
	return wire.Reply{Code: row.codes[classOf(op)], Text: text}
}

func retryText(after time.Duration) string {
	if after <= 0 {
		return ", try again later"
	}
	return fmt.Sprintf(", try again in %d s", int64((after+time.Second-1)/time.Second))
}

// operatorMustAct reports errors that no user can mend.
func operatorMustAct(err error) bool {
	switch storage.KindOf(err) {
	case storage.Unauthenticated:
		return true
	case storage.Internal:
		pe := (*protocolError)(nil)
		return !errors.As(err, &pe) && !errors.Is(err, context.Canceled)
	}
	return false
}
