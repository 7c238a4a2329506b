package ftpfront

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// testUsers is the authenticator of the tests. Its users are:
//
//	ann    password secret
//	home   password secret; starts in /home
//	greta  password secret; has a greeting of two lines
//	acct   password secret and account lab
//	busy   has to wait for 30 seconds
//	down   cannot be asked for
type testUsers struct {
	files  storage.Backend
	limits AccountLimits
}

func (u testUsers) Authenticate(_ context.Context, login Login) (*Account, error) {
	switch login.User {
	case "down":
		return nil, errors.New("no answer from the directory")
	case "busy":
		return nil, &RetryError{After: 30 * time.Second}
	case "ann", "home", "greta", "acct":
	default:
		return nil, ErrLoginRefused
	}
	if login.Password != "secret" {
		return nil, ErrLoginRefused
	}
	account := &Account{Name: login.User, Backend: u.files, Limits: u.limits}
	switch login.User {
	case "home":
		account.Home = "/home"
	case "greta":
		account.Greeting = "Good morning, Greta.\nThe shop opens at nine.\n"
	case "acct":
		if login.Account == "" {
			return nil, ErrNeedAccount
		}
		if login.Account != "lab" {
			return nil, ErrLoginRefused
		}
	}
	return account, nil
}

// able is a backend with abilities of its own.
type able struct {
	storage.Backend
	abilities storage.Abilities
}

func (a able) Abilities() storage.Abilities { return a.abilities }

// sizeless is a storage that tells no sizes.
type sizeless struct{ storage.Backend }

func (s sizeless) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	e, err := s.Backend.Stat(ctx, name)
	e.Size = storage.UnknownSize
	return e, err
}

// withSpace adds a storage's free space to what it can do.
func withSpace(b storage.Backend, free int64) storage.Backend {
	a := storage.AbilitiesOf(b)
	a.Space = func(ctx context.Context, name storage.Path) (storage.Space, error) {
		e, err := b.Stat(ctx, name)
		if err == nil && !e.IsDir() {
			err = storage.Fail(storage.NotDir, storage.OpSpace, name)
		}
		return storage.Space{Free: free, Total: storage.UnknownSize}, err
	}
	return able{b, a}
}

// echo is a SITE command.
func echo(_ context.Context, call SiteCall) (string, error) {
	if call.Arg == "" {
		return "", storage.Fail(storage.Conflict, storage.OpStat, call.Dir)
	}
	return call.Account.Name + " in " + string(call.Dir) + ": " + call.Arg, nil
}

// certificate is the server's, and roots what clients trust.
var certificate = sync.OnceValues(func() (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"ftp.example"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
})

func serverTLS() *tls.Config {
	cert, _ := certificate()
	return &tls.Config{Certificates: []tls.Certificate{cert}}
}

func clientTLS() *tls.Config {
	_, roots := certificate()
	return &tls.Config{RootCAs: roots, ServerName: "ftp.example", ClientSessionCache: tls.NewLRUClientSessionCache(4)}
}

// serve starts a server for a test and ends it behind it. host is where it
// listens, on a port of the system's choice.
func serve(t *testing.T, host string, implicit bool, o Options) (*Server, string) {
	t.Helper()
	srv, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		if host == "::1" {
			t.Skipf("no IPv6 here: %v", err)
		}
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		if implicit {
			done <- srv.ServeTLS(ln)
		} else {
			done <- srv.Serve(ln)
		}
	}()
	t.Cleanup(func() {
		srv.Close()
		if err := <-done; !errors.Is(err, ErrServerClosed) {
			t.Errorf("Serve: %v, want ErrServerClosed", err)
		}
	})
	return srv, ln.Addr().String()
}
