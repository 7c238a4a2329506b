//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"
)

func TestFtplib(t *testing.T) {
	t.Parallel()
	script := absolute(t, "testdata/ftplib_client.py")
	inEach(t, "ftplib", func(t *testing.T, c *client, b *bridge, l link) {
		c.run(t, "", script, string(l.security), string(l.mode), b.host, b.port, user, password)
		wantSameTree(t, t.TempDir(), filepath.Join(b.dir, "kept"))
	})
}
