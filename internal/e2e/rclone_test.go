//go:build e2e

package e2e

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestRclone(t *testing.T) {
	c := need(t, "rclone")
	inEach(t, func(t *testing.T, b *bridge, s security) {
		c.env = []string{
			"RCLONE_CONFIG_BRIDGE_TYPE=ftp", "RCLONE_CONFIG_BRIDGE_HOST=" + b.host, "RCLONE_CONFIG_BRIDGE_PORT=" + b.port,
			"RCLONE_CONFIG_BRIDGE_USER=" + user,
			"RCLONE_CONFIG_BRIDGE_PASS=" + strings.TrimSpace(c.run(t, "", "obscure", password)),
			"RCLONE_RETRIES=1", "RCLONE_LOW_LEVEL_RETRIES=1",
		}
		if s == secure {
			c.env = append(c.env, "RCLONE_CONFIG_BRIDGE_EXPLICIT_TLS=true", "RCLONE_CONFIG_BRIDGE_NO_CHECK_CERTIFICATE=true")
		}
		tree, out := makeTree(t, 100), t.TempDir()
		c.run(t, "", "copy", tree, "bridge:tree")
		wantSameTree(t, tree, filepath.Join(b.dir, "tree"))
		c.run(t, "", "check", "--download", tree, "bridge:tree")
		c.run(t, "", "copy", "bridge:tree", out)
		wantSameTree(t, tree, out)
		c.run(t, "", "moveto", "bridge:tree/plain", "bridge:moved")
		wantSameTree(t, filepath.Join(tree, "plain"), filepath.Join(b.dir, "moved"))
		c.run(t, "", "purge", "bridge:tree")
		wantGone(t, filepath.Join(b.dir, "tree"))
	})
}
