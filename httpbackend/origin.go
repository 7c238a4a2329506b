package httpbackend

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
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

// allows reports whether requests may go to u.
func (o origins) allows(u *url.URL) bool {
	return isPlace(u) && (o.isOwn(u) || matchesAny(u, o.other))
}

// allowsRedirect reports whether a redirect may lead to u. list has its origins, and
// [mapping.SameOrigin] for that of the server.
func (o origins) allowsRedirect(u *url.URL, list []string) bool {
	if !isPlace(u) {
		return false
	}
	return o.isOwn(u) && slices.Contains(list, mapping.SameOrigin) || matchesAny(u, list)
}

// isPlace reports whether requests can go to u at all.
func isPlace(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil
}

func matchesAny(u *url.URL, list []string) bool {
	return slices.ContainsFunc(list, func(allowed string) bool { return matchesOrigin(u, allowed) })
}

// matchesOrigin compares with an origin in which the host may begin with "*.".
func matchesOrigin(u *url.URL, allowed string) bool {
	a, err := url.Parse(strings.Replace(allowed, "://*.", "://", 1))
	if err != nil || a.Host == "" { // the latter is a word, such as same-origin
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
// mapping has made. A URL that came whole is kept byte for byte, since its query may
// be signed. own reports whether it lies on the server itself.
func (u *Upstream) address(req *mapping.Request, next string) (text string, own bool, err error) {
	text, own = u.base+req.Path, true
	if next != "" || req.URL != "" {
		text, _, _ = strings.Cut(cmp.Or(next, req.URL), "#")
		at, err := url.Parse(text)
		if err != nil || !u.allowed.allows(at) {
			return "", false, fmt.Errorf("%w: %s", errForbidden, oneLine(cutQuery(text)))
		}
		own = u.allowed.isOwn(at)
	}
	if len(req.Query) > 0 && next == "" {
		sep := "?"
		if strings.Contains(text, "?") {
			sep = "&"
		}
		text += sep + req.Query.Encode()
	}
	return text, own, nil
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
	if ip = plainIP(ip); ip.IsLinkLocalUnicast() || isMetadata(ip) {
		return fmt.Errorf("%w: %s is link-local or a metadata service", errForbidden, ip.WithZone(""))
	}
	return nil
}

// nat64 is the prefix under which networks without IPv4 reach it (RFC 6052, section 2.1).
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// plainIP takes an IPv4 address out of the IPv6 address that stands for it.
func plainIP(ip netip.Addr) netip.Addr {
	if nat64.Contains(ip) {
		bytes := ip.As16()
		return netip.AddrFrom4([4]byte(bytes[12:]))
	}
	return ip.Unmap()
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
