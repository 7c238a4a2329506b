//go:build e2e

package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// curlOptions are curl's options for a link.
func curlOptions(l link) []string {
	options := []string{"--silent", "--show-error", "--globoff", "--user", user + ":" + password, "--insecure"}
	if l.security == explicit {
		options = append(options, "--ssl-reqd")
	}
	if l.mode == active {
		options = append(options, "--ftp-port", "-")
	}
	return options
}

func TestCurl(t *testing.T) {
	t.Parallel()
	inEach(t, "curl", func(t *testing.T, c *client, b *bridge, l link) {
		curl := func(args ...string) string {
			t.Helper()
			return c.run(t, "", append(curlOptions(l), args...)...)
		}
		dir := t.TempDir()
		whole := content(3_000_001)
		up, down := filepath.Join(dir, "up"), filepath.Join(dir, "down")
		writeFile(t, up, whole)

		curl("-T", up, b.url("/a%20b%C3%BC.bin"))
		wantFile(t, filepath.Join(b.dir, "a bü.bin"), whole)
		curl("-o", down, b.url("/a%20b%C3%BC.bin"))
		wantFile(t, down, whole)

		curl("--ftp-create-dirs", "-T", up, b.url("/new/deep/file"))
		wantFile(t, filepath.Join(b.dir, "new/deep/file"), whole)
		names := strings.Fields(curl("-l", b.url("/new/")))
		if !slices.Equal(names, []string{"deep"}) {
			t.Errorf("-l: got %q", names)
		}
		if long := curl(b.url("/new/deep/")); !strings.Contains(long, " 3000001 ") || !strings.HasPrefix(long, "-") {
			t.Errorf("LIST: got %q", long)
		}

		writeFile(t, down, whole[:1_000_000])
		curl("-C", "-", "-o", down, b.url("/new/deep/file"))
		wantFile(t, down, whole)
		writeFile(t, filepath.Join(b.dir, "half"), whole[:1_000_000])
		curl("-C", "-", "-T", up, b.url("/half"))
		wantFile(t, filepath.Join(b.dir, "half"), whole)
		curl("--append", "-T", up, b.url("/half"))
		wantFile(t, filepath.Join(b.dir, "half"), slices.Concat(whole, whole))

		curl("-Q", "RNFR half", "-Q", "RNTO moved", "-Q", "DELE a bü.bin", b.url("/"))
		wantGone(t, filepath.Join(b.dir, "half"))
		wantGone(t, filepath.Join(b.dir, "a bü.bin"))
		wantFile(t, filepath.Join(b.dir, "moved"), slices.Concat(whole, whole))
	})
}
