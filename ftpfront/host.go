package ftpfront

import (
	"context"
	"net/netip"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// virtualHost answers HOST (RFC 7151), which comes before USER. A name that
// differs from that in the TLS handshake is refused.
func (s *session) virtualHost(_ context.Context, arg string) (wire.Reply, error) {
	if s.user != "" || s.account != nil {
		return wire.Reply{}, errSequence
	}
	name, ok := hostName(strings.TrimSpace(arg))
	if !ok {
		return wire.Reply{}, errSyntax
	}
	if f := s.srv.opt.Hosts; f != nil && !f(name) {
		return wire.Reply{}, errUnknownHost
	}
	if s.tls != nil && s.tls.ServerName != "" && !strings.EqualFold(s.tls.ServerName, name) {
		return wire.Reply{}, errUnknownHost
	}
	s.host = name
	return wire.Reply{Code: wire.Ready, Text: "Ready."}, nil
}

// hostName reads a domain name, an IPv4 address or an IPv6 address in brackets,
// without a port, and returns it in lower case.
func hostName(text string) (string, bool) {
	if inner, ok := strings.CutPrefix(text, "["); ok {
		inner, ok = strings.CutSuffix(inner, "]")
		a, err := netip.ParseAddr(inner)
		return text, ok && err == nil && a.Is6() && a.Zone() == ""
	}
	text = strings.ToLower(strings.TrimSuffix(text, "."))
	if text == "" || len(text) > 253 {
		return "", false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notHostChar) {
			return "", false
		}
	}
	return text, true
}

// notHostChar lets "_" pass, which no standard allows and some networks use.
func notHostChar(c rune) bool {
	return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_'
}

// hostName is the virtual host that the client asked for: what TLS says cannot
// be forged on the way.
func (s *session) hostName() string {
	if s.tls != nil && s.tls.ServerName != "" {
		return strings.ToLower(s.tls.ServerName)
	}
	return s.host
}

// lang answers LANG (RFC 2640, section 4): replies are in English.
func (s *session) lang(_ context.Context, arg string) (wire.Reply, error) {
	tag := strings.ToUpper(strings.TrimSpace(arg))
	if tag != "" && tag != "EN" && !strings.HasPrefix(tag, "EN-") {
		return wire.Reply{}, errParameter
	}
	return wire.Reply{Code: wire.OK, Text: "Replies are in English."}, nil
}
