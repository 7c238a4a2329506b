package auth

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"
)

// WebhookOptions says which service decides about logins.
type WebhookOptions struct {
	// URL is where to POST: https://…, http://… on a loopback address, or
	// unix:///path/of/socket, optionally with the path to request after a
	// colon (unix:///run/login.sock:/v1/login). Required.
	URL string
	// Secrets sign each request (Standard Webhooks), all of them at once, for
	// rotation. One with the prefix "whsec_" is in base64. At least one is
	// required; each is 16 bytes or longer.
	Secrets []string
	// Timeout bounds a login from the connect to the end of the answer, with
	// the retry of a failed connect. 0 is 5 seconds.
	Timeout time.Duration
	// InsecureHTTP allows http to other machines. Passwords then travel in
	// clear.
	InsecureHTTP bool
	// TLS is used for https; nil trusts the system's roots.
	TLS *tls.Config
}

// Webhook is a Source that asks an HTTP service, in the contract of
// openapi/login.v1.yaml. It is safe for concurrent use.
type Webhook struct {
	url     string
	sign    signer
	timeout time.Duration
	http    *http.Client
	rest    *resty.Client
	cache   *answerCache
}

var _ Source = (*Webhook)(nil)

const (
	defaultWebhookTimeout = 5 * time.Second
	// maxAnswer is the longest answer of a webhook, in bytes.
	maxAnswer = 64 << 10
	// connectPause lets a service that is being restarted come back.
	connectPause = 100 * time.Millisecond
	// maxRetryAfter bounds what a service may ask to wait.
	maxRetryAfter = time.Hour
)

// NewWebhook checks opt and connects to nothing. The error names the field.
func NewWebhook(opt WebhookOptions) (*Webhook, error) {
	at, err := parseEndpoint(opt.URL, transportPolicy(opt.InsecureHTTP))
	if err != nil {
		return nil, fmt.Errorf("webhook URL: %w", err)
	}
	sign, err := newSigner(opt.Secrets)
	if err != nil {
		return nil, fmt.Errorf("webhook Secrets: %w", err)
	}
	if opt.Timeout < 0 {
		return nil, errors.New("webhook Timeout: negative")
	}
	if opt.Timeout == 0 {
		opt.Timeout = defaultWebhookTimeout
	}
	hc := at.client(opt.Timeout, opt.TLS)
	return &Webhook{
		url:     at.url,
		sign:    sign,
		timeout: opt.Timeout,
		http:    hc,
		rest:    resty.NewWithClient(hc).SetLogger(silence{}).SetHeader("User-Agent", "ftpbridge"),
		cache:   newAnswerCache(),
	}, nil
}

// Close closes the connections that are kept for later logins.
func (w *Webhook) Close() { w.http.CloseIdleConnections() }

// Authenticate asks the service, or answers from what it allowed to be cached.
func (w *Webhook) Authenticate(ctx context.Context, c Credentials) (*Principal, error) {
	q, err := newQuestion(c, time.Now())
	if err != nil {
		return nil, err
	}
	key := w.cache.key(c)
	if p, ok := w.cache.get(key); ok {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	body, err := w.ask(ctx, c.Session, q)
	if err != nil {
		return nil, fmt.Errorf("login webhook: %w", err)
	}
	a, err := parseAnswer(body)
	if err != nil {
		return nil, fmt.Errorf("login webhook: %w", err)
	}
	p, err := a.principal(c, time.Now())
	if err != nil {
		return nil, fmt.Errorf("login webhook: %w", err)
	}
	if c.Account == "" { // what ACCT brings is often valid but once
		w.cache.put(key, p, a.cacheFor())
	}
	return p, nil
}

// ask sends q and returns the body of a 200. A connect that failed is tried
// once more, since nothing was sent; anything else might ask twice.
func (w *Webhook) ask(ctx context.Context, session string, q []byte) ([]byte, error) {
	trace := traceparent(session)
	body, err := w.post(ctx, trace, q)
	if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "dial" {
		return body, err
	}
	select {
	case <-ctx.Done():
		return nil, err
	case <-time.After(connectPause):
	}
	return w.post(ctx, trace, q)
}

func (w *Webhook) post(ctx context.Context, trace string, q []byte) ([]byte, error) {
	resp, err := w.rest.R().
		SetContext(ctx).
		SetDoNotParseResponse(true).
		SetHeader("Content-Type", "application/json").
		SetHeader("Accept", "application/json").
		SetHeader("traceparent", trace).
		SetHeaders(w.sign.headers(time.Now(), q)).
		SetBody(q).
		Post(w.url)
	if err != nil {
		return nil, withoutURL(err)
	}
	raw := resp.RawBody()
	// Nothing is left to lose by then: the answer was read or given up.
	defer func() { _ = raw.Close() }()
	body, err := io.ReadAll(io.LimitReader(raw, maxAnswer+1))
	if denied := fromStatus(resp.StatusCode(), resp.Header()); denied != nil {
		return nil, denied
	}
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, errors.New("answer longer than 64 KiB")
	}
	return bytes.TrimSpace(body), nil
}

// fromStatus says what an answer's status means, whatever its body: nil for
// 200, whose body decides.
func fromStatus(status int, h http.Header) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity:
		return fmt.Errorf("%w: status %d", ErrDenied, status)
	case http.StatusTooManyRequests:
		return &ThrottledError{RetryAfter: retryAfter(h.Get("Retry-After"), time.Now())}
	}
	return fmt.Errorf("status %d", status)
}

// retryAfter reads both forms of Retry-After (RFC 9110, section 10.2.3).
func retryAfter(text string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(text, 10, 32); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if t, err := http.ParseTime(text); err == nil {
		wait = t.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// withoutURL drops the address from err: it may hold a secret in its query.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// silence is a resty logger that keeps resty from writing to standard error.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}
