package ftpfront

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
)

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
// slow for it, gets 425; a negotiation that failed, or ended in what the policy
// does not allow, 522 (RFC 4217, section 10.2; vsftpd for require_ssl_reuse).
func (srv *Server) protect(ctx context.Context, tcp net.Conn, g dataGuard) (*dataconn.Conn, error) {
	ctx, stop := withTimeout(ctx, srv.opt.Limits.Handshake)
	defer stop()
	claim := func(session string) bool { return session == g.session }
	if srv.opt.TLSReuse == ReuseOff {
		claim = nil
	}
	conn, err := srv.tickets.Protect(ctx, tcp, claim)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: protect data connection: %w", errSlowHandshake, err)
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
