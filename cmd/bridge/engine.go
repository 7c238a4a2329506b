package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/internal/advertise"
	"github.com/ftpbridge/bridge/internal/certs"
	"github.com/ftpbridge/bridge/internal/config"
)

// engineOptions turns the configuration into the engine's options.
func engineOptions(cfg *config.Config) ftpfront.Options {
	f := &cfg.FTP
	o := ftpfront.Options{
		Name:         f.Name,
		RequireTLS:   f.TLS.Mode == config.TLSRequired || f.TLS.Mode == config.TLSImplicit,
		PassivePorts: [2]uint16{f.Passive.Ports.First, f.Passive.Ports.Last},
		ActivePort:   f.Active.Port,
		ProxyProtocol: ftpfront.ProxyProtocol{
			Trusted: f.ProxyProtocol.Trusted, Timeout: f.ProxyProtocol.Timeout,
		},
		KeepLineEnds: f.ASCII == config.ASCIIBinary,
		OmitSelf:     !f.MLSDSelf,
		Deflate:      f.ModeZ, ComputeDigests: f.Digests == config.DigestsCompute,
		Limits: ftpfront.Limits{
			Sessions: f.Limits.Sessions, SessionsPerAddress: orNone(f.Limits.SessionsPerAddress),
			LoginAttempts: f.Limits.LoginAttempts, Login: f.Limits.LoginTimeout, Handshake: f.Limits.Handshake,
			Idle: f.Limits.Idle, Command: f.Limits.Command, DataOpen: f.Limits.DataOpen, Stall: f.Limits.Stall,
			MaxTransfer: orNone(f.Limits.Transfer), MaxFileBytes: orNone(int64(f.Limits.MaxFile)),
			MaxListing: f.Limits.Listing, BytesPerSecond: int64(f.Limits.BytesPerSecond),
			AccountBytesPerSecond: int64(f.Limits.AccountBytesPerSecond), CommandsPerSecond: f.Limits.CommandsPerSecond,
		},
	}
	switch f.UploadEnd {
	case config.UploadEndStrict:
		o.UploadEnd = ftpfront.EndStrict
	case config.UploadEndLenient:
		o.UploadEnd = ftpfront.EndLenient
	}
	if len(f.Hosts) > 0 {
		o.Hosts = func(name string) bool { return slices.Contains(f.Hosts, name) }
	}
	switch f.Passive.Mode {
	case config.PassivePooled:
		o.PassiveMode = ftpfront.PassivePooled
	case config.PassiveSingle:
		o.PassiveMode = ftpfront.PassiveSingle
	}
	switch f.TLS.Reuse {
	case config.TLSReuseOff:
		o.TLSReuse = ftpfront.ReuseOff
	case config.TLSReuseRequire:
		o.TLSReuse = ftpfront.ReuseRequire
	}
	return o
}

// loadCertificates loads what TLS needs; nil without TLS.
func loadCertificates(t *config.TLS) (*certs.Store, error) {
	if t.Mode == config.TLSOff {
		return nil, nil
	}
	base := &tls.Config{MinVersion: tls.VersionTLS12}
	if t.MinVersion == "1.3" {
		base.MinVersion = tls.VersionTLS13
	}
	switch t.ClientCertificates {
	case config.ClientCertificatesRequest:
		base.ClientAuth = tls.VerifyClientCertIfGiven
	case config.ClientCertificatesRequire:
		base.ClientAuth = tls.RequireAndVerifyClientCert
	}
	files := certs.Files{Pairs: []certs.Pair{certs.Pair(t.KeyPair)}, ClientCA: t.ClientCA}
	for _, p := range t.Certificates {
		files.Pairs = append(files.Pairs, certs.Pair(p))
	}
	store, err := certs.Load(files, base)
	if err != nil {
		return nil, fmt.Errorf("ftp.tls: %w", err)
	}
	return store, nil
}

// newAddresses makes the addresses that PASV tells.
func newAddresses(p *config.Passive, log *slog.Logger) *advertise.Addresses {
	o := advertise.Options{Address: p.Address, Logger: log}
	for _, a := range p.Addresses {
		o.Networks = append(o.Networks, advertise.Network(a))
	}
	return advertise.New(o)
}

// orNone turns the configuration's 0 for "no limit" into the engine's -1.
func orNone[T int | int64 | time.Duration](limit T) T {
	if limit == 0 {
		return -1
	}
	return limit
}
