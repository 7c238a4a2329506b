package config

import "strings"

// schema makes the table of keys. Each function lists one group and binds its
// keys to the fields of the struct it is given.
type schema struct {
	dir string // what file names are relative to
}

func (s schema) config(c *Config) *node {
	return group("", "",
		group("ftp", "What FTP clients see.", s.ftp(&c.FTP)...),
		s.auth(&c.Auth),
		group("guard", "Protection against guessing of passwords.", s.guard(&c.Guard)...),
		group("token", "The tokens that the bridge signs for its sessions.", s.token(&c.Token)...),
		group("backend", "The storage service.", s.backend(&c.Backend)...),
		group("admin", "The HTTP server for operators: health, metrics, public keys.",
			key("listen", "Where it listens. It has no login: keep it off public networks.",
				addressOrOff(&c.Admin.Listen, "127.0.0.1:8080"))),
		group("log", "The log on standard error.",
			key("level", "The least severe messages written.", oneOf(&c.Log.Level, "info", "debug", "info", "warn", "error")),
			key("format", "One JSON object a line, or columns for reading.", oneOf(&c.Log.Format, "json", "json", "console"))),
	)
}

func (s schema) ftp(f *FTP) []*node {
	return []*node{
		key("listen", "Addresses for control connections.", addresses(&f.Listen, "0.0.0.0:2121")),
		key("name", "This instance: shown in the greeting, and told to login services and in tokens.", text(&f.Name, "bridge")),
		group("passive", "Passive data connections.",
			key("mode", "own: a port for each data connection; pooled: all ports are open from the start, and clients are told apart by their addresses; single: one port for all, and the sessions of one address are told apart by TLS.",
				oneOf(&f.Passive.Mode, PassiveOwn, PassiveOwn, PassivePooled, PassiveSingle)),
			key("ports", "Ports to listen on; open them in the firewall.", ports(&f.Passive.Ports, "50000-50099")),
			key("address", "Told to clients in PASV replies; auto: the address they connected to. A name is resolved again every 10 seconds.",
				passiveAddress(&f.Passive.Address, "auto")),
			s.passiveAddresses(&f.Passive.Addresses)),
		group("active", "Active data connections.",
			key("port", "Port to connect from; 0: any. 20, as RFC 959 has it, needs a privilege.", portOrAny(&f.Active.Port, "0"))),
		group("proxy_protocol", "PROXY headers of load balancers, versions 1 and 2, on control and data connections.",
			key("trusted", "Networks of the proxies. Connections from them must begin with a header; one from elsewhere is refused. Without it, there are no proxies.",
				networks(&f.ProxyProtocol.Trusted)),
			key("timeout", "Wait for the header.", duration(&f.ProxyProtocol.Timeout, "5s"))),
		group("tls", "Protection of control and data connections.",
			key("mode", "off: never; explicit: when the client asks; required: explicit, and no login without; implicit: from the first byte.",
				oneOf(&f.TLS.Mode, TLSExplicit, TLSOff, TLSExplicit, TLSRequired, TLSImplicit)),
			key("cert", "PEM file with the certificate chain. Needed unless mode is off.", fileName(&f.TLS.Cert, s.dir)),
			key("key", "PEM file with the private key. Needed unless mode is off.", fileName(&f.TLS.Key, s.dir)),
			s.certificates(&f.TLS.Certificates),
			key("min_version", "The oldest version of TLS accepted.", oneOf(&f.TLS.MinVersion, "1.2", "1.2", "1.3")),
			key("reuse", "Data connections resume the TLS session of their control connection. prefer: where the client does; off: never; require: others are refused, which shuts some clients out.",
				oneOf(&f.TLS.Reuse, TLSReusePrefer, TLSReusePrefer, TLSReuseOff, TLSReuseRequire)),
			key("client_certificates", "Certificates of clients. off: not asked for; request: a login source is told of one that is shown; require: no connection without.",
				oneOf(&f.TLS.ClientCertificates, ClientCertificatesOff, ClientCertificatesOff, ClientCertificatesRequest, ClientCertificatesRequire)),
			key("client_ca", "PEM file with the authorities that vouch for clients. Needed unless client_certificates is off.", fileName(&f.TLS.ClientCA, s.dir))),
		group("limits", "What clients may use.", s.limits(&f.Limits)...),
		key("upload_end", "Proof that an upload is whole. strict: TLS close_notify or the size given by ALLO; tls: close_notify where the data connection has TLS; lenient: any end but a reset.",
			oneOf(&f.UploadEnd, UploadEndTLS, UploadEndStrict, UploadEndTLS, UploadEndLenient)),
		key("ascii", "TYPE A. convert: line ends are CRLF on the wire and LF in storage; binary: bytes pass unchanged.",
			oneOf(&f.ASCII, ASCIIConvert, ASCIIConvert, ASCIIBinary)),
		key("mlsd_self", "MLSD begins with the directory itself and its parent (types cdir and pdir). false: for clients that take them for entries.",
			boolean(&f.MLSDSelf, "true")),
		key("mode_z", "Offer MODE Z. It saves slow lines, and costs much CPU and 1 MiB a transfer; some clients use it wherever it is offered.",
			boolean(&f.ModeZ, "false")),
		key("digests", "HASH, XMD5 and their like. storage: those that the storage service keeps; compute: others too, each by a whole download from it.",
			oneOf(&f.Digests, DigestsStorage, DigestsStorage, DigestsCompute)),
		key("hosts", "Virtual hosts that HOST may name; without any, login services judge the name.", hostNames(&f.Hosts)),
	}
}

// certificates takes a list of pairs.
func (s schema) certificates(all *[]KeyPair) *node {
	n := group("certificates", "More certificates, each for the names in it that a client may ask for (SNI). Others get the one above.")
	n.list, n.placeholder = true, "<n>"
	n.entry = func(index string) *node {
		var p KeyPair
		e := group(index, "",
			key("cert", "PEM file with the certificate chain.", must(fileName(&p.Cert, s.dir))),
			key("key", "PEM file with the private key.", must(fileName(&p.Key, s.dir))))
		e.use = func() { *all = append(*all, p) }
		return e
	}
	return n
}

// passiveAddresses takes a list, each entry for the clients of some networks.
func (s schema) passiveAddresses(all *[]PassiveAddress) *node {
	n := group("addresses", "What clients of some networks are told instead: the first entry that has the client.")
	n.list, n.placeholder = true, "<n>"
	n.entry = func(index string) *node {
		var a PassiveAddress
		e := group(index, "",
			key("networks", "The clients' networks, such as 10.0.0.0/8.", must(networks(&a.Networks))),
			key("address", "What they are told, as in ftp.passive.address.", must(passiveAddress(&a.Address, ""))))
		// The entries are used in their order.
		e.use = func() { *all = append(*all, a) }
		return e
	}
	return n
}

func (s schema) limits(l *Limits) []*node {
	return []*node{
		key("sessions", "Sessions at once.", count(&l.Sessions, 1, "10000")),
		key("sessions_per_address", "Sessions at once from one address, or one /64 of IPv6; 0: no limit.", count(&l.SessionsPerAddress, 0, "100")),
		key("login_attempts", "Refused logins before the session is closed.", count(&l.LoginAttempts, 1, "3")),
		key("login_timeout", "From the greeting to a finished login.", duration(&l.LoginTimeout, "1m")),
		key("idle", "A session without command or transfer is closed after this time.", duration(&l.Idle, "5m")),
		key("data_open", "Wait for a data connection.", duration(&l.DataOpen, "30s")),
		key("stall", "A transfer in which no byte moves is broken off after this time.", duration(&l.Stall, "1m")),
		key("handshake", "One TLS handshake.", duration(&l.Handshake, "10s")),
		key("command", "One call to storage outside a transfer.", duration(&l.Command, "30s")),
		key("transfer", "One whole transfer; 0: no limit.", durationOrNone(&l.Transfer, "0")),
		key("max_file", "One upload; 0: no limit.", size(&l.MaxFile, "0")),
		key("listing", "Entries of one listing.", count(&l.Listing, 1, "10000000")),
		key("bytes_per_second", "One session, in each direction; 0: no limit.", size(&l.BytesPerSecond, "0")),
		key("account_bytes_per_second", "All sessions of an account together, in each direction; 0: no limit.", size(&l.AccountBytesPerSecond, "0")),
		key("commands_per_second", "One session; faster commands wait. 0: no limit.", count(&l.CommandsPerSecond, 0, "0")),
	}
}

// auth takes a list, each entry naming one source.
func (s schema) auth(sources *[]Source) *node {
	n := group("auth", "Who may log in: sources, asked in order until one decides.")
	n.list, n.placeholder = true, "<n>"
	n.entry = func(index string) *node {
		var source Source
		e := group(index, "", s.webhook(&source), s.static(&source))
		// The entries are used in their order.
		e.use = func() { *sources = append(*sources, source) }
		return e
	}
	return n
}

func (s schema) webhook(source *Source) *node {
	var w Webhook
	n := group("webhook", "Asks a login service.",
		key("url", "Where login calls are posted: https, http on this machine, or unix:///SOCKET:/PATH.", must(webhookURL(&w.URL))),
		key("secret", "Signs the calls (Standard Webhooks), so that the service knows the bridge. whsec_ and base64, or at least 16 characters.",
			must(signingSecret(&w.Secret, s.dir))),
		key("old_secret", "Signs the calls too, while the service changes to a new secret.", signingSecret(&w.OldSecret, s.dir)),
		key("timeout", "Deadline of one login.", duration(&w.Timeout, "5s")),
		key("insecure_http", "Allow http to other machines: passwords cross the network in the clear.", boolean(&w.InsecureHTTP, "false")))
	n.use = func() { source.Webhook = &w }
	return n
}

func (s schema) static(source *Source) *node {
	var f Static
	n := group("static", "Reads users from a file.",
		key("file", "YAML file of users and password hashes; bridge passwd makes entries.", must(fileName(&f.File, s.dir))))
	n.use = func() { source.Static = &f }
	return n
}

func (s schema) guard(g *Guard) []*node {
	return []*node{
		key("failed_logins", "Refused logins before the first lock; 0: no guard.", count(&g.FailedLogins, 0, "5")),
		key("by", "What is counted and locked. both: each for itself.", oneOf(&g.By, GuardByBoth, GuardByAddress, GuardByUser, GuardByBoth)),
		key("delay", "How long the first lock holds; each further failure doubles it.", duration(&g.Delay, "5s")),
		key("max_delay", "The longest lock.", duration(&g.MaxDelay, "15m")),
		key("window", "How long after the last failure, or its lock, failures are forgotten.", duration(&g.Window, "30m")),
	}
}

func (s schema) token(t *Token) []*node {
	return []*node{
		key("key", "PEM file with the signing key (ECDSA P-256). Without it, each start makes a new one, and replicas do not share it.", fileName(&t.Key, s.dir)),
		key("issuer", "The iss claim: a URL at which the storage service reaches the admin server. Without it, http:// and admin.listen, if that names a host.", baseURL(&t.Issuer)),
		key("published", "PEM files with more keys to publish, the next one and the last one, while the key changes.", fileNames(&t.Published, s.dir)),
		key("audience", "The aud claim.", text(&t.Audience, "files")),
		key("lifetime", "How long a token is valid, from 1m to 24h; it is renewed in time.", tokenLifetime(&t.Lifetime, "5m")),
	}
}

func (s schema) backend(b *Backend) []*node {
	return []*node{
		key("preset", "A mapping that comes with the bridge. Either this or mapping.", text(&b.Preset, "")),
		key("mapping", "A mapping file of your own. Either this or preset.", fileName(&b.Mapping, s.dir)),
		group("server", "Where the storage service is.",
			key("url", "Base URL; {name} stands for a variable. Default: the mapping's own, if it has one.", baseURL(&b.Server.URL)),
			s.texts("variables", "<name>", "Values for the names in braces of the mapping's server, such as {bucket}.", &b.Server.Variables),
			s.mountServers(&b.Server.Mounts)),
		key("allow_metadata", "Let requests go to link-local addresses and metadata services of clouds.", boolean(&b.AllowMetadata, "false")),
		group("tls", "Connections to the storage service, if its URL is https.",
			key("ca", "PEM file with the authorities that vouch for the service, in place of the system's.", fileName(&b.TLS.CA, s.dir)),
			key("cert", "PEM file with the certificate that the bridge shows (mutual TLS). A new one is taken without a restart.", fileName(&b.TLS.Cert, s.dir)),
			key("key", "PEM file with its private key.", fileName(&b.TLS.Key, s.dir)),
			key("server_name", "The name in the service's certificate, where it is not the one in the URL.", text(&b.TLS.ServerName, ""))),
		s.credentials(&b.Credentials),
		group("timeout", "Deadlines of storage requests.",
			key("connect", "Connecting, with the TLS handshake.", duration(&b.Timeout.Connect, "5s")),
			key("headers", "From the end of a request to the answer's headers; room for a cold start.", duration(&b.Timeout.Headers, "1m")),
			key("queue", "Waiting while max_requests run.", duration(&b.Timeout.Queue, "5s"))),
		key("max_requests", "Requests at once, for all sessions.", count(&b.MaxRequests, 1, "1024")),
		group("breaker", "Stops calls while the service does not answer.",
			key("failures", "Failures in a row before calls stop.", count(&b.Breaker.Failures, 1, "10")),
			key("open_for", "How long calls stop before one is tried.", duration(&b.Breaker.OpenFor, "10s"))),
		group("collect", "Content that is collected before it is sent, where the service needs its length.",
			key("memory", "In memory, for all sessions of a server together.", size(&b.Collect.Memory, "256MiB")),
			key("dir", "Folder of the temporary files. Default: the system's.", fileName(&b.Collect.Dir, s.dir)),
			key("max_file", "One upload in a temporary file, where the mapping names no limit.", size(&b.Collect.MaxFile, "5GiB"))),
		key("stat_cache", "How long SIZE and MDTM may be answered from the session's last listing; 0: never.", durationOrNone(&b.StatCache, "3s")),
		key("show_problem_text", "Let the service's own error texts reach the client.", boolean(&b.ShowProblemText, "false")),
	}
}

// texts takes keys of the user's choosing, each a text.
func (s schema) texts(name, placeholder, doc string, all *map[string]string) *node {
	n := group(name, doc)
	n.placeholder = placeholder
	n.entry = func(entry string) *node {
		var v string
		e := key(entry, "A text.", text(&v, ""))
		e.use = func() { put(all, entry, v) }
		return e
	}
	return n
}

// mountServers takes the base URLs of mounts, by their folders.
func (s schema) mountServers(all *map[string]string) *node {
	n := group("mounts", "Base URLs of the mapping's mounts, where they are not the mapping's own.")
	n.placeholder = "<folder>"
	n.entry = func(folder string) *node {
		var v string
		e := key(folder, "Base URL, as url.", baseURL(&v))
		e.use = func() { put(all, "/"+strings.TrimPrefix(folder, "/"), v) } // variables have no slash
		return e
	}
	return n
}

func put(all *map[string]string, key, value string) {
	if *all == nil {
		*all = make(map[string]string)
	}
	(*all)[key] = value
}
