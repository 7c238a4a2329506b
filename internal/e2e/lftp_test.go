//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"testing"
)

func TestLFTP(t *testing.T) {
	c := need(t, "lftp")
	inEach(t, func(t *testing.T, b *bridge, s security) {
		lftp := func(commands string) {
			t.Helper()
			settings := "set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 30; set ftp:ssl-allow no; "
			if s == secure {
				settings = "set cmd:fail-exit yes; set net:max-retries 1; set net:timeout 30; " +
					"set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:verify-certificate no; "
			}
			c.run(t, "", "-c", settings+fmt.Sprintf("open -u %s,%s -p %s %s; ", user, password, b.port, b.host)+commands)
		}
		tree, out := makeTree(t, 500), t.TempDir()
		lftp(fmt.Sprintf("mirror -R --parallel=8 %q /tree", tree))
		wantSameTree(t, tree, filepath.Join(b.dir, "tree"))
		lftp(fmt.Sprintf("mirror --parallel=8 /tree %q", out))
		wantSameTree(t, tree, out)
		lftp("mkdir -p /x/y; mv /tree/plain /x/moved; rm -r /tree; ls /x/moved; rmdir /x/y")
		wantGone(t, filepath.Join(b.dir, "tree"))
		wantGone(t, filepath.Join(b.dir, "x/y"))
		wantSameTree(t, filepath.Join(tree, "plain"), filepath.Join(b.dir, "x/moved"))
	})
}
