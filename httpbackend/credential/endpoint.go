package credential

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const (
	// fetchTime bounds one try to get a token.
	fetchTime = 10 * time.Second
	// maxAnswer is the longest answer of a token endpoint, in bytes.
	maxAnswer = 64 << 10
	// endpointIdle lies below the usual keep-alive times of servers.
	endpointIdle = 30 * time.Second
)

// endpoint is the token endpoint of an OAuth 2.0 server.
type endpoint struct {
	client    *http.Client
	transport *http.Transport
	alive     context.Context // ends with close
	close     context.CancelFunc
}

// newEndpoint makes the client of a token endpoint. It uses no proxy, follows no
// redirect and keeps no cookies: secrets go nowhere else.
func newEndpoint(tc *tls.Config) *endpoint {
	if tc == nil {
		tc = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: fetchTime}).DialContext,
		TLSClientConfig:     tc.Clone(),
		TLSHandshakeTimeout: fetchTime,
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		IdleConnTimeout:     endpointIdle,
	}
	e := &endpoint{transport: t, client: &http.Client{
		Transport:     bounded{t},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	e.alive, e.close = context.WithCancel(context.Background())
	return e
}

// Close ends running requests for tokens and closes idle connections. Who needs
// a token then gets none.
func (e *endpoint) Close() {
	e.close()
	e.transport.CloseIdleConnections()
}

// ask sends one request for a token. All grants go this way: those that are not
// client credentials have their parameters in c.EndpointParams.
func (e *endpoint) ask(ctx context.Context, c *clientcredentials.Config) (*oauth2.Token, error) {
	t, err := c.Token(context.WithValue(ctx, oauth2.HTTPClient, e.client))
	if err != nil {
		return nil, fmt.Errorf("ask for a token: %w", endpointError(err))
	}
	if hasControl(t.AccessToken) || hasControl(t.TokenType) {
		return nil, errors.New("ask for a token: the token " + errControl.Error())
	}
	return t, nil
}

// endpointError leaves out of err what may hold secrets: the body of the answer,
// which may repeat the request, and the URL.
func endpointError(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		text := "the token endpoint answered " + strconv.Itoa(refused.Response.StatusCode)
		if isErrorCode(refused.ErrorCode) {
			text += ": " + refused.ErrorCode
		}
		return errors.New(text)
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}

// isErrorCode reports whether s looks like a registered error code (RFC 6749,
// section 5.2): one that says nothing but what it is for.
func isErrorCode(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// bounded cuts answers off that are longer than any token.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = &boundedBody{resp.Body, maxAnswer}
	return resp, nil
}

type boundedBody struct {
	io.ReadCloser
	left int
}

var errLongAnswer = errors.New("the answer of the token endpoint is longer than 64 KiB")

func (b *boundedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errLongAnswer
	}
	return n, err
}

// checkTokenURL refuses places to which secrets must not be sent.
func checkTokenURL(text string, insecureHTTP bool) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "":
		return errors.New("not an absolute URL") // the text may hold a secret
	case u.User != nil || u.Fragment != "":
		return errors.New("must hold no user, password or fragment")
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return errors.New("scheme is not https or http")
	case insecureHTTP || isLoopback(u.Hostname()):
		return nil
	}
	return errors.New("secrets would travel in clear; use https or allow insecure HTTP")
}

// isLoopback reports whether host never leaves the machine (RFC 6761, section 6.3).
func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}
