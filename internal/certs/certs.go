// Package certs loads the certificates of a TLS server from files and loads them
// anew while it runs. Handshakes that begin afterwards use the new ones; what was
// begun before goes on. Files that do not fit together change nothing.
package certs

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// Files names what to load, in PEM.
type Files struct {
	// Pairs are certificates with their keys. A client gets the first that
	// bears the name it asks for (SNI) and that it can verify, else the first.
	// At least one is required.
	Pairs []Pair
	// ClientCA holds the certificates of the authorities that vouch for
	// clients; empty if clients show none.
	ClientCA string
}

// Pair names a certificate chain and its private key.
type Pair struct{ Cert, Key string }

// Store holds what was loaded last. It is safe for concurrent use.
type Store struct {
	files  Files
	base   *tls.Config
	config atomic.Pointer[tls.Config]

	mu  sync.Mutex
	sum [sha256.Size]byte // of the files' contents, as tried last
}

// Load reads the files for the first time. The settings of base hold for all
// handshakes; it is not changed.
func Load(files Files, base *tls.Config) (*Store, error) {
	if len(files.Pairs) == 0 {
		return nil, errors.New("no certificate")
	}
	s := &Store{files: files, base: base}
	if _, err := s.Reload(); err != nil {
		return nil, err
	}
	return s, nil
}

// Config is for a server: what it takes from the store follows each Reload.
func (s *Store) Config() *tls.Config {
	c := s.base.Clone()
	c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return s.config.Load(), nil }
	return c
}

// Reload reads the files again and reports whether they had changed since the
// last time. If one cannot be read, or they do not fit together, it fails and
// all stays as it is.
func (s *Store) Reload() (changed bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := reader{hash: sha256.New()}
	c := s.base.Clone()
	for _, p := range s.files.Pairs {
		cert, err := tls.X509KeyPair(r.read(p.Cert), r.read(p.Key))
		if err != nil && r.err == nil {
			r.err = fmt.Errorf("%s with %s: %w", p.Cert, p.Key, err)
		}
		c.Certificates = append(c.Certificates, cert)
	}
	if s.files.ClientCA != "" {
		c.ClientCAs = x509.NewCertPool()
		if !c.ClientCAs.AppendCertsFromPEM(r.read(s.files.ClientCA)) && r.err == nil {
			r.err = fmt.Errorf("%s: holds no certificate in PEM", s.files.ClientCA)
		}
	}
	sum := [sha256.Size]byte(r.hash.Sum(nil))
	if sum == s.sum {
		return false, nil
	}
	s.sum = sum
	if r.err != nil {
		return true, r.err
	}
	s.config.Store(c)
	return true, nil
}

// reader reads files until one fails.
type reader struct {
	hash interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
	err error
}

func (r *reader) read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil && r.err == nil {
		r.err = err
	}
	fmt.Fprintf(r.hash, "%s %d %v\n", name, len(data), err) // a hash takes all
	r.hash.Write(data)                                      // as above
	return data
}
