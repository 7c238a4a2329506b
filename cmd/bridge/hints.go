package main

import (
	"fmt"
	"io"

	"github.com/ftpbridge/bridge/internal/config"
)

// printHints says where everything is, and what to type.
func (d *demoRun) printHints(out io.Writer, o demoOptions) {
	h := hintsFor(config.TLSMode(o.tls))
	ftp := d.sockets.ftp[0].Addr().String()
	login := fmt.Sprintf("%s://%s:%s@%s", h.scheme, demoUser, demoPassword, ftp)
	fmt.Fprintf(out, `The bridge is running. User %[1]q, password %[2]q.

ftp    %[3]s://%[4]s
admin  http://%[5]s
files  %[6]s

Try it:
  curl %[7]s%[8]s/
  curl %[7]s-T README.md %[8]s/
`, demoUser, demoPassword, h.scheme, ftp, d.sockets.admin.Addr(), o.dir, h.curl, login)
	if h.upgrade {
		fmt.Fprintf(out, "  curl --ssl-reqd --insecure %s/README.txt\n", login)
	}
	fmt.Fprintf(out, `  lftp -e '%sls' %s
  curl http://%s/metrics

Stop it with Ctrl-C.
`, h.lftp, login, d.sockets.admin.Addr())
}

// hints are what clients need to be told about a mode of TLS.
type hints struct {
	scheme  string // of the URL
	curl    string // options, each with a space behind it
	lftp    string // settings
	upgrade bool   // plain FTP works, and so does AUTH TLS
}

func hintsFor(mode config.TLSMode) hints {
	const anyCertificate = "set ssl:verify-certificate no; "
	switch mode {
	case config.TLSOff:
		return hints{scheme: "ftp"}
	case config.TLSRequired:
		return hints{scheme: "ftp", curl: "--ssl-reqd --insecure ", lftp: anyCertificate}
	case config.TLSImplicit:
		return hints{scheme: "ftps", curl: "--insecure ", lftp: anyCertificate}
	}
	return hints{scheme: "ftp", lftp: anyCertificate, upgrade: true}
}
