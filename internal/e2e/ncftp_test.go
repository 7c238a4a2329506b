//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"
)

func TestNcFTP(t *testing.T) {
	t.Parallel()
	get := need(t, "ncftpget")
	inEach(t, "ncftp", func(t *testing.T, put *client, b *bridge, l link) {
		tree, out := treeFor(t, "ncftp", l, 200), t.TempDir()
		login := []string{"-V", "-u", user, "-p", password, "-P", b.port, "-F"}
		if l.mode == active {
			login[len(login)-1] = "-E"
		}
		put.run(t, "", append(login, "-R", "-m", b.host, "/in", tree)...)
		wantSameTree(t, tree, filepath.Join(b.dir, "in", filepath.Base(tree)))
		get.run(t, "", append(login, "-R", b.host, out, "/in/"+filepath.Base(tree))...)
		wantSameTree(t, tree, filepath.Join(out, filepath.Base(tree)))
	})
}
