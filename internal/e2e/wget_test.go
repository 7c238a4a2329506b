//go:build e2e

package e2e

import (
	"os"
	"strings"
	"testing"
)

func TestWget(t *testing.T) {
	t.Parallel()
	inEach(t, "wget", func(t *testing.T, c *client, b *bridge, l link) {
		tree, out := treeFor(t, "wget", l, 200), t.TempDir()
		if err := os.CopyFS(b.dir, os.DirFS(tree)); err != nil {
			t.Fatal(err)
		}
		args := []string{
			"--no-verbose", "--recursive", "--level=inf", "--no-host-directories", "--no-check-certificate",
			"--restrict-file-names=nocontrol", "--local-encoding=UTF-8", "--tries=1", "--timeout=30",
			"--user=" + user, "--password=" + password, "--directory-prefix=" + out,
		}
		url := b.url("/")
		switch l.security {
		case explicit:
			url = strings.Replace(url, "ftp:", "ftps:", 1)
		case implicit:
			args = append(args, "--ftps-implicit")
		}
		if l.mode == active {
			args = append(args, "--no-passive-ftp")
		}
		c.run(t, "", append(args, url)...)
		wantSameTree(t, tree, out)
	})
}
