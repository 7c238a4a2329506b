package main

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/internal/config"
)

// engineOptions turns the configuration into the engine's options.
func engineOptions(cfg *config.Config) (ftpfront.Options, error) {
	f := &cfg.FTP
	o := ftpfront.Options{
		Name:         f.Name,
		RequireTLS:   f.TLS.Mode == config.TLSRequired || f.TLS.Mode == config.TLSImplicit,
		PassivePorts: [2]uint16{f.Passive.Ports.First, f.Passive.Ports.Last},
		KeepLineEnds: f.ASCII == config.ASCIIBinary,
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
	if addr := f.Passive.Address; addr.IsValid() {
		o.PassiveAddress = func(netip.Addr) netip.Addr { return addr }
	}
	if f.TLS.Mode == config.TLSOff {
		return o, nil
	}
	cert, err := tls.LoadX509KeyPair(f.TLS.Cert, f.TLS.Key)
	if err != nil {
		return ftpfront.Options{}, fmt.Errorf("ftp.tls: %w", err)
	}
	o.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	if f.TLS.MinVersion == "1.3" {
		o.TLS.MinVersion = tls.VersionTLS13
	}
	return o, nil
}

// orNone turns the configuration's 0 for "no limit" into the engine's -1.
func orNone[T int | int64 | time.Duration](limit T) T {
	if limit == 0 {
		return -1
	}
	return limit
}
