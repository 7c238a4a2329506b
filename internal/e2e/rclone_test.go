//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRclone(t *testing.T) {
	t.Parallel()
	inEach(t, "rclone", func(t *testing.T, c *client, b *bridge, l link) {
		host := b.host
		if l.family == ipv6 {
			host = "[" + host + "]"
		}
		c.env = []string{
			"RCLONE_CONFIG_BRIDGE_TYPE=ftp", "RCLONE_CONFIG_BRIDGE_HOST=" + host, "RCLONE_CONFIG_BRIDGE_PORT=" + b.port,
			"RCLONE_CONFIG_BRIDGE_USER=" + user,
			"RCLONE_CONFIG_BRIDGE_PASS=" + strings.TrimSpace(c.run(t, "", "obscure", password)),
			"RCLONE_CONFIG_BRIDGE_NO_CHECK_CERTIFICATE=true",
			"RCLONE_RETRIES=1", "RCLONE_LOW_LEVEL_RETRIES=1", "RCLONE_CREATE_EMPTY_SRC_DIRS=true",
		}
		switch l.security {
		case explicit:
			c.env = append(c.env, "RCLONE_CONFIG_BRIDGE_EXPLICIT_TLS=true")
		case implicit:
			c.env = append(c.env, "RCLONE_CONFIG_BRIDGE_TLS=true")
		}
		tree, out := treeFor(t, "rclone", l, 200), t.TempDir()
		c.run(t, "", "copy", tree, "bridge:tree")
		wantSameTree(t, tree, filepath.Join(b.dir, "tree"))
		c.run(t, "", "check", "--download", tree, "bridge:tree")
		c.run(t, "", "copy", "bridge:tree", out)
		wantSameTree(t, tree, out)

		if err := os.RemoveAll(filepath.Join(tree, "deep")); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(tree, "file0.txt"), content(777))
		writeFile(t, filepath.Join(tree, "plain/new"), nil)
		c.run(t, "", "sync", tree, "bridge:tree")
		wantSameTree(t, tree, filepath.Join(b.dir, "tree"))
		c.run(t, "", "moveto", "bridge:tree/plain", "bridge:moved")
		wantSameTree(t, filepath.Join(tree, "plain"), filepath.Join(b.dir, "moved"))
		c.run(t, "", "purge", "bridge:tree")
		wantGone(t, filepath.Join(b.dir, "tree"))
	})
}
