package ftpfront

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"time"
)

// UploadEnd says when the end of a data connection is taken for the end of the
// uploaded file. FTP has no end mark of its own.
type UploadEnd uint8

const (
	// EndTLS asks for close_notify on TLS data connections and for a living
	// control connection; a plain connection ends by closing. The zero value.
	EndTLS UploadEnd = iota
	// EndStrict asks for close_notify, or for exactly the size that ALLO
	// announced, and for a living control connection.
	EndStrict
	// EndLenient takes any close for the end. For old devices only.
	EndLenient
)

// TLSReuse says whether protected data connections resume the TLS session of
// their control connection. One that does comes from the same client, whatever
// its address, and saves most of the handshake.
type TLSReuse uint8

const (
	// ReusePrefer resumes where the client does, and only what belongs to the
	// session. The zero value.
	ReusePrefer TLSReuse = iota
	// ReuseOff runs a full handshake for each data connection.
	ReuseOff
	// ReuseRequire refuses, with 522, data connections that do not resume.
	// Clients that cannot are shut out: Python's ftplib, Perl's Net::FTP.
	ReuseRequire
)

// PassiveMode says how passive data connections are told apart.
type PassiveMode uint8

const (
	// PassiveOwn opens a port for each data connection and closes it as soon
	// as the client has come. The zero value.
	PassiveOwn PassiveMode = iota
	// PassivePooled binds all of PassivePorts once, when serving starts, and
	// tells clients apart by their addresses. A few ports then serve any number
	// of clients; the sessions of one address can wait for as many data
	// connections at once as there are ports.
	PassivePooled
	// PassiveSingle binds one port for all data connections. A connection is
	// for a session of its address; where several of them wait, the ticket of
	// its TLS session names the one. It needs TLS with tickets, and clients that
	// resume or have an address of their own. Without TLS, one session of an
	// address can wait at a time.
	PassiveSingle
)

// maxPooledPorts bounds the range of PassivePooled, which is bound at once.
const maxPooledPorts = 1024

// ProxyProtocol says which connections begin with a PROXY header (version 1 or
// 2), which names the client that a proxy stands for. The zero value is none.
type ProxyProtocol struct {
	// Trusted are the networks of the proxies. Control and data connections
	// from them must begin with a header; it is believed. A control connection
	// from elsewhere that sends one is closed.
	Trusted []netip.Prefix
	// Timeout is how long a header may take; zero means 5 seconds, negative no
	// limit.
	Timeout time.Duration
}

// Options configure a Server. The zero value of each field is its safe default.
type Options struct {
	// Authenticator decides who may log in. Required.
	Authenticator Authenticator

	// Name stands in the greeting; empty means "FTP server".
	Name string

	// TLS enables AUTH TLS, and is required for ServeTLS. Nil means no TLS.
	// Control and data connections share it. It is not changed, and its hooks
	// are called: GetCertificate and GetConfigForClient may choose by SNI and
	// give a new certificate at any time. Tickets of both kinds of connections
	// are sealed with its keys, also where GetConfigForClient chooses another.
	//
	// Its ClientAuth asks clients for certificates; a certificate that was
	// verified comes to the Authenticator (see Login), and the data connections
	// of its session must show the same one. Without NextProtos, clients that
	// offer "ftp" by ALPN are answered, and none is turned away.
	TLS *tls.Config
	// TLSReuse says whether data connections resume the control connection's
	// TLS session.
	TLSReuse TLSReuse
	// RequireTLS refuses to log in, and to transfer, without TLS.
	RequireTLS bool

	// PassiveMode says how passive data connections are told apart.
	PassiveMode PassiveMode
	// PassivePorts is the range of ports for passive data connections, both
	// ends included; zero leaves the choice to the system. PassivePooled needs
	// one, of at most 1024 ports; PassiveSingle one of a single port.
	PassivePorts [2]uint16
	// PassiveAddress tells the IPv4 address that PASV advertises to a client;
	// nil, or an invalid address, means the one that the client reached.
	PassiveAddress func(client netip.Addr) netip.Addr

	// ActivePort is the port from which active data connections are dialled; 0
	// means any. RFC 959 names 20, for which the process needs a privilege.
	ActivePort uint16

	// ProxyProtocol says which connections come through a proxy.
	ProxyProtocol ProxyProtocol

	// UploadEnd says what ends an upload.
	UploadEnd UploadEnd
	// KeepLineEnds switches off the newline conversion of TYPE A.
	KeepLineEnds bool

	// OmitSelf leaves the listed directory and its parent (cdir and pdir of RFC
	// 3659, section 7.5.1) out of MLSD, for clients that take them for entries.
	OmitSelf bool

	// Deflate switches MODE Z on. It saves a slow line and costs much CPU and
	// about 1 MiB of memory for each transfer; clients such as lftp use it
	// wherever it is offered.
	Deflate bool
	// ComputeDigests answers HASH, XMD5 and their like from the content where the
	// storage does not know the digest. Each answer then costs the storage a
	// whole download.
	ComputeDigests bool

	// Hosts tells whether there is a virtual host of a name in lower case (HOST,
	// RFC 7151); nil leaves that to the Authenticator.
	Hosts func(name string) bool
	// Site are SITE commands of the embedder's own, by name in capitals. They
	// take the place of built-in ones.
	Site map[string]SiteCommand

	// Limits bound what clients can use up.
	Limits Limits

	// Events are called as things happen.
	Events Events
	// Logger gets the log; nil discards it.
	Logger *slog.Logger
}

// Limits bound what clients can use up. Zero means the default named; a
// negative number or duration means no limit.
type Limits struct {
	Sessions           int // at once; 10000
	SessionsPerAddress int // at once from one address, or one /64 of IPv6; 100
	LoginAttempts      int // failed logins before the session ends; 3

	Login       time.Duration // from greeting to 230; 1 minute
	Handshake   time.Duration // of TLS; 10 seconds
	Idle        time.Duration // between commands; 5 minutes
	Command     time.Duration // of one command that is no transfer; 30 seconds
	DataOpen    time.Duration // for the data connection to open, and from PASV to its transfer; 30 seconds
	Stall       time.Duration // of a transfer without progress, and for the storage's final answer; 1 minute
	MaxTransfer time.Duration // of a whole transfer; no limit

	MaxFileBytes int64 // of one upload; no limit
	MaxListing   int   // entries of one listing; 10000000

	BytesPerSecond        int64 // of one session, in each direction; no limit
	AccountBytesPerSecond int64 // of all sessions of an account together, in each direction; no limit
	// CommandsPerSecond is how fast one session's commands are taken; those
	// that come faster wait. No limit: a client that mirrors small files sends
	// thousands.
	CommandsPerSecond int
}

func (o *Options) check() error {
	if o.Authenticator == nil {
		return errors.New("ftpfront: Options.Authenticator is nil")
	}
	if o.RequireTLS && o.TLS == nil {
		return errors.New("ftpfront: Options.RequireTLS needs Options.TLS")
	}
	if o.TLSReuse > ReuseRequire {
		return fmt.Errorf("ftpfront: Options.TLSReuse: %d is unknown", o.TLSReuse)
	}
	if o.TLSReuse == ReuseRequire && (o.TLS == nil || o.TLS.SessionTicketsDisabled) {
		return errors.New("ftpfront: Options.TLSReuse requires what Options.TLS cannot do without session tickets")
	}
	if o.PassivePorts[0] > o.PassivePorts[1] || o.PassivePorts[0] == 0 && o.PassivePorts[1] != 0 {
		return fmt.Errorf("ftpfront: Options.PassivePorts: %d-%d is no range", o.PassivePorts[0], o.PassivePorts[1])
	}
	if err := o.checkPassiveMode(); err != nil {
		return err
	}
	for _, network := range o.ProxyProtocol.Trusted {
		if !network.IsValid() {
			return errors.New("ftpfront: Options.ProxyProtocol.Trusted holds an invalid network")
		}
	}
	if o.UploadEnd > EndLenient {
		return fmt.Errorf("ftpfront: Options.UploadEnd: %d is unknown", o.UploadEnd)
	}
	return checkSite(o.Site)
}

func (o *Options) checkPassiveMode() error {
	ports := int(o.PassivePorts[1]) - int(o.PassivePorts[0]) + 1
	switch {
	case o.PassiveMode > PassiveSingle:
		return fmt.Errorf("ftpfront: Options.PassiveMode: %d is unknown", o.PassiveMode)
	case o.PassiveMode == PassivePooled && (o.PassivePorts[0] == 0 || ports > maxPooledPorts):
		return fmt.Errorf("ftpfront: Options.PassiveMode: PassivePooled needs PassivePorts, at most %d", maxPooledPorts)
	case o.PassiveMode == PassiveSingle && (o.PassivePorts[0] == 0 || ports != 1):
		return errors.New("ftpfront: Options.PassiveMode: PassiveSingle needs PassivePorts of a single port")
	case o.PassiveMode == PassiveSingle && (o.TLS == nil || o.TLS.SessionTicketsDisabled || o.TLSReuse == ReuseOff):
		return errors.New("ftpfront: Options.PassiveMode: PassiveSingle needs Options.TLS with session tickets, and TLSReuse other than ReuseOff")
	}
	return nil
}

// withDefaults returns o with every limit set: positive, or negative for none.
func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = "FTP server"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	fill(&o.ProxyProtocol.Timeout, 5*time.Second)
	l := &o.Limits
	fill(&l.Sessions, 10000)
	fill(&l.SessionsPerAddress, 100)
	fill(&l.LoginAttempts, 3)
	fill(&l.Login, time.Minute)
	fill(&l.Handshake, 10*time.Second)
	fill(&l.Idle, 5*time.Minute)
	fill(&l.Command, 30*time.Second)
	fill(&l.DataOpen, 30*time.Second)
	fill(&l.Stall, time.Minute)
	fill(&l.MaxTransfer, -1)
	fill(&l.MaxFileBytes, -1)
	fill(&l.MaxListing, 10_000_000)
	return o
}

func fill[T int | int64 | time.Duration](field *T, def T) {
	if *field == 0 {
		*field = def
	}
}
