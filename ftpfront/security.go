package ftpfront

import (
	"context"
	"errors"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// auth answers AUTH (RFC 4217, section 4). The handshake follows the 234.
func (s *session) auth(_ context.Context, arg string) (wire.Reply, error) {
	switch {
	case s.srv.opt.TLS == nil:
		return wire.Reply{}, errNotImplemented
	case s.tls != nil:
		return wire.Reply{}, errSequence
	}
	var protect bool
	switch strings.ToUpper(strings.TrimSpace(arg)) {
	case "TLS", "TLS-C":
	case "SSL", "TLS-P": // the old names that protect data at once
		protect = true
	default:
		return wire.Reply{}, errParameter
	}
	s.logOut() // RFC 4217, section 4.1: a login before AUTH does not count
	s.protect = protect
	// Behind a transfer, lines may wait that came in plain text, and a read may
	// be under way that would take the first bytes of the handshake.
	s.held = nil
	s.ctl.drop()
	return wire.Reply{Code: wire.AuthDone, Text: "Proceed with the handshake."}, nil
}

// handshake protects the control connection.
func (s *session) handshake() error {
	ctx, stop := withTimeout(s.ctx, s.srv.opt.Limits.Handshake)
	defer stop()
	var shown string
	state, err := s.ctl.startTLS(ctx, s.srv.tickets.Control(s.id, func(other string) { shown = other }))
	if err != nil {
		return err
	}
	s.tls = state
	if state.DidResume {
		s.srv.shareTickets(s, shown)
	}
	return nil
}

// upgrade runs the handshake after 234. A client that fails it is not talked to
// any further: it may be in the middle of a TLS record.
func (s *session) upgrade() {
	if err := s.handshake(); err != nil {
		s.handshakeFailed(err)
		s.quit = true
	}
}

func (s *session) handshakeFailed(err error) {
	s.log.Info("handshake failed", "err", err)
	if errors.Is(err, context.DeadlineExceeded) {
		s.limited(LimitHandshake)
	}
}

// pbszSize answers PBSZ: TLS needs no buffer, whatever is asked (RFC 4217,
// section 8).
func (s *session) pbszSize(_ context.Context, arg string) (wire.Reply, error) {
	if s.tls == nil {
		return wire.Reply{}, errSequence
	}
	for _, c := range strings.TrimSpace(arg) {
		if c < '0' || c > '9' {
			return wire.Reply{}, errSyntax
		}
	}
	s.pbsz = true
	return wire.Reply{Code: wire.OK, Text: "PBSZ=0"}, nil
}

// prot answers PROT (RFC 2228, section 3): C and P are what TLS can do.
func (s *session) prot(_ context.Context, arg string) (wire.Reply, error) {
	if s.tls == nil || !s.pbsz && !s.implicit {
		return wire.Reply{}, errSequence
	}
	switch strings.ToUpper(strings.TrimSpace(arg)) {
	case "P":
		s.protect = true
	case "C":
		if s.srv.opt.RequireTLS {
			return wire.Reply{}, errPolicy
		}
		s.protect = false
	case "S", "E":
		return wire.Reply{}, errProtLevel
	default:
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.OK, Text: "Protection level set."}, nil
}

// ccc refuses CCC: a control connection in plain text can be hijacked.
func (s *session) ccc(context.Context, string) (wire.Reply, error) {
	if s.tls == nil {
		return wire.Reply{}, errSequence
	}
	return wire.Reply{}, errPolicy
}
