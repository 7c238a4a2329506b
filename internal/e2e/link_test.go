//go:build e2e

package e2e

import "cmp"

// link is one way from a client to the bridge.
type link struct {
	security security
	family   family
	mode     mode
}

// security is how the connections of a session are protected.
type security string

const (
	plain    security = "ftp"
	explicit security = "ftps-explicit" // AUTH TLS and PROT P
	implicit security = "ftps-implicit" // TLS before the greeting
)

// family is the network protocol of all connections.
type family string

const (
	ipv4 family = "ipv4"
	ipv6 family = "ipv6"
)

// mode says who listens for data connections.
type mode string

const (
	passive mode = "passive" // the bridge does
	active  mode = "active"  // the client does
)

func (l link) String() string {
	return string(l.security) + "/" + string(l.family) + "/" + string(l.mode)
}

// base reports whether l is the link that most people use, which tests may
// drive harder than the others.
func (l link) base() bool { return l.family == ipv4 && l.mode == passive }

// flags make a bridge that can be reached by this link and by no other: a
// client that quietly does something else fails.
func (l link) flags() []string {
	tls := map[security]string{plain: "off", explicit: "required", implicit: "implicit"}[l.security]
	listen := map[family]string{ipv4: "127.0.0.1:0", ipv6: "[::1]:0"}[l.family]
	return []string{"--tls", tls, "--listen", listen}
}

// matches reports whether l is among the links that a pattern stands for: an
// empty field of it is any.
func (l link) matches(pattern link) bool {
	return cmp.Or(pattern.security, l.security) == l.security &&
		cmp.Or(pattern.family, l.family) == l.family &&
		cmp.Or(pattern.mode, l.mode) == l.mode
}

// links returns all there are.
func links() []link {
	var all []link
	for _, s := range []security{plain, explicit, implicit} {
		for _, f := range []family{ipv4, ipv6} {
			for _, m := range []mode{passive, active} {
				all = append(all, link{s, f, m})
			}
		}
	}
	return all
}
