//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestAKilledClientLeavesNothing kills a client in the middle of an upload. The
// kernel then ends its connections as if it had finished, which over FTP looks
// much like the end of the file.
func TestAKilledClientLeavesNothing(t *testing.T) {
	inEach(t, "curl", func(t *testing.T, c *client, b *bridge, l link) {
		up := filepath.Join(t.TempDir(), "up")
		writeFile(t, up, content(20_000_000))
		writeFile(t, filepath.Join(b.dir, "old"), []byte("old"))
		for _, name := range []string{"new", "old"} {
			cmd := exec.Command(c.path, append(curlOptions(l), "--limit-rate", "1M", "-T", up, b.url("/"+name))...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			until(t, "the upload has begun", func() bool { return staged(t, b) > 0 })
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // it was killed
			until(t, "the upload has ended", func() bool { return staged(t, b) < 0 })
		}
		wantGone(t, filepath.Join(b.dir, "new"))
		wantFile(t, filepath.Join(b.dir, "old"), []byte("old"))
	})
}

// staged returns the size of the upload that the storage service has in its
// staging folder, or -1 if there is none.
func staged(t *testing.T, b *bridge) int64 {
	t.Helper()
	uploads, err := os.ReadDir(filepath.Join(b.dir, ".bridge-staging"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range uploads {
		if fi, err := e.Info(); err == nil { // else it has just gone
			return fi.Size()
		}
	}
	return -1
}

// until waits for a condition that another process brings about.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(startLimit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
