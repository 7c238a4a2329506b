package ftpfront

import (
	"context"

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
	addOldNames(t)
	return t
}

// addOldNames adds the names of RFC 775.
func addOldNames(t map[string]command) {
	for alias, verb := range map[string]string{
		"XPWD": "PWD", "XCWD": "CWD", "XCUP": "CDUP", "XMKD": "MKD", "XRMD": "RMD",
	} {
		row := t[verb]
		row.alias = true
		t[alias] = row
	}
}

// unimplemented are verbs of the RFCs that are known and not served: 502, not 500.
// MFCT is among them because no storage tells a time of creation.
var unimplemented = []string{"SMNT", "ADAT", "MIC", "CONF", "ENC", "MFCT"}
