package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/auth"
	"github.com/ftpbridge/bridge/ftpfront"
)

// newCertificate makes a certificate that vouches for itself, for either side,
// and writes it with its key into dir.
func newCertificate(t *testing.T, dir, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{
		"tls.crt": {Type: "CERTIFICATE", Bytes: der}, "tls.key": {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// tlsSettings configure TLS with the pair in dir.
func tlsSettings(dir string) map[string]string {
	return map[string]string{
		"ftp.tls.mode": "required",
		"ftp.tls.cert": filepath.Join(dir, "tls.crt"), "ftp.tls.key": filepath.Join(dir, "tls.key"),
	}
}

// secured opens a session and starts TLS.
func (w *world) secured(cfg *tls.Config) (*tls.Conn, *textproto.Conn) {
	w.t.Helper()
	raw, err := net.Dial("tcp", w.ftp)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { raw.Close() })
	raw.SetDeadline(time.Now().Add(30 * time.Second)) // an error shows in what follows
	plain := textproto.NewConn(raw)
	ask(w.t, plain, "", 220)
	ask(w.t, plain, "AUTH TLS", 234)
	cfg.InsecureSkipVerify = true
	conn := tls.Client(raw, cfg)
	if err := conn.Handshake(); err != nil {
		w.t.Fatal(err)
	}
	return conn, textproto.NewConn(conn)
}

// ask sends a command, if there is one, and compares the code of the reply.
func ask(t *testing.T, c *textproto.Conn, command string, want int) {
	t.Helper()
	if command != "" {
		if err := c.PrintfLine("%s", command); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := c.ReadResponse(want); err != nil {
		t.Fatalf("%s: %v, want %d", command, err, want)
	}
}

func TestCertificatesAreReplacedUnderRunningSessions(t *testing.T) {
	dir := t.TempDir()
	newCertificate(t, dir, "old.example")
	w := newWorld(t, tlsSettings(dir))
	_, session := w.secured(&tls.Config{})
	newCertificate(t, dir, "new.example")
	for start := time.Now(); ; {
		conn, _ := w.secured(&tls.Config{})
		if conn.ConnectionState().PeerCertificates[0].DNSNames[0] == "new.example" {
			break
		}
		conn.Close()
		if time.Since(start) > 20*time.Second {
			t.Fatal("the old certificate is still shown")
		}
	}
	ask(t, session, "USER ann", 331)
	ask(t, session, "PASS right", 230)
}

// TestCertificateGoesToTheLoginSource has a webhook that wants a password all
// the same: asking it at USER must not count as a failed login.
func TestCertificateGoesToTheLoginSource(t *testing.T) {
	dir := t.TempDir()
	newCertificate(t, dir, "ftp.example")
	users := t.TempDir()
	card := newCertificate(t, users, "ann")
	settings := tlsSettings(dir)
	settings["ftp.tls.client_certificates"] = "request"
	settings["ftp.tls.client_ca"] = filepath.Join(users, "tls.crt")
	settings["guard.failed_logins"] = "1"
	w := newWorld(t, settings)
	_, session := w.secured(&tls.Config{Certificates: []tls.Certificate{card}})
	ask(t, session, "USER ann", 331)
	ask(t, session, "USER ann", 331)
	ask(t, session, "PASS right", 230)
}

func TestCredentialsOfALogin(t *testing.T) {
	cert, err := x509.ParseCertificate(newCertificate(t, t.TempDir(), "ann").Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	verified := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}, VerifiedChains: [][]*x509.Certificate{{cert}}}
	shown := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{cert}}
	for _, c := range []struct {
		login ftpfront.Login
		want  auth.Method
		cert  bool
	}{
		{ftpfront.Login{}, auth.MethodPassword, false},
		{ftpfront.Login{TLS: &tls.ConnectionState{}}, auth.MethodPassword, false},
		{ftpfront.Login{TLS: shown}, auth.MethodPassword, false}, // nobody vouches for it
		{ftpfront.Login{TLS: verified}, auth.MethodPasswordAndCertificate, true},
		{ftpfront.Login{TLS: verified, CertificateOnly: true}, auth.MethodCertificate, true},
	} {
		got := new(accounts).authCredentials(c.login)
		if has := got.TLS != nil && got.TLS.Certificate != nil; got.Method != c.want || has != c.cert {
			t.Errorf("%+v: got %s with a certificate %v, want %s, %v", c.login, got.Method, has, c.want, c.cert)
		}
	}
}

func TestTLSKeysReachTheEngine(t *testing.T) {
	dir, client := t.TempDir(), t.TempDir()
	newCertificate(t, dir, "ftp.example")
	card := newCertificate(t, client, "ann")
	second := t.TempDir()
	newCertificate(t, second, "second.example")
	settings := tlsSettings(dir)
	settings["ftp.tls.certificates.0.cert"] = filepath.Join(second, "tls.crt")
	settings["ftp.tls.certificates.0.key"] = filepath.Join(second, "tls.key")
	settings["ftp.tls.client_certificates"] = "require"
	settings["ftp.tls.client_ca"] = filepath.Join(client, "tls.crt")
	settings["ftp.tls.reuse"] = "require"
	w := newWorld(t, settings)
	conn, session := w.secured(&tls.Config{ServerName: "second.example", Certificates: []tls.Certificate{card}})
	if got := conn.ConnectionState().PeerCertificates[0].DNSNames[0]; got != "second.example" {
		t.Errorf("the certificate of %s is shown", got)
	}
	ask(t, session, "USER ann", 331)
	ask(t, session, "PASS right", 230)
	ask(t, session, "PBSZ 0", 200)
	ask(t, session, "PROT P", 200)
	if err := session.PrintfLine("EPSV"); err != nil {
		t.Fatal(err)
	}
	_, text, err := session.ReadResponse(229)
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscanf(text, "Entering Extended Passive Mode (|||%d|).", &port); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	ask(t, session, "NLST", 150)
	data, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	fresh := tls.Client(data, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{card}})
	fresh.Handshake() // the reply tells what matters
	ask(t, session, "", 522)
}
