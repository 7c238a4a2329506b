//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"
)

func TestNcFTP(t *testing.T) {
	put, get := need(t, "ncftpput"), need(t, "ncftpget")
	b := startBridge(t)
	tree, out := makeTree(t, 60), t.TempDir()
	login := []string{"-V", "-u", user, "-p", password, "-P", b.port}
	put.run(t, "", append(login, "-R", "-m", b.host, "/in", tree)...)
	wantSameTree(t, tree, filepath.Join(b.dir, "in", filepath.Base(tree)))
	get.run(t, "", append(login, "-R", b.host, out, "/in/"+filepath.Base(tree))...)
	wantSameTree(t, tree, filepath.Join(out, filepath.Base(tree)))
}
