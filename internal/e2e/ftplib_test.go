//go:build e2e

package e2e

import (
	"path/filepath"
	"testing"
)

func TestFtplib(t *testing.T) {
	c := need(t, "python3")
	script, err := filepath.Abs("testdata/ftplib_client.py")
	if err != nil {
		t.Fatal(err)
	}
	inEach(t, func(t *testing.T, b *bridge, s security) {
		c.run(t, "", script, string(s), b.host, b.port, user, password)
		wantSameTree(t, t.TempDir(), filepath.Join(b.dir, "kept"))
	})
}
