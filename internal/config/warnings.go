package config

import "net"

// Warnings returns one line for each setting that works but is seldom meant,
// for the log at the start.
func (c *Config) Warnings() []string {
	var lines []string
	if c.FTP.TLS.Mode == TLSOff && !allLoopback(c.FTP.Listen) {
		lines = append(lines, "ftp.tls.mode is off: passwords and files cross the network in the clear")
	}
	for _, network := range c.FTP.ProxyProtocol.Trusted {
		if network.Bits() == 0 {
			lines = append(lines, "ftp.proxy_protocol.trusted holds "+network.String()+": whoever connects can claim any address")
		}
	}
	if c.Admin.Listen != "" && !allLoopback([]string{c.Admin.Listen}) {
		lines = append(lines, "admin.listen is reachable from other machines and has no login")
	}
	if crossesNetworkInClear(c.Backend.Server.URL) {
		lines = append(lines, "backend.server.url is plain http: credentials and files cross the network in the clear")
	}
	if c.usesTokens() && c.Token.Key == "" {
		lines = append(lines, "token.key is not set: tokens are signed by a key that other replicas and later starts do not have")
	}
	return lines
}

func allLoopback(addresses []string) bool {
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if err != nil || !isLoopback(host) {
			return false
		}
	}
	return true
}
