//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"
)

// row is a client of the matrix. It is tested over all links but its gaps, with
// all of oddNames but those that it spoils.
type row struct {
	program string // has to be installed; empty: it is linked into the tests
	gaps    []gap
	spoils  map[string]string // file names that arrive changed by the client, and how
}

// gap is what a client cannot do: the links that match, and why.
type gap struct {
	links    link
	why      string
	versions []string // how the output of --version begins; none: all versions
}

// matrix is every client, and all that is known to fail through no fault of the
// bridge.
var matrix = map[string]row{
	"Commons Net": {program: "java"},
	"curl": {program: "curl", gaps: []gap{
		{link{security: explicit, mode: active}, activeTLS, activeTLSVersions},
		{link{security: implicit, mode: active}, activeTLS, activeTLSVersions},
	}},
	"ftplib":        {program: "python3"},
	"inetutils-ftp": {program: "inetutils-ftp", gaps: noTLS},
	"jlaffaye/ftp":  {gaps: neverListens},
	"lftp": {program: "lftp", gaps: []gap{
		{links: link{family: ipv6, mode: active}, why: "gives its address as :: on the loopback interface, and no other can be tested"},
	}},
	"ncftp": {
		program: "ncftpput",
		gaps:    append([]gap{{links: link{family: ipv6}, why: "speaks no IPv6"}}, noTLS...),
		spoils:  map[string]string{"...": "takes every name of dots for a directory"},
	},
	"Net::FTP": {program: "perl"},
	"rclone": {program: "rclone", gaps: neverListens, spoils: map[string]string{
		"trailing ": "writes the space as a symbol for a space",
	}},
	"tnftp": {program: "tnftp", gaps: noTLS},
	"wget": {program: "wget", spoils: map[string]string{
		" leading": "drops the space, as a column of LIST",
		"a%20b":    "decodes it",
		longName:   "shortens it",
	}},
}

var (
	noTLS = []gap{
		{links: link{security: explicit}, why: "speaks no TLS"},
		{links: link{security: implicit}, why: "speaks no TLS"},
	}
	neverListens = []gap{{links: link{mode: active}, why: "never listens for data connections"}}
)

// Two versions forget TLS on the data connections that they accept:
// https://github.com/curl/curl/issues/10666
const activeTLS = "leaves TLS out of active data connections"

var activeTLSVersions = []string{"curl 7.87", "curl 7.88"}

// inEach runs test over each link that the client can use, each time with a
// bridge of its own, and then looks whether that link was used indeed. The
// client is nil if it is no program.
func inEach(t *testing.T, name string, test func(t *testing.T, c *client, b *bridge, l link)) {
	t.Helper()
	r, ok := matrix[name]
	if !ok {
		t.Fatalf("the matrix has no row for %q", name)
	}
	var c *client
	if r.program != "" {
		c = need(t, r.program)
	}
	for _, l := range links() {
		if slices.ContainsFunc(r.gaps, func(g gap) bool { return g.covers(t, c, l) }) {
			continue
		}
		t.Run(l.String(), func(t *testing.T) {
			b := startBridge(t, l.flags()...)
			test(t, c, b, l)
			b.wantUsed(t, l)
		})
	}
}

// covers reports whether l falls into the gap.
func (g gap) covers(t *testing.T, c *client, l link) bool {
	if !l.matches(g.links) {
		return false
	}
	return g.versions == nil || slices.ContainsFunc(g.versions, func(v string) bool {
		return strings.HasPrefix(c.run(t, "", "--version"), v)
	})
}
