package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"

	"github.com/ftpbridge/bridge/internal/config"
)

// upstreamTLS is how connections to the storage service are made; nil leaves that
// to httpbackend.
func upstreamTLS(t *config.BackendTLS) (*tls.Config, error) {
	if *t == (config.BackendTLS{}) {
		return nil, nil
	}
	c, err := trust(t.CA)
	if err != nil {
		return nil, err
	}
	if c == nil {
		c = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c.ServerName = t.ServerName
	if t.Cert == "" {
		return c, nil
	}
	own := &ownCertificate{cert: t.Cert, key: t.Key}
	if _, err := own.load(nil); err != nil {
		return nil, err
	}
	c.GetClientCertificate = own.load
	return c, nil
}

// trust believes the authorities in a PEM file; nil without one.
func trust(ca string) (*tls.Config, error) {
	if ca == "" {
		return nil, nil
	}
	data, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s: holds no certificate in PEM", ca)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// ownCertificate is what the bridge shows in mutual TLS. The files are read for
// each connection, of which a pool makes few, so that a new certificate is taken
// while sessions run; the last good one bridges the moment of the change.
type ownCertificate struct {
	cert, key string

	mu   sync.Mutex
	last *tls.Certificate
}

// load is for tls.Config.GetClientCertificate.
func (o *ownCertificate) load(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(o.cert, o.key)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.last = &pair
	}
	if o.last == nil {
		return nil, fmt.Errorf("%s with %s: %w", o.cert, o.key, err)
	}
	return o.last, nil
}
