//go:build e2e

package e2e

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/jlaffaye/ftp"
)

func TestJlaffaye(t *testing.T) {
	t.Parallel()
	inEach(t, "jlaffaye/ftp", func(t *testing.T, _ *client, b *bridge, l link) {
		var options []ftp.DialOption
		protection := &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}
		switch l.security {
		case explicit:
			options = append(options, ftp.DialWithExplicitTLS(protection))
		case implicit:
			options = append(options, ftp.DialWithTLS(protection))
		}
		conn, err := ftp.Dial(net.JoinHostPort(b.host, b.port), options...)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Quit() // it was closed, if the test came to its end
		if err := conn.Login(user, password); err != nil {
			t.Fatal(err)
		}
		up := uploads(t)
		if err := conn.MakeDir("up"); err != nil {
			t.Fatal(err)
		}
		for name, whole := range readTree(t, up) {
			if err := conn.Stor("up/"+name, bytes.NewReader(whole)); err != nil {
				t.Errorf("upload %d bytes: %v", len(whole), err)
			}
		}
		wantSameTree(t, up, filepath.Join(b.dir, "up"))
		down := t.TempDir()
		fetch(t, conn, "up", down)
		wantSameTree(t, up, down)
		if err := conn.RemoveDirRecur("up"); err != nil {
			t.Error(err)
		}
		wantGone(t, filepath.Join(b.dir, "up"))
		if err := conn.Quit(); err != nil {
			t.Error(err)
		}
	})
}

// fetch downloads the files of a directory that is listed.
func fetch(t *testing.T, conn *ftp.ServerConn, from, to string) {
	t.Helper()
	entries, err := conn.List(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type != ftp.EntryTypeFile { // the directory itself and its parent
			continue
		}
		r, err := conn.Retr(from + "/" + e.Name)
		if err != nil {
			t.Fatal(err)
		}
		whole, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(to, e.Name), whole)
	}
}
