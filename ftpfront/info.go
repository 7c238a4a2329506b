package ftpfront

import (
	"context"
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
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
		if line = append(line, fmt.Sprintf("%-4s", verb)); len(line) == helpColumns {
			r.Lines, line = append(r.Lines, strings.Join(line, " ")), nil
		}
	}
	if line != nil {
		r.Lines = append(r.Lines, strings.Join(line, " "))
	}
	return r, nil
}

// feat answers FEAT (RFC 2389, section 3).
func (s *session) feat(context.Context, string) (wire.Reply, error) {
	lines := []string{"EPRT", "EPSV", "MDTM"}
	if s.able.SetModTime != nil {
		lines = append(lines, "MFMT")
	}
	lines = append(lines, s.facts.Feature(), "REST STREAM", "SIZE", "TVFS", "UTF8", "CLNT")
	if s.srv.opt.TLS != nil {
		lines = append(lines, "AUTH TLS", "PBSZ", "PROT")
	}
	return wire.Reply{Code: wire.SystemStatus, Head: "Features:", Lines: lines, Text: "End."}, nil
}

// opts answers OPTS (RFC 2389, section 4): UTF8 and MLST.
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
	}
	return wire.Reply{}, errParameter
}

// clnt answers CLNT: the client's name is passed on to the authenticator.
func (s *session) clnt(_ context.Context, arg string) (wire.Reply, error) {
	s.program = strings.ToValidUTF8(strings.TrimSpace(arg), "")
	return wire.Reply{Code: wire.OK, Text: "Noted."}, nil
}

// site answers SITE. Only HELP is there.
func (s *session) site(_ context.Context, arg string) (wire.Reply, error) {
	if !strings.EqualFold(strings.TrimSpace(arg), "HELP") {
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.HelpText, Text: "SITE HELP is the only SITE command."}, nil
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
