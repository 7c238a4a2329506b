package wire

import "strconv"

// Code is the three-digit number of a reply.
type Code int

// The codes that the engine sends (RFC 959 section 4.2.1, RFC 2228 section 5,
// RFC 2428 sections 2 and 3, RFC 2640 section 3, RFC 4217).
const (
	AboutToOpen      Code = 150
	OK               Code = 200
	Superfluous      Code = 202
	SystemStatus     Code = 211
	FileStatus       Code = 213
	HelpText         Code = 214
	SystemType       Code = 215
	Ready            Code = 220
	Closing          Code = 221
	DataClosing      Code = 226
	Passive          Code = 227
	ExtendedPassive  Code = 229
	LoggedIn         Code = 230
	LoggedInByTLS    Code = 232
	AuthDone         Code = 234
	FileActionDone   Code = 250
	FileDigest       Code = 251 // draft-twine-ftpmd5
	PathCreated      Code = 257
	NeedPassword     Code = 331
	NeedAccount      Code = 332
	PendingFurther   Code = 350
	ServiceClosing   Code = 421
	NoDataConnection Code = 425
	TransferAborted  Code = 426
	FileBusy         Code = 450
	LocalError       Code = 451
	NoSpace          Code = 452
	BadCommand       Code = 500
	BadArgument      Code = 501
	NotImplemented   Code = 502
	BadSequence      Code = 503
	BadParameter     Code = 504
	ProtNotAllowed   Code = 521
	BadNetwork       Code = 522
	DataTLSFailed    Code = 522
	NotLoggedIn      Code = 530
	PolicyDenied     Code = 534
	ProtUnsupported  Code = 536
	FileUnavailable  Code = 550
	TooLarge         Code = 552
	NameNotAllowed   Code = 553
	InvalidRestart   Code = 554
)

// Preliminary reports whether a further reply to the same command follows.
func (c Code) Preliminary() bool { return c < 200 }

// Reply is a coded answer on the control connection. The zero Reply is none.
type Reply struct {
	Code Code
	// Text is the last line, or the only one.
	Text string
	// Head, if not empty, opens a multi-line reply that Text closes.
	Head string
	// Lines stand between Head and Text, each indented by one space, so that
	// none can be taken for the last (RFC 959, section 4.2).
	Lines []string
}

// Append appends the reply as sent on the wire. Bytes that could end a line
// inside a text are replaced by spaces.
func (r Reply) Append(b []byte) []byte {
	if r.Head != "" {
		b = appendLine(b, r.Code, '-', r.Head)
		for _, l := range r.Lines {
			b = append(b, ' ')
			b = appendText(b, l)
			b = append(b, "\r\n"...)
		}
	}
	return appendLine(b, r.Code, ' ', r.Text)
}

func appendLine(b []byte, code Code, sep byte, text string) []byte {
	b = strconv.AppendInt(b, int64(code), 10)
	b = append(b, sep)
	b = appendText(b, text)
	return append(b, "\r\n"...)
}

// appendText appends s without line ends and doubles IAC (RFC 854).
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; c {
		case '\r', '\n', 0:
			b = append(b, ' ')
		case telnetIAC:
			b = append(b, telnetIAC, telnetIAC)
		default:
			b = append(b, c)
		}
	}
	return b
}
