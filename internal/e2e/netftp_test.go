//go:build e2e

package e2e

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestNetFTP(t *testing.T) {
	t.Parallel()
	script := absolute(t, "testdata/netftp_client.pl")
	if err := exec.Command(need(t, "perl").path, "-MIO::Socket::SSL", "-e", "1").Run(); err != nil {
		lack(t, "perl has no IO::Socket::SSL")
	}
	inEach(t, "Net::FTP", func(t *testing.T, c *client, b *bridge, l link) {
		up := uploads(t)
		c.run(t, "", script, string(l.security), string(l.mode), b.host, b.port, user, password, up)
		wantSameTree(t, up, filepath.Join(b.dir, "up"))
	})
}
