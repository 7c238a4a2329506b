package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
	"time"
)

// endpoint is where a webhook is: what goes into the request line, and how to
// connect to it.
type endpoint struct {
	url    string // http or https
	socket string // path of the unix socket; empty for TCP
}

// parseEndpoint reads an address in one of the forms of WebhookOptions.URL. No
// error of it repeats the address, which may hold a secret.
func parseEndpoint(text string, allow transportPolicy) (endpoint, error) {
	if rest, ok := strings.CutPrefix(text, "unix://"); ok {
		socket, target, _ := strings.Cut(rest, ":")
		if !path.IsAbs(socket) || (target != "" && target[0] != '/') {
			return endpoint{}, errors.New("not of the form unix:///socket or unix:///socket:/path")
		}
		return endpoint{url: "http://localhost" + target, socket: socket}, nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return endpoint{}, errors.New("not an absolute URL")
	case u.User != nil:
		return endpoint{}, errors.New("must not hold a user or password")
	case u.Scheme == "https":
	case u.Scheme != "http":
		return endpoint{}, errors.New("scheme is not https, http or unix")
	case allow == secureOnly && !isLoopback(u.Hostname()):
		return endpoint{}, errors.New("passwords would travel in clear; use https or allow insecure HTTP")
	}
	return endpoint{url: u.String()}, nil
}

// transportPolicy says whether passwords may cross a network in clear.
type transportPolicy bool

const (
	secureOnly    transportPolicy = false
	allowInsecure transportPolicy = true
)

// isLoopback reports whether host never leaves the machine. "localhost" is
// loopback by RFC 6761, section 6.3.
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

const (
	// idleConns is how many connections are kept for the next login; a burst
	// of logins must not open a connection each.
	idleConns = 256
	// idleTimeout lies below the usual keep-alive times of servers, so that
	// few connections end just when a login is sent.
	idleTimeout = 30 * time.Second
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 64 << 10
)

// client returns an HTTP client of its own for e. It uses no proxy, follows no
// redirect and keeps no cookies: nothing of a login goes anywhere but to e.
func (e endpoint) client(timeout time.Duration, tc *tls.Config) *http.Client {
	dialer := &net.Dialer{Timeout: timeout}
	dial := dialer.DialContext
	if e.socket != "" {
		dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", e.socket)
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            dial,
			TLSClientConfig:        tc.Clone(),
			TLSHandshakeTimeout:    timeout,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true,
			MaxIdleConnsPerHost:    idleConns,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
