package config

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// check reports settings that contradict each other. A rule is left out where
// one of its keys is wrong by itself, so that one slip gives one mistake.
func (l *loader) check(c *Config) {
	l.checkTLS(&c.FTP.TLS)
	l.checkPorts(&c.FTP)
	l.checkAuth(c.Auth)
	l.checkGuard(&c.Guard)
	l.checkBackend(&c.Backend)
	l.checkToken(c)
}

// wrong reports a mistake at the place of the key at path.
func (l *loader) wrong(path, format string, args ...any) {
	n := l.root.find(path)
	l.report(n, n.where(), format, args...)
}

func (l *loader) sound(paths ...string) bool {
	for _, path := range paths {
		if !l.root.find(path).sound() {
			return false
		}
	}
	return true
}

func (l *loader) checkTLS(t *TLS) {
	if !l.sound("ftp.tls") {
		return
	}
	switch {
	case t.Mode == TLSOff && (t.Cert != "" || t.Key != ""):
		l.wrong("ftp.tls.mode", "ftp.tls.mode is off, but a certificate is given; set mode to explicit, or remove cert and key")
	case t.Mode == TLSOff:
	case t.Cert == "" && t.Key == "":
		l.wrong("ftp.tls.mode", "ftp.tls.mode is %s, which needs cert and key; give both, or set mode to off to let passwords cross the network in the clear", t.Mode)
	case t.Key == "":
		l.wrong("ftp.tls.cert", "ftp.tls.cert is given without ftp.tls.key; give both")
	case t.Cert == "":
		l.wrong("ftp.tls.key", "ftp.tls.key is given without ftp.tls.cert; give both")
	}
	switch asked := t.ClientCertificates != ClientCertificatesOff; {
	case t.Mode == TLSOff && (asked || len(t.Certificates) > 0):
		l.wrong("ftp.tls.mode", "ftp.tls.mode is off, but certificates or client_certificates are given; set mode to explicit, or remove them")
	case asked && t.ClientCA == "":
		l.wrong("ftp.tls.client_certificates", "ftp.tls.client_certificates is %s, which needs client_ca", t.ClientCertificates)
	case !asked && t.ClientCA != "":
		l.wrong("ftp.tls.client_ca", "ftp.tls.client_ca is given, but client_certificates is off; set it to request or require, or remove client_ca")
	}
}

// minPassivePorts is how few passive ports may serve more sessions than there
// are ports: below it, directory listings of a few clients already collide.
const minPassivePorts = 10

// maxPooledPorts is how many ports the engine opens at once.
const maxPooledPorts = 1024

func (l *loader) checkPorts(f *FTP) {
	if !l.sound("ftp.passive.mode", "ftp.passive.ports") {
		return
	}
	r := f.Passive.Ports
	if f.Passive.Mode == PassivePooled && r.Len() > maxPooledPorts {
		l.wrong("ftp.passive.ports", "ftp.passive.ports has %d ports, which ftp.passive.mode pooled would open at once; give at most %d", r.Len(), maxPooledPorts)
	}
	if f.Passive.Mode == PassiveSingle {
		l.checkSinglePort(f)
	}
	if n := r.Len(); f.Passive.Mode == PassiveOwn && n < minPassivePorts && n < f.Limits.Sessions && l.sound("ftp.limits.sessions") {
		l.wrong("ftp.passive.ports", "ftp.passive.ports has %d ports for up to %d sessions; give at least %d ports, or lower ftp.limits.sessions to %d",
			n, f.Limits.Sessions, minPassivePorts, n)
	}
	if !l.sound("ftp.listen") {
		return
	}
	for _, address := range f.Listen {
		_, text, _ := net.SplitHostPort(address) // well formed: it is sound
		if port, _ := strconv.ParseUint(text, 10, 16); r.Contains(uint16(port)) {
			l.wrong("ftp.passive.ports", "ftp.passive.ports %s holds port %s of ftp.listen; keep them apart", r, text)
		}
	}
}

// checkSinglePort checks what ftp.passive.mode single needs.
func (l *loader) checkSinglePort(f *FTP) {
	if n := f.Passive.Ports.Len(); n != 1 {
		l.wrong("ftp.passive.ports", "ftp.passive.ports has %d ports, but ftp.passive.mode single uses one; give one, such as %d", n, f.Passive.Ports.First)
	}
	if !l.sound("ftp.tls.mode", "ftp.tls.reuse") {
		return
	}
	switch {
	case f.TLS.Mode == TLSOff:
		l.wrong("ftp.passive.mode", "ftp.passive.mode single tells clients apart by TLS, but ftp.tls.mode is off; use pooled")
	case f.TLS.Reuse == TLSReuseOff:
		l.wrong("ftp.passive.mode", "ftp.passive.mode single tells clients apart by the TLS sessions they resume, but ftp.tls.reuse is off; use pooled")
	}
}

func (l *loader) checkGuard(g *Guard) {
	if l.sound("guard.delay", "guard.max_delay") && g.MaxDelay < g.Delay {
		l.wrong("guard.max_delay", "guard.max_delay %v is shorter than guard.delay %v; raise it", g.MaxDelay, g.Delay)
	}
}

func (l *loader) checkAuth(sources []Source) {
	if !l.sound("auth") {
		return
	}
	if len(sources) == 0 {
		l.wrong("auth", "auth has no source, so nobody could log in; give a webhook or a static file")
	}
	for i, s := range sources {
		entry := "auth." + strconv.Itoa(i)
		switch {
		case s.Webhook == nil && s.Static == nil:
			l.wrong(entry, "%s names no source; give webhook or static", entry)
		case s.Webhook != nil && s.Static != nil:
			l.wrong(entry, "%s names two sources; make static an entry of its own", entry)
		case s.Webhook != nil && !s.Webhook.InsecureHTTP && crossesNetworkInClear(s.Webhook.URL):
			l.wrong(entry+".webhook.url", "%s.webhook.url would send passwords over the network in the clear; use https, or set insecure_http to true", entry)
		}
	}
}

func (l *loader) checkBackend(b *Backend) {
	if l.sound("backend.preset", "backend.mapping", "backend.server") {
		switch {
		case b.Preset == "" && b.Mapping == "":
			l.wrong("backend", "backend has neither preset nor mapping; give one, such as preset: files")
		case b.Preset != "" && b.Mapping != "":
			l.wrong("backend.mapping", "backend.preset and backend.mapping are both given; remove one")
		case b.Preset != "" && b.Server.URL == "" && len(b.Server.Variables) == 0:
			l.wrong("backend.server", "backend.server.url is missing; a preset does not know where the service is (s3, gcs and azblob do, by server.variables)")
		}
	}
	l.checkBackendTLS(b)
	l.checkCredentials(b.Credentials)
}

func (l *loader) checkBackendTLS(b *Backend) {
	if !l.sound("backend.tls", "backend.server") {
		return
	}
	t := &b.TLS
	switch {
	case t.Cert != "" && t.Key == "":
		l.wrong("backend.tls.cert", "backend.tls.cert is given without backend.tls.key; give both")
	case t.Cert == "" && t.Key != "":
		l.wrong("backend.tls.key", "backend.tls.key is given without backend.tls.cert; give both")
	case *t != BackendTLS{} && strings.HasPrefix(strings.ToLower(b.Server.URL), "http:"):
		l.wrong("backend.tls", "backend.tls is given, but backend.server.url is plain http; use https, or remove tls")
	}
}

// checkCredentials checks that each has one form, and that no secret of its own
// crosses a network in the clear.
func (l *loader) checkCredentials(all map[string]*Credential) {
	for _, k := range l.root.find("backend.credentials").keys {
		if !k.sound() {
			continue
		}
		var forms []string
		if k.given != nil {
			forms = append(forms, "a word")
		}
		for _, form := range k.keys {
			if form.present() {
				forms = append(forms, form.name)
			}
		}
		if len(forms) == 0 {
			l.report(k, k.where(), "%s names no credential; give a word, such as session-jwt, or one of: %s", k.path(), strings.Join(k.names(), ", "))
			continue
		}
		if len(forms) > 1 {
			l.report(k, k.where(), "%s is given as %s; remove all but one", k.path(), strings.Join(forms, " and as "))
			continue
		}
		c := all[k.name]
		if c == nil {
			continue
		}
		if c.Static.Header != "" && c.Static.Query != "" {
			l.wrong(k.path()+".static.query", "%s.static names a header and a query parameter; remove one", k.path())
		}
		if !c.OAuth.InsecureHTTP && crossesNetworkInClear(c.OAuth.TokenURL) {
			l.wrong(k.path()+"."+forms[0]+".token_url", "%s.%s.token_url would send secrets over the network in the clear; use https, or set insecure_http to true", k.path(), forms[0])
		}
	}
}

func (l *loader) checkToken(c *Config) {
	if !l.sound("token.issuer", "admin.listen", "backend.credentials") {
		return
	}
	if c.usesTokens() && c.Token.Issuer == "" {
		l.wrong("token.issuer", "token.issuer is missing; session-jwt and token_exchange need the URL at which the storage service reaches this admin server")
	}
}

// defaultIssuer is the URL of the admin server, as far as its address tells:
// empty if there is none, or if it listens on all addresses.
func defaultIssuer(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || host == "" || port == "0" {
		return ""
	}
	if a, err := netip.ParseAddr(host); err == nil && a.IsUnspecified() {
		return ""
	}
	return "http://" + listen
}

// usesTokens reports whether a credential is a token signed by the bridge, or got
// for one.
func (c *Config) usesTokens() bool {
	for _, credential := range c.Backend.Credentials {
		if credential.Kind == CredentialSessionJWT || credential.Kind == CredentialTokenExchange {
			return true
		}
	}
	return false
}

// crossesNetworkInClear reports whether a URL is plain http to another machine.
func crossesNetworkInClear(rawURL string) bool {
	u, err := url.Parse(rawURL)
	return err == nil && u.Scheme == "http" && !isLoopback(u.Hostname())
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
