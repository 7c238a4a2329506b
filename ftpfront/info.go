package ftpfront

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// helpColumns is how many verbs stand on one line of HELP.
const helpColumns = 8

// noop answers NOOP, with or without an argument.
func (s *session) noop(context.Context, string) (wire.Reply, error) {
	return wire.Reply{Code: wire.OK, Text: "OK."}, nil
}

// syst answers SYST. Clients read the listings by it: `ls -l`.
func (s *session) syst(context.Context, string) (wire.Reply, error) {
	return wire.Reply{Code: wire.SystemType, Text: "UNIX Type: L8"}, nil
}

// help answers HELP from the command table.
func (s *session) help(_ context.Context, arg string) (wire.Reply, error) {
	if verb := strings.ToUpper(strings.TrimSpace(arg)); verb != "" {
		if _, known := s.srv.commands[verb]; !known {
			return wire.Reply{}, errParameter
		}
		return wire.Reply{Code: wire.HelpText, Text: verb + " is supported."}, nil
	}
	r := wire.Reply{Code: wire.HelpText, Head: "These commands are supported:", Text: "End of help."}
	var line []string
	for _, verb := range s.srv.verbs() {
		if line = append(line, fmt.Sprintf("%-7s", verb)); len(line) == helpColumns {
			r.Lines, line = append(r.Lines, strings.TrimRight(strings.Join(line, " "), " ")), nil
		}
	}
	if line != nil {
		r.Lines = append(r.Lines, strings.TrimRight(strings.Join(line, " "), " "))
	}
	return r, nil
}

// digestFeatures are the lines of FEAT for the verbs that name an algorithm, in
// the form that GlobalSCAPE and ProFTPD gave them.
var digestFeatures = map[storage.Algorithm][]string{
	storage.CRC32:  {"XCRC filename;start;end"},
	storage.MD5:    {"MD5", "SITE MD5", "XMD5 filename;start;end"},
	storage.SHA1:   {"XSHA1 filename;start;end"},
	storage.SHA256: {"XSHA256 filename;start;end"},
	storage.SHA512: {"XSHA512 filename;start;end"},
}

// feat answers FEAT (RFC 2389, section 3).
func (s *session) feat(context.Context, string) (wire.Reply, error) {
	lines := []string{
		"CLNT", "COMB target;source_list", "EPRT", "EPSV", "HOST", "LANG EN*", "MDTM", s.facts.Feature(),
		"RANG STREAM", "REST STREAM", "SIZE", "TVFS", "UTF8",
	}
	if s.able.SetModTime != nil {
		lines = append(lines, "MFF modify;", "MFMT", "SITE UTIME")
	}
	if s.able.Space != nil {
		lines = append(lines, "AVBL")
	}
	if s.srv.opt.Deflate {
		lines = append(lines, "MODE Z")
	}
	if hash := s.hashFeature(); hash != "" {
		lines = append(lines, hash)
	}
	for _, a := range s.digests() {
		lines = append(lines, digestFeatures[a]...)
	}
	if s.srv.opt.TLS != nil {
		lines = append(lines, "AUTH TLS", "PBSZ", "PROT")
	}
	slices.Sort(lines)
	return wire.Reply{Code: wire.SystemStatus, Head: "Features:", Lines: lines, Text: "End."}, nil
}

// opts answers OPTS (RFC 2389, section 4): UTF8, MLST, HASH and MODE.
func (s *session) opts(_ context.Context, arg string) (wire.Reply, error) {
	name, value, _ := strings.Cut(strings.TrimSpace(arg), " ")
	switch strings.ToUpper(name) {
	case "UTF8", "UTF-8":
		// RFC 2640 knows no way to switch it off, and nothing here would change.
		if v := strings.ToUpper(strings.TrimSpace(value)); v == "ON" || v == "" {
			return wire.Reply{Code: wire.OK, Text: "UTF8 is always on."}, nil
		}
		return wire.Reply{}, errParameter
	case "MLST":
		s.facts = wire.ParseFacts(value)
		return wire.Reply{Code: wire.OK, Text: strings.TrimRight("MLST OPTS "+s.facts.String(), " ")}, nil
	case "HASH":
		return s.hashOptions(value)
	case "MODE":
		return s.modeOptions(value)
	}
	return wire.Reply{}, errParameter
}

// clnt answers CLNT: the client's name is passed on to the authenticator.
func (s *session) clnt(_ context.Context, arg string) (wire.Reply, error) {
	s.program = strings.ToValidUTF8(strings.TrimSpace(arg), "")
	return wire.Reply{Code: wire.OK, Text: "Noted."}, nil
}

// stat answers STAT: of the session, of its transfer, or of a path.
func (s *session) stat(ctx context.Context, arg string) (wire.Reply, error) {
	if strings.TrimSpace(arg) != "" {
		switch {
		case s.account == nil:
			return wire.Reply{}, errNotLoggedIn
		case s.transfer != nil: // the storage may be as slow as the transfer
			return wire.Reply{}, errSequence
		}
		return s.statPath(ctx, arg)
	}
	r := wire.Reply{Code: wire.SystemStatus, Head: s.srv.opt.Name + " status:", Text: "End of status."}
	r.Lines = append(r.Lines, "Connected from "+s.remote.Addr().String())
	if s.account != nil {
		r.Lines = append(r.Lines, "Logged in as "+s.account.Name, "Working directory "+quote(s.cwd))
	}
	r.Lines = append(r.Lines, s.protection())
	if t := s.transfer; t != nil {
		r.Lines = append(r.Lines, fmt.Sprintf("%s of %s: %d bytes so far", t.direction, t.path, t.bytes.Load()))
	}
	return r, nil
}

func (s *session) protection() string {
	switch {
	case s.tls == nil:
		return "Control connection in plain text"
	case s.protect:
		return "Control and data connections protected by TLS"
	}
	return "Control connection protected by TLS, data in plain text"
}
