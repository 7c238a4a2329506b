package ftpfront

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// clientCertificate is one that the test's authority vouches for.
func clientCertificate(t *testing.T, name string) tls.Certificate {
	t.Helper()
	authority, _ := certificate()
	issuer, err := x509.ParseCertificate(authority.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), authority.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// cardUsers lets in by certificate who bears the user's name, and others by
// password. It records what it is asked.
type cardUsers struct {
	testUsers
	asked chan Login
}

func (u cardUsers) Authenticate(ctx context.Context, l Login) (*Account, error) {
	u.asked <- l
	if !l.CertificateOnly {
		return u.testUsers.Authenticate(ctx, l)
	}
	switch name := l.TLS.VerifiedChains[0][0].Subject.CommonName; {
	case l.User == "down":
		return nil, errors.New("no answer")
	case name != l.User:
		return nil, ErrLoginRefused
	}
	return &Account{Name: l.User, Backend: u.files, Greeting: "Welcome\nback\n"}, nil
}

// serveCards starts a server that asks for certificates.
func serveCards(t *testing.T, policy tls.ClientAuthType, o Options) (addr string, asked chan Login) {
	t.Helper()
	asked = make(chan Login, 20)
	_, roots := certificate()
	o.TLS = serverTLS()
	o.TLS.ClientAuth, o.TLS.ClientCAs = policy, roots
	o.Authenticator = cardUsers{testUsers{files: memstore.New()}, asked}
	_, addr = serve(t, "127.0.0.1", false, o)
	return addr, asked
}

// card connects with a certificate and starts TLS.
func card(t *testing.T, addr string, version uint16, certs ...tls.Certificate) *testClient {
	t.Helper()
	c := dial(t, addr)
	t.Cleanup(c.close)
	c.tls.MinVersion, c.tls.MaxVersion, c.tls.Certificates = version, version, certs
	c.want(t, "220 *")
	c.ask(t, "AUTH TLS", "234 *")
	if err := c.secure(); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCertificateSufficesAtUser(t *testing.T) {
	for name, version := range tlsVersions {
		for _, reuse := range []TLSReuse{ReusePrefer, ReuseOff, ReuseRequire} {
			addr, asked := serveCards(t, tls.VerifyClientCertIfGiven, Options{TLSReuse: reuse})
			c := card(t, addr, version, clientCertificate(t, "ann"))
			c.ask(t, "USER ann", "232-Welcome", "PWD", " back")
			c.want(t, "232 Logged in.")
			c.want(t, "257 *")
			c.ask(t, "PASS whatever", "202 *", "PBSZ 0", "200 *", "PROT P", "200 *")
			c.store(t, "226 *")
			c.fetch(t, "226 *")
			if l := <-asked; !l.CertificateOnly || l.Password != "" || l.Attempt != 1 {
				t.Errorf("%s: asked %+v", name, l)
			}
			c.ask(t, "REIN", "220 *", "USER bob", "331 *", "PASS secret", "530 *")
		}
	}
}

func TestCertificateThatDoesNotSufficeIsNotCounted(t *testing.T) {
	addr, asked := serveCards(t, tls.VerifyClientCertIfGiven, Options{Limits: Limits{LoginAttempts: 2}})
	c := card(t, addr, 0, clientCertificate(t, "somebody"))
	c.ask(t, "USER ann", "331 *", "USER ann", "331 *", "USER ann", "331 *", "USER ann", "331 *")
	if len(asked) != 2 {
		t.Errorf("asked %d times at USER, want as often as there are login attempts", len(asked))
	}
	c.ask(t, "PASS wrong", "530 *", "USER ann", "331 *", "PASS secret", "230 *")
	for range 3 {
		<-asked
	}
	if l := <-asked; l.CertificateOnly || l.Password != "secret" || len(l.TLS.VerifiedChains) == 0 {
		t.Errorf("at PASS: %+v", l)
	}
}

func TestCertificateQuestionWithoutAnswer(t *testing.T) {
	addr, _ := serveCards(t, tls.VerifyClientCertIfGiven, Options{})
	c := card(t, addr, 0, clientCertificate(t, "ann"))
	c.ask(t, "USER down", "421 Authentication service unavailable.")
	c.closed(t)
}

func TestWithoutCertificateUserAsksNobody(t *testing.T) {
	addr, asked := serveCards(t, tls.VerifyClientCertIfGiven, Options{})
	c := card(t, addr, 0)
	c.ask(t, "USER ann", "331 *")
	if len(asked) != 0 {
		t.Errorf("asked %+v", <-asked)
	}
	c.ask(t, "PASS secret", "230 *")
}

func TestRequiredCertificate(t *testing.T) {
	addr, _ := serveCards(t, tls.RequireAndVerifyClientCert, Options{})
	c := dial(t, addr)
	t.Cleanup(c.close)
	c.want(t, "220 *")
	c.ask(t, "AUTH TLS", "234 *")
	c.secure() // on TLS 1.3 the client does not know yet
	c.send("NOOP\r\n")
	c.closed(t)
}

// A data connection has to show the certificate of its control connection.
func TestCertificateOfAnotherOnTheDataConnection(t *testing.T) {
	for name, version := range tlsVersions {
		addr, _ := serveCards(t, tls.VerifyClientCertIfGiven, Options{})
		c := card(t, addr, version, clientCertificate(t, "ann"))
		c.ask(t, "USER ann", "232-Welcome", "PBSZ 0", " back")
		c.want(t, "232 *")
		c.want(t, "200 *")
		c.ask(t, "PROT P", "200 *")
		for _, certs := range [][]tls.Certificate{{clientCertificate(t, "ann")}, nil} {
			c.tls.ClientSessionCache, c.tls.Certificates = nil, certs
			c.begin(t, "STOR a.txt")
			c.data.(*tls.Conn).Handshake() // the reply tells what matters
			if got, err := c.reply(); got != "522 The data connection must show the certificate of the control connection." {
				t.Errorf("%s, %d certificates: %q, %v", name, len(certs), got, err)
			}
			c.resetData()
		}
	}
}
