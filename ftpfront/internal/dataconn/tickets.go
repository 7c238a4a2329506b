package dataconn

import (
	"crypto/tls"
	"slices"
	"strings"
)

// Tickets makes the TLS configurations of control and data connections. The
// tickets that a client gets name the FTP session they belong to: a data
// connection that resumes one comes from the client of that session, on TLS 1.2
// and 1.3 alike. It is safe for concurrent use.
type Tickets struct{ cfg *tls.Config }

// NewTickets returns Tickets for a configuration of the embedder's, which is
// cloned for each connection and never changed. Its ticket keys seal all
// tickets, also where GetConfigForClient chooses another configuration.
func NewTickets(cfg *tls.Config) *Tickets { return &Tickets{cfg} }

// Control is the configuration of one control connection. It resumes what any
// session of this server (or of those with the same ticket keys) began: the
// client saves a handshake, and logs in all the same. Shown is called during the
// handshake with the session of each ticket that the client shows; the last one
// is that which it resumes, if it does.
func (t *Tickets) Control(session string, shown func(session string)) *tls.Config {
	b := &binding{
		cfg: t.cfg,
		claim: func(other string) bool {
			shown(other)
			return true
		},
		name: func(bool) string { return session },
	}
	return b.config()
}

// ticketTag begins the entry of tls.SessionState.Extra that is ours.
const ticketTag = "ftpfront:"

// binding ties the configuration of one connection to FTP sessions.
type binding struct {
	cfg *tls.Config
	// claim reports whether a ticket of that session may be resumed here; nil
	// allows no resumption at all.
	claim func(session string) bool
	// name is the session that new tickets belong to; empty for none.
	name func(resumed bool) string
	// issuing is called right before a ticket is sent; it may be nil.
	issuing func(version uint16)

	claimed string // the session of the last ticket that claim accepted
}

func (b *binding) config() *tls.Config {
	c := b.bound(b.cfg)
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return b.chosen(hello, c)
	}
	return c
}

// chosen is what the embedder wants for this client, bound; nil for bound, the
// default.
func (b *binding) chosen(hello *tls.ClientHelloInfo, bound *tls.Config) (*tls.Config, error) {
	if choose := b.cfg.GetConfigForClient; choose != nil {
		other, err := choose(hello)
		if err != nil {
			return nil, err
		}
		if other != nil {
			c := b.bound(other)
			offerFTP(c, hello)
			return c, nil
		}
	}
	if len(b.cfg.NextProtos) > 0 || !slices.Contains(hello.SupportedProtos, alpnFTP) {
		return nil, nil
	}
	c := bound.Clone()
	offerFTP(c, hello)
	return c, nil
}

// alpnFTP is the protocol name of FTP (RFC 4217), in the registry of RFC 7301.
const alpnFTP = "ftp"

// offerFTP answers a client that offers FTP by ALPN. To one that does not, but
// names other protocols (curl has offered http/1.1, FileZilla offers names of
// its own), nothing is said: crypto/tls would turn it away.
func offerFTP(c *tls.Config, hello *tls.ClientHelloInfo) {
	if len(c.NextProtos) == 0 && slices.Contains(hello.SupportedProtos, alpnFTP) {
		c.NextProtos = []string{alpnFTP}
	}
}

// bound returns a copy of cfg that keeps the session in its tickets. Hooks of
// the embedder's stay in charge of sealing and opening.
func (b *binding) bound(cfg *tls.Config) *tls.Config {
	c := cfg.Clone()
	if b.claim == nil {
		c.SessionTicketsDisabled = true
		return c
	}
	seal, open := cfg.WrapSession, cfg.UnwrapSession
	if seal == nil {
		seal = b.cfg.EncryptTicket
	}
	if open == nil {
		open = b.cfg.DecryptTicket
	}
	c.WrapSession = func(cs tls.ConnectionState, state *tls.SessionState) ([]byte, error) {
		if name := b.name(cs.DidResume); name != "" {
			state.Extra = append(state.Extra, []byte(ticketTag+name))
		}
		if b.issuing != nil {
			b.issuing(cs.Version)
		}
		return seal(cs, state)
	}
	c.UnwrapSession = func(identity []byte, cs tls.ConnectionState) (*tls.SessionState, error) {
		state, err := open(identity, cs)
		if err != nil || state == nil {
			return nil, err
		}
		session := sessionOf(state)
		if session == "" || !b.claim(session) {
			return nil, nil // a full handshake instead
		}
		b.claimed = session
		return state, nil
	}
	return c
}

// sessionOf is the session that a ticket names; empty for none.
func sessionOf(state *tls.SessionState) string {
	for _, extra := range state.Extra {
		if session, ok := strings.CutPrefix(string(extra), ticketTag); ok {
			return session
		}
	}
	return ""
}
