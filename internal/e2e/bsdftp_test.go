//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestBSD drives the two descendants of the BSD client.
func TestBSD(t *testing.T) {
	for _, name := range []string{"tnftp", "inetutils-ftp"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inEach(t, name, testBSD)
		})
	}
}

func testBSD(t *testing.T, c *client, b *bridge, l link) {
	whole := content(500_000)
	writeFile(t, filepath.Join(c.home, "up"), whole)
	opens := map[mode]string{passive: "-p", active: "-A"}[l.mode]
	// These clients end with status 0 whatever happens; the files tell.
	out := c.run(t, strings.Join([]string{
		fmt.Sprintf("open %s %s", b.host, b.port),
		"user " + user + " " + password,
		"binary",
		"put up first",
		"put up second",
		"mkdir dir",
		"cd dir",
		"put up third",
		"get third down",
		"ls",
		"rename third renamed",
		"cd ..",
		"delete second",
		"quit",
		"",
	}, "\n"), "-n", "-i", "-v", opens)
	wantFile(t, filepath.Join(b.dir, "first"), whole)
	wantGone(t, filepath.Join(b.dir, "second"))
	wantFile(t, filepath.Join(b.dir, "dir/renamed"), whole)
	wantFile(t, filepath.Join(c.home, "down"), whole)
	if !strings.Contains(out, " third") {
		t.Error("third is not listed")
	}
	if t.Failed() {
		t.Log(out)
	}
}

func TestTnftpURLs(t *testing.T) {
	c := need(t, "tnftp")
	b := startBridge(t)
	whole := content(500_000)
	writeFile(t, filepath.Join(c.home, "up"), whole)
	root := strings.Replace(b.url("/"), "ftp://", "ftp://"+user+":"+password+"@", 1)
	c.run(t, "", "-u", root+"first", "up") // an upload's URL is taken as it is, without decoding
	wantFile(t, filepath.Join(b.dir, "first"), whole)
	writeFile(t, filepath.Join(b.dir, "second ü"), whole)
	c.run(t, "", "-o", "down", root+"second%20%C3%BC")
	wantFile(t, filepath.Join(c.home, "down"), whole)
}
