package config

import (
	"net/netip"
	"time"
)

// Config is a complete and checked configuration, as [Load] gives it. Nothing
// in it is shared, so the caller may keep and change it.
type Config struct {
	FTP     FTP
	Auth    []Source // tried in order; at least one
	Guard   Guard
	Token   Token
	Backend Backend
	Admin   Admin
	Log     Log
}

// FTP is the side that FTP clients see.
type FTP struct {
	Listen        []string // host:port, at least one
	Name          string   // this instance, in the greeting, for webhooks and tokens
	Passive       Passive
	Active        Active
	ProxyProtocol ProxyProtocol
	TLS           TLS
	Limits        Limits
	UploadEnd     UploadEnd
	ASCII         ASCII
	MLSDSelf      bool // a directory and its parent in its own MLSD
	ModeZ         bool // offer compression
	Digests       Digests
	Hosts         []string // in lower case; empty: any
}

// Passive says where passive data connections arrive.
type Passive struct {
	Mode      PassiveMode
	Ports     PortRange
	Address   string           // IPv4 address or DNS name told to clients; empty: the one they connected to
	Addresses []PassiveAddress // the first that has the client beats Address
}

// PassiveMode says how passive data connections are told apart.
type PassiveMode string

// The modes of passive data connections.
const (
	PassiveOwn    PassiveMode = "own"    // a port for each
	PassivePooled PassiveMode = "pooled" // by the client's address, on ports that are always open
	PassiveSingle PassiveMode = "single" // by the client's TLS session, on one port
)

// PassiveAddress is what clients of some networks are told.
type PassiveAddress struct {
	Networks []netip.Prefix // at least one
	Address  string         // as Passive.Address
}

// Active says how the bridge connects to clients that ask for it.
type Active struct {
	Port uint16 // to connect from; 0: any
}

// ProxyProtocol says which connections tell their client by a PROXY header.
type ProxyProtocol struct {
	Trusted []netip.Prefix // networks of the proxies; empty: there are none
	Timeout time.Duration  // for the header to come
}

// TLS protects control and data connections (RFC 4217).
type TLS struct {
	Mode         TLSMode
	KeyPair                // both set unless Mode is TLSOff
	Certificates []KeyPair // more, chosen by the name that a client asks for
	MinVersion   string    // "1.2" or "1.3"
	Reuse        TLSReuse

	ClientCertificates ClientCertificates
	ClientCA           string // name of a PEM file; set unless ClientCertificates is off
}

// KeyPair names the PEM files of a certificate chain and its private key.
type KeyPair struct{ Cert, Key string }

// TLSReuse says whether data connections resume the TLS session of their control
// connection.
type TLSReuse string

// The policies of reuse.
const (
	TLSReusePrefer  TLSReuse = "prefer"  // where the client does
	TLSReuseOff     TLSReuse = "off"     // never
	TLSReuseRequire TLSReuse = "require" // others are refused
)

// ClientCertificates says whether clients show certificates.
type ClientCertificates string

// The policies of client certificates.
const (
	ClientCertificatesOff     ClientCertificates = "off"
	ClientCertificatesRequest ClientCertificates = "request" // one that is shown must be valid
	ClientCertificatesRequire ClientCertificates = "require"
)

// TLSMode says when a session is protected.
type TLSMode string

// The modes of TLS.
const (
	TLSOff      TLSMode = "off"      // never; AUTH is refused
	TLSExplicit TLSMode = "explicit" // when the client asks by AUTH TLS
	TLSRequired TLSMode = "required" // as explicit, and no login without it
	TLSImplicit TLSMode = "implicit" // from the first byte
)

// Limits bound what clients may use. Durations are positive unless said
// otherwise; 0 stands for "no limit" only where the comment says so.
type Limits struct {
	Sessions           int           // at once
	SessionsPerAddress int           // at once from one address; 0: no limit
	LoginAttempts      int           // refused logins before the session ends
	LoginTimeout       time.Duration // from the greeting to a finished login
	Idle               time.Duration // a session without command or transfer
	DataOpen           time.Duration // until the data connection is there
	Stall              time.Duration // a transfer in which no byte moves
	Handshake          time.Duration // one TLS handshake
	Command            time.Duration // one storage call outside a transfer
	Transfer           time.Duration // one whole transfer; 0: no limit
	MaxFile            Size          // one upload; 0: no limit
	Listing            int           // entries of one listing

	BytesPerSecond        Size // one session, each direction; 0: no limit
	AccountBytesPerSecond Size // all sessions of an account, each direction; 0: no limit
	CommandsPerSecond     int  // one session; 0: no limit
}

// UploadEnd says what proves that an upload is complete.
type UploadEnd string

// The proofs of a complete upload.
const (
	UploadEndStrict  UploadEnd = "strict"  // TLS close_notify or the size given by ALLO
	UploadEndTLS     UploadEnd = "tls"     // close_notify where the data connection has TLS
	UploadEndLenient UploadEnd = "lenient" // any end but a reset
)

// ASCII says what TYPE A does to content.
type ASCII string

// The treatments of TYPE A.
const (
	ASCIIConvert ASCII = "convert" // CRLF on the wire, LF in storage (RFC 959, section 3.1.1.1)
	ASCIIBinary  ASCII = "binary"  // bytes pass unchanged, as many servers do
)

// Digests says where the digests of files come from.
type Digests string

// The sources of digests.
const (
	DigestsStorage Digests = "storage" // what the storage service keeps
	DigestsCompute Digests = "compute" // the content, where the service keeps none
)

// Source is one way of proving who logs in: exactly one field is not nil.
type Source struct {
	Webhook *Webhook
	Static  *Static
}

// Webhook asks a login service.
type Webhook struct {
	URL          string // https, http, or unix:///SOCKET with an optional :/PATH
	Secret       Secret // signs the calls
	OldSecret    Secret // signs them too; may be empty
	Timeout      time.Duration
	InsecureHTTP bool // allow plain http beyond this machine
}

// Static reads the users from a file.
type Static struct {
	File string
}

// Guard slows down guessing of passwords.
type Guard struct {
	FailedLogins int // before the first lock; 0: no guard
	By           GuardBy
	Delay        time.Duration // the first lock; each further failure doubles it
	MaxDelay     time.Duration // the longest lock; at least Delay
	Window       time.Duration // after which failures are forgotten
}

// GuardBy says what failed logins are counted by.
type GuardBy string

// What failed logins may be counted by.
const (
	GuardByAddress GuardBy = "address"
	GuardByUser    GuardBy = "user"
	GuardByBoth    GuardBy = "both" // each for itself
)

// Token describes the tokens that the bridge signs for its sessions.
type Token struct {
	Key       string   // name of a PEM file; empty: a new key at every start
	Published []string // names of PEM files with more keys to publish
	Issuer    string   // empty only where no credential needs it
	Audience  string
	Lifetime  time.Duration // from 1 minute to 24 hours
}

// Backend is the storage service behind the bridge.
type Backend struct {
	Preset          string // name of a built-in mapping, or
	Mapping         string // name of a mapping file: exactly one is set
	Server          Server
	TLS             BackendTLS
	Credentials     map[string]*Credential // by security scheme of the API document, or the mapping's name
	Timeout         Timeout
	MaxRequests     int // at once, for all sessions
	Breaker         Breaker
	Collect         Collect
	StatCache       time.Duration // 0: no cache
	AllowMetadata   bool          // requests to link-local addresses and metadata services of clouds
	ShowProblemText bool          // let the title and detail of problem documents reach the client
}

// Collect bounds content that is collected before it is sent.
type Collect struct {
	Memory  Size
	Dir     string // empty: the system's
	MaxFile Size
}

// Server is where the storage service is.
type Server struct {
	URL       string            // empty: the one that the mapping or its API document names
	Variables map[string]string // of the names in braces in it
	Mounts    map[string]string // base URLs of mounts, by their folders
}

// BackendTLS is how connections to the storage service are protected. Empty
// fields leave that to the system.
type BackendTLS struct {
	CA         string // name of a PEM file with the authorities that are believed
	Cert, Key  string // names of PEM files with what the bridge shows; both or neither
	ServerName string // in the service's certificate, where it is not the URL's
}

// Timeout bounds the phases of a storage request that carry no content.
type Timeout struct {
	Connect time.Duration // including the TLS handshake
	Headers time.Duration // from the end of the request to the answer's headers
	Queue   time.Duration // while Backend.MaxRequests run
}

// Breaker stops calls to a storage service that does not answer.
type Breaker struct {
	Failures int // in a row
	OpenFor  time.Duration
}

// Admin is the HTTP server for operators.
type Admin struct {
	Listen string // host:port; empty: no such server
}

// Log is the log on standard error.
type Log struct {
	Level  string // debug, info, warn or error
	Format string // json or console
}
