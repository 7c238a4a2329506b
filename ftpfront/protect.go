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

// secured returns a data connection as the transfer asks for it, protected or
// not. One that does not satisfy its session gets 522 (RFC 4217, section 10.2;
// vsftpd for require_ssl_reuse).
func (srv *Server) secured(ctx context.Context, conn *dataconn.Conn, protect bool, g dataGuard) (*dataconn.Conn, error) {
	var err error
	switch {
	case !protect && !conn.Protected():
		return conn, nil
	case !protect: // PROT C behind PASV, and the handshake came before
		conn.Abort()
		return nil, fmt.Errorf("%w: data connection is protected", errNoDataConn)
	case !conn.Protected():
		if conn, err = srv.protect(ctx, conn, g); err != nil {
			return nil, err
		}
	}
	switch {
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

// protect runs the handshake on a data connection. A client that is gone, or too
// slow for it, gets 425; a negotiation that failed, 522.
func (srv *Server) protect(ctx context.Context, plain *dataconn.Conn, g dataGuard) (*dataconn.Conn, error) {
	ctx, stop := withTimeout(ctx, srv.opt.Limits.Handshake)
	defer stop()
	claim := func(session string) bool { return session == g.session }
	if srv.opt.TLSReuse == ReuseOff {
		claim = nil
	}
	conn, err := srv.tickets.Protect(ctx, plain, claim)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("%w: protect data connection: %w", errSlowHandshake, err)
	case err != nil && (ctx.Err() != nil || connectionFailed(err)):
		return nil, fmt.Errorf("%w: protect data connection: %w", errNoDataConn, err)
	case err != nil:
		return nil, fmt.Errorf("%w: %w", errDataTLS, err)
	}
	return conn, nil
}

// connectionFailed reports whether it was the connection that ended a handshake,
// and nothing that was said on it.
func connectionFailed(err error) bool {
	op := (*net.OpError)(nil) // also the form of TLS alerts
	return errors.Is(err, io.EOF) || errors.As(err, &op) && (op.Op == "read" || op.Op == "write")
}
