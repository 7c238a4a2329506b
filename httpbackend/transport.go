package httpbackend

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

const (
	// maxIdle is how many connections are kept for the next requests. Each small
	// file needs one, and dialling costs more than the request.
	maxIdle = 256
	// bufferSize of a connection, each way: a request with a small file leaves in
	// one write, and larger pieces bypass the buffer.
	bufferSize = 64 << 10
	// continueWait is how long an upload waits for 100 Continue. An upstream that
	// lets it pass once is not asked again.
	continueWait = time.Second
	// keepIdle is less than the idle time of common servers and proxies, so that
	// it is seldom the other side that closes.
	keepIdle = 50 * time.Second
	// maxHeader is the longest head of an answer, in bytes.
	maxHeader = 256 << 10
)

// newDialer makes the dialer of an upstream. It sees every address that a name leads
// to before it connects.
func newDialer(o Options) *net.Dialer {
	d := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: 30 * time.Second}
	if !o.AllowMetadata {
		d.Control = refuseLinkLocal
	}
	return d
}

// newClient makes the HTTP client of an upstream. HTTP/1.1 only, since HTTP/2 costs
// several times the CPU on large bodies; no compression, since it falsifies sizes
// and ranges; no redirects and no cookies, since both carry one user's secrets to
// other places (those that a mapping wants are followed by hand). Timeouts are per phase, so that long bodies may take their time.
func newClient(o Options) (*resty.Client, *http.Transport) {
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	t := &http.Transport{
		DialContext:            newDialer(o).DialContext,
		TLSClientConfig:        tlsConfig(o.TLS),
		TLSHandshakeTimeout:    o.ConnectTimeout,
		ResponseHeaderTimeout:  longestWait(o),
		ExpectContinueTimeout:  continueWait,
		IdleConnTimeout:        keepIdle,
		MaxIdleConns:           4 * maxIdle,
		MaxIdleConnsPerHost:    maxIdle,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxHeader,
		ReadBufferSize:         bufferSize,
		WriteBufferSize:        bufferSize,
		Protocols:              protocols,
	}
	h := &http.Client{
		Transport: waysHidden{t},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	c := resty.NewWithClient(h).SetDisableWarn(true).SetPreRequestHook(prepare)
	return c, t
}

func tlsConfig(c *tls.Config) *tls.Config {
	if c == nil {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return c.Clone()
}

// outgoing is what resty would spoil: it buffers a body that streams. It reaches
// the hook in the request's context, the only way that resty leaves.
type outgoing struct {
	body   io.ReadCloser
	length int64 // -1: not known
	again  func() (io.ReadCloser, error)
	// copied gives the body to a credential that signs it; nil: it can be read once only.
	copied func() (io.ReadCloser, error)
	creds  []Credential
	// location is where the answer leads to.
	location []string
}

type outgoingKey struct{}

// waysHidden hides from the client where an answer leads to. Before the client asks
// whether to go there, it wants the body once more and a URL that it can read, and
// without these it drops the answer.
type waysHidden struct{ next http.RoundTripper }

func (h waysHidden) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := h.next.RoundTrip(r)
	if out, ok := r.Context().Value(outgoingKey{}).(*outgoing); ok && err == nil {
		out.location = resp.Header["Location"]
		delete(resp.Header, "Location")
	}
	return resp, err
}

// prepare runs after resty has made the request and before it is sent.
func prepare(_ *resty.Client, r *http.Request) error {
	out, ok := r.Context().Value(outgoingKey{}).(*outgoing)
	if !ok {
		return nil
	}
	if out.body == nil { // resty's own empty body would be sent in chunks
		out.setBytes(nil)
	}
	r.Body, r.ContentLength, r.GetBody = out.body, out.length, out.copied
	for _, c := range out.creds {
		if err := c.Apply(r.Context(), r); err != nil {
			return &credentialError{err}
		}
	}
	r.GetBody = out.again
	return nil
}

// credentialError tells the failure to get a credential from that of a request.
type credentialError struct{ err error }

func (e *credentialError) Error() string { return "get credential: " + e.err.Error() }
func (e *credentialError) Unwrap() error { return e.err }

// roundTrip sends one request; the answer's body is open.
func (u *Upstream) roundTrip(ctx context.Context, method, target string, header http.Header, out *outgoing) (*http.Response, error) {
	r := u.client.R().SetContext(context.WithValue(ctx, outgoingKey{}, out)).SetDoNotParseResponse(true)
	r.Header = header
	resp, err := r.Execute(method, target)
	if err != nil {
		return nil, withoutQuery(err)
	}
	if out.location != nil {
		resp.RawResponse.Header["Location"] = out.location
	}
	return resp.RawResponse, nil
}

// withoutQuery cuts the query off the URL in an error of the client, since it may
// hold a credential, and errors are logged.
func withoutQuery(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		e.URL, _, _ = strings.Cut(e.URL, "?")
	}
	return err
}
