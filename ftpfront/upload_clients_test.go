package ftpfront

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jlaffaye/ftp"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// Clients that upload over TLS 1.3 and close without reading what the server
// says on the data connection must not lose the end of their files.

// uploads is how many files each client sends.
const uploads = 100

// uploadSize spreads the sizes of the files from one byte to 3 MiB, each larger
// than the last by the same factor.
func uploadSize(i int) int { return int(math.Round(math.Pow(3<<20, float64(i)/(uploads-1)))) }

// checkUploads compares what the storage holds with what was sent.
func checkUploads(t *testing.T, files storage.Backend) {
	t.Helper()
	for i := range uploads {
		name := fmt.Sprintf("/%d.bin", i)
		got, err := stored(t.Context(), files, storage.Path(name))
		if err != nil || !bytes.Equal(got, generated(uploadSize(i))) {
			t.Errorf("%s: got %d bytes (%v), want %d", name, len(got), err, uploadSize(i))
		}
	}
}

func TestUploadsOfGoClient(t *testing.T) {
	files := memstore.New()
	cfg := serverTLS()
	cfg.MinVersion = tls.VersionTLS13
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, TLS: cfg})
	c, err := ftp.Dial(addr, ftp.DialWithExplicitTLS(clientTLS()), ftp.DialWithTimeout(patience))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Quit() // the files say what matters
	if err := c.Login("ann", "secret"); err != nil {
		t.Fatal(err)
	}
	for i := range uploads {
		if err := c.Stor(fmt.Sprintf("%d.bin", i), bytes.NewReader(generated(uploadSize(i)))); err != nil {
			t.Errorf("upload of %d bytes: %v", uploadSize(i), err)
		}
	}
	checkUploads(t, files)
}

func TestUploadsOfPerlClient(t *testing.T) {
	if out, err := exec.Command("perl", "-MNet::FTP", "-MIO::Socket::SSL", "-e", "1").CombinedOutput(); err != nil {
		first, _, _ := strings.Cut(string(out), "\n")
		t.Skipf("no Perl with Net::FTP and IO::Socket::SSL here: %v %s", err, first)
	}
	dir := t.TempDir()
	for i := range uploads {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.bin", i)), generated(uploadSize(i)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files := memstore.New()
	cfg := serverTLS()
	cfg.MinVersion = tls.VersionTLS13
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, TLS: cfg})
	host, port, _ := net.SplitHostPort(addr)
	cmd := exec.CommandContext(t.Context(), "perl", "testdata/upload.pl", host, port, dir, fmt.Sprint(uploads))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	checkUploads(t, files)
}
