//go:build e2e

package e2e

import (
	"os"
	"strings"
	"testing"
)

func TestWget(t *testing.T) {
	c := need(t, "wget")
	inEach(t, func(t *testing.T, b *bridge, s security) {
		tree, out := makeTree(t, 60), t.TempDir()
		if err := os.CopyFS(b.dir, os.DirFS(tree)); err != nil {
			t.Fatal(err)
		}
		url := strings.Replace(b.url("/"), "ftp:", string(s)+":", 1)
		c.run(t, "", "--no-verbose", "--recursive", "--level=inf", "--no-host-directories", "--no-check-certificate",
			"--restrict-file-names=nocontrol", "--local-encoding=UTF-8", "--tries=1", "--timeout=30",
			"--user="+user, "--password="+password, "--directory-prefix="+out, url)
		wantSameTree(t, tree, out)
	})
}
