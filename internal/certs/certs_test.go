package certs

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds every wait: far longer than any that is meant to succeed.
const patience = 10 * time.Second

// makePair returns a new certificate for name, and its key, in PEM.
func makePair(t *testing.T, name string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// writePair puts a new pair for name into dir.
func writePair(t *testing.T, dir, name string) Pair {
	t.Helper()
	p := Pair{filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
	cert, key := makePair(t, name)
	write(t, p.Cert, cert)
	write(t, p.Key, key)
	return p
}

// shown is the name in the certificate that a client gets who asks for sni.
func shown(t *testing.T, s *Store, sni string) string {
	t.Helper()
	ours, theirs := net.Pipe()
	defer ours.Close()
	defer theirs.Close()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	go tls.Server(ours, s.Config()).HandshakeContext(ctx) // the client tells
	client := tls.Client(theirs, &tls.Config{InsecureSkipVerify: true, ServerName: sni})
	if err := client.HandshakeContext(ctx); err != nil {
		t.Fatalf("handshake for %s: %v", sni, err)
	}
	return client.ConnectionState().PeerCertificates[0].DNSNames[0]
}

func load(t *testing.T, f Files) *Store {
	t.Helper()
	s, err := Load(f, &tls.Config{MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNameChoosesTheCertificate(t *testing.T) {
	s := load(t, Files{Pairs: []Pair{writePair(t, t.TempDir(), "a.example"), writePair(t, t.TempDir(), "b.example")}})
	for sni, want := range map[string]string{"a.example": "a.example", "b.example": "b.example", "c.example": "a.example"} {
		if got := shown(t, s, sni); got != want {
			t.Errorf("a client that asks for %s is shown %s, want %s", sni, got, want)
		}
	}
}

func TestReload(t *testing.T) {
	dir := t.TempDir()
	s := load(t, Files{Pairs: []Pair{writePair(t, dir, "old.example")}})
	if changed, err := s.Reload(); changed || err != nil {
		t.Errorf("nothing changed: got %v, %v", changed, err)
	}
	cert, key := makePair(t, "new.example")
	write(t, filepath.Join(dir, "tls.crt"), cert)
	if changed, err := s.Reload(); !changed || err == nil {
		t.Errorf("a certificate without its key: got %v, %v", changed, err)
	}
	if changed, err := s.Reload(); changed || err != nil {
		t.Errorf("a fault is told again: got %v, %v", changed, err)
	}
	if got := shown(t, s, "x"); got != "old.example" {
		t.Errorf("after a fault %s is shown", got)
	}
	write(t, filepath.Join(dir, "tls.key"), key)
	if changed, err := s.Reload(); !changed || err != nil {
		t.Errorf("the whole pair: got %v, %v", changed, err)
	}
	if got := shown(t, s, "x"); got != "new.example" {
		t.Errorf("%s is shown, want the new one", got)
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	p := writePair(t, t.TempDir(), "a.example")
	other := writePair(t, t.TempDir(), "b.example")
	missing := filepath.Join(t.TempDir(), "none.pem")
	for _, c := range []struct {
		files Files
		want  string
	}{
		{Files{}, "no certificate"},
		{Files{Pairs: []Pair{{missing, p.Key}}}, missing},
		{Files{Pairs: []Pair{p, {p.Cert, other.Key}}}, other.Key},
		{Files{Pairs: []Pair{p}, ClientCA: p.Key}, p.Key},
		{Files{Pairs: []Pair{p}, ClientCA: missing}, missing},
	} {
		if _, err := Load(c.files, &tls.Config{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Load(%+v): got %v, want an error that names %s", c.files, err, c.want)
		}
	}
}

// messages is a log whose messages can be waited for.
type messages struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (m *messages) Write(p []byte) (int, error) {
	m.mu.Lock()
	m.text.Write(p)
	m.mu.Unlock()
	m.more <- struct{}{}
	return len(p), nil
}

func (m *messages) wait(t *testing.T, want string) {
	t.Helper()
	for deadline := time.After(patience); ; {
		m.mu.Lock()
		text := m.text.String()
		if strings.Contains(text, want) {
			m.text.Reset()
			m.mu.Unlock()
			return
		}
		m.mu.Unlock()
		select {
		case <-m.more:
		case <-deadline:
			t.Fatalf("the log has no %q:\n%s", want, text)
		}
	}
}

// TestWatchFollowsASwappedLink replaces a pair as Kubernetes does.
func TestWatchFollowsASwappedLink(t *testing.T) {
	dir := t.TempDir()
	writePair(t, filepath.Join(dir, "1"), "old.example")
	link := filepath.Join(dir, "..data")
	p := Pair{filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
	for name, target := range map[string]string{link: "1", p.Cert: "..data/tls.crt", p.Key: "..data/tls.key"} {
		if err := os.Symlink(target, name); err != nil {
			t.Skipf("no links here: %v", err)
		}
	}
	s := load(t, Files{Pairs: []Pair{p}})
	ctx, stop := context.WithCancel(t.Context())
	log := &messages{more: make(chan struct{}, 100)}
	ended := make(chan error, 1)
	go func() { ended <- s.Watch(ctx, slog.New(slog.NewTextHandler(log, nil))) }()
	swap := func(target string) {
		if err := os.Symlink(target, link+"_tmp"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link+"_tmp", link); err != nil {
			t.Fatal(err)
		}
	}

	writePair(t, filepath.Join(dir, "2"), "new.example")
	swap("2")
	log.wait(t, "certificates replaced")
	if got := shown(t, s, "x"); got != "new.example" {
		t.Errorf("%s is shown, want the new one", got)
	}
	write(t, filepath.Join(dir, "3", "tls.crt"), []byte("nonsense"))
	swap("3")
	log.wait(t, "level=ERROR msg=\"certificates not replaced\"")
	if got := shown(t, s, "x"); got != "new.example" {
		t.Errorf("after a fault %s is shown", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Watch: %v", err)
	}
}
