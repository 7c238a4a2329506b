package httpbackend

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errForbidden is the error of a request to a place that the mapping does not allow.
var errForbidden = errors.New("not an allowed origin")

// origins are where requests may go: scheme, host and port of the server, and of
// what the mapping adds.
type origins struct {
	own   *url.URL
	other []string
}

func newOrigins(server *url.URL, other []string) origins { return origins{server, other} }

// isOwn reports whether u lies on the server itself, to which credentials belong.
func (o origins) isOwn(u *url.URL) bool { return originOf(u) == originOf(o.own) }

// allows reports whether requests may go to u. more are origins besides.
func (o origins) allows(u *url.URL, more ...string) bool {
	if u.User != nil || u.Host == "" {
		return false
	}
	if o.isOwn(u) {
		return true
	}
	for _, list := range [][]string{o.other, more} {
		for _, allowed := range list {
			if matchesOrigin(u, allowed) {
				return true
			}
		}
	}
	return false
}

// matchesOrigin compares with an origin in which the host may begin with "*.".
func matchesOrigin(u *url.URL, allowed string) bool {
	a, err := url.Parse(strings.Replace(allowed, "://*.", "://", 1))
	if err != nil {
		return false
	}
	if !strings.Contains(allowed, "://*.") {
		return originOf(u) == originOf(a)
	}
	host, suffix := strings.ToLower(u.Hostname()), "."+strings.ToLower(a.Hostname())
	return u.Scheme == a.Scheme && portOf(u) == portOf(a) && strings.HasSuffix(host, suffix)
}

func originOf(u *url.URL) string {
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + portOf(u)
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// address makes the URL of a request: next, if it is a further page, else what the
// mapping has made.
func (u *Upstream) address(req *mapping.Request, next string) (string, error) {
	text := next
	if next == "" {
		text = req.URL
	}
	if text == "" {
		text = u.base + req.Path
	} else {
		at, err := url.Parse(text)
		if err != nil || !u.allowed.allows(at) {
			return "", fmt.Errorf("%w: %s", errForbidden, oneLine(cutQuery(text)))
		}
	}
	if len(req.Query) > 0 && next == "" {
		sep := "?"
		if strings.Contains(text, "?") {
			sep = "&"
		}
		text += sep + req.Query.Encode()
	}
	return text, nil
}

// cutQuery cuts off what may hold a signature.
func cutQuery(text string) string {
	before, _, _ := strings.Cut(text, "?")
	return before
}

// refuseLinkLocal is the control of a dialer: it sees the address that a name has
// led to, so that no name can lead to a metadata service.
func refuseLinkLocal(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return err
	}
	if ip = ip.Unmap(); ip.IsLinkLocalUnicast() || isMetadata(ip) {
		return fmt.Errorf("%w: %s is link-local or a metadata service", errForbidden, ip.WithZone(""))
	}
	return nil
}

// isMetadata knows the metadata services that are not at link-local addresses: of
// AWS over IPv6, Alibaba Cloud and Oracle Cloud.
func isMetadata(ip netip.Addr) bool {
	switch ip.String() {
	case "fd00:ec2::254", "100.100.100.200", "192.0.0.192":
		return true
	}
	return false
}
