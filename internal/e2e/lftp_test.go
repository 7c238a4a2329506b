//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// lftpSettings are lftp's settings for a link. Data connections resume the TLS
// session of the control connection.
func lftpSettings(l link) string {
	settings := []string{"cmd:fail-exit yes", "net:max-retries 1", "net:timeout 30", "net:connection-limit 8"}
	if l.security == plain {
		settings = append(settings, "ftp:ssl-allow no")
	} else {
		settings = append(settings, "ftp:ssl-force yes", "ftp:ssl-protect-data yes", "ftp:ssl-protect-list yes",
			"ftp:ssl-copy-sid yes", "ssl:verify-certificate no")
	}
	if l.mode == active {
		settings = append(settings, "ftp:passive-mode no")
	}
	return "set " + strings.Join(settings, "; set ") + "; "
}

func TestLFTP(t *testing.T) {
	t.Parallel()
	inEach(t, "lftp", func(t *testing.T, c *client, b *bridge, l link) {
		lftp := func(commands string) {
			t.Helper()
			c.run(t, "", "-c", lftpSettings(l)+fmt.Sprintf("open -u %s,%s %s; ", user, password, b.url("/"))+commands)
		}
		tree, out := treeFor(t, "lftp", l, 500), t.TempDir()
		lftp(fmt.Sprintf("mirror -R --parallel=8 %q /tree", tree))
		wantSameTree(t, tree, filepath.Join(b.dir, "tree"))
		lftp(fmt.Sprintf("mirror --parallel=8 /tree %q", out))
		wantSameTree(t, tree, out)

		whole, down := content(3_000_001), filepath.Join(t.TempDir(), "down")
		writeFile(t, filepath.Join(b.dir, "whole"), whole)
		lftp(fmt.Sprintf("pget -n 4 /whole -o %q", down)) // four parts at once, by REST
		wantFile(t, down, whole)

		lftp("mkdir -p /x/y; mv /tree/plain /x/moved; rm -r /tree; ls /x/moved; rmdir /x/y")
		wantGone(t, filepath.Join(b.dir, "tree"))
		wantGone(t, filepath.Join(b.dir, "x/y"))
		wantSameTree(t, filepath.Join(tree, "plain"), filepath.Join(b.dir, "x/moved"))
	})
}
