package ftpfront

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
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
	state, err := s.ctl.startTLS(ctx, s.srv.tickets.Control(s.id))
	if err != nil {
		return err
	}
	s.tls = state
	return nil
}

// upgrade runs the handshake after 234. A client that fails it is not talked to
// any further: it may be in the middle of a TLS record.
func (s *session) upgrade() {
	if err := s.handshake(); err != nil {
		s.log.Info("handshake failed", "err", err)
		s.quit = true
	}
}

// dataGuard is what a protected data connection of a session must satisfy.
type dataGuard struct {
	session     string
	certificate *x509.Certificate // that the control connection showed; nil for none
}

func (s *session) dataGuard() dataGuard {
	g := dataGuard{session: s.id}
	if s.tls != nil && len(s.tls.PeerCertificates) > 0 {
		g.certificate = s.tls.PeerCertificates[0]
	}
	return g
}

// protect runs the handshake on a data connection. A client that is gone, or too
// slow for it, gets 425; a negotiation that failed, or ended in what the policy does not
// allow, 522 (RFC 4217, section 10.2; vsftpd for require_ssl_reuse).
func (srv *Server) protect(ctx context.Context, tcp net.Conn, g dataGuard) (*dataconn.Conn, error) {
	ctx, stop := withTimeout(ctx, srv.opt.Limits.Handshake)
	defer stop()
	claim := func(session string) bool { return session == g.session }
	if srv.opt.TLSReuse == ReuseOff {
		claim = nil
	}
	conn, err := srv.tickets.Protect(ctx, tcp, claim)
	switch {
	case err != nil && (ctx.Err() != nil || connectionFailed(err)):
		return nil, fmt.Errorf("%w: protect data connection: %w", errNoDataConn, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errDataTLS, err)
	case srv.opt.TLSReuse == ReuseRequire && conn.Session() != g.session:
		err = errReuseNeeded
	case g.certificate != nil && !g.certificate.Equal(conn.Certificate()):
		err = errOtherCertificate
	default:
		return conn, nil
	}
	conn.Abort()
	return nil, err
}

// connectionFailed reports whether it was the connection that ended a handshake,
// and nothing that was said on it.
func connectionFailed(err error) bool {
	op := (*net.OpError)(nil) // also the form of TLS alerts
	return errors.Is(err, io.EOF) || errors.As(err, &op) && (op.Op == "read" || op.Op == "write")
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
