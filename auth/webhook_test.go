package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// service is a login webhook that answers as it is told and keeps the last call.
type service struct {
	*httptest.Server
	calls  atomic.Int32
	header http.Header
	body   []byte
	answer func(w http.ResponseWriter)
}

func newService(t *testing.T, answer func(w http.ResponseWriter)) *service {
	t.Helper()
	s := &service{answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		s.header = r.Header
		s.body, _ = io.ReadAll(r.Body)
		s.answer(w)
	}))
	t.Cleanup(s.Close)
	return s
}

// says answers with a status and a body.
func says(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func newHook(t *testing.T, opt WebhookOptions) *Webhook {
	t.Helper()
	if opt.Secrets == nil {
		opt.Secrets = []string{testSecret}
	}
	w, err := NewWebhook(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestWebhookAsksAsTheContractSays(t *testing.T) {
	s := newService(t, says(200, `{"decision":"allow"}`))
	hook := newHook(t, WebhookOptions{URL: s.URL, Secrets: []string{testSecret, "another secret of 24 byte"}})
	c := alice()
	c.Host, c.Program = "ftp.acme.example", "FileZilla 3.67"
	c.TLS = &TLSState{Version: "TLS1.3", Cipher: "TLS_AES_128_GCM_SHA256", Mode: "explicit", Certificate: clientCertificate(t)}
	if _, err := hook.Authenticate(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	var q question
	if err := json.Unmarshal(s.body, &q); err != nil {
		t.Fatal(err)
	}
	if q.Type != "ftp.login" || q.Data.User != "alice" || *q.Data.Password != c.Password || q.Data.Account != nil {
		t.Errorf("asked %s", s.body)
	}
	if cert := q.Data.TLS.Certificate; cert.Subject != "CN=alice" || len(cert.SAN) != 2 || !strings.HasPrefix(cert.PEM, "-----BEGIN") {
		t.Errorf("certificate %+v", cert)
	}
	if q.Data.Client.IP != "203.0.113.7" || q.Data.Client.Port != 51234 {
		t.Errorf("client %+v", q.Data.Client)
	}
	checkSignature(t, s, []byte("another secret of 24 byte"))
	decoded, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(testSecret, "whsec_"))
	checkSignature(t, s, decoded)
	if trace := s.header.Get("traceparent"); len(trace) != 55 || !strings.HasPrefix(trace, "00-") || !strings.HasPrefix(trace, traceparent("s_1")[:36]) {
		t.Errorf("traceparent %q is not of the session's trace", trace)
	}
	if got := s.header.Get("Content-Type"); got != "application/json" {
		t.Errorf("content type %q", got)
	}
}

func checkSignature(t *testing.T, s *service, secret []byte) {
	t.Helper()
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%s.%s.%s", s.header.Get("webhook-id"), s.header.Get("webhook-timestamp"), s.body)
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for sig := range strings.SplitSeq(s.header.Get("webhook-signature"), " ") {
		if sig == want {
			return
		}
	}
	t.Errorf("signature %q lacks %q", s.header.Get("webhook-signature"), want)
}

// The kinds of outcome that a caller tells apart.
func outcome(err error) string {
	var throttled *ThrottledError
	switch {
	case err == nil:
		return "allow"
	case errors.Is(err, ErrDenied):
		return "deny"
	case errors.Is(err, ErrNotMine):
		return "not mine"
	case errors.Is(err, ErrNeedAccount):
		return "need account"
	case errors.As(err, &throttled):
		return "throttled " + throttled.RetryAfter.String()
	}
	return "could not ask"
}

func TestWebhookAnswers(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		want   string
	}{
		{200, `{"decision":"allow"}`, "allow"},
		{200, ` {"decision":"allow","new":{"x":[1]}} `, "allow"},
		{200, `{"decision":"deny"}`, "deny"},
		{200, `{"decision":"need_account"}`, "need account"},
		{200, ``, "deny"},
		{200, " \n", "deny"},
		{200, `{}`, "deny"},
		{200, `{"decision":null}`, "deny"},
		{200, `{"Decision":"allow"}`, "deny"},
		{200, `{"decision":"maybe"}`, "could not ask"},
		{200, `{"decision":"deny","decision":"allow"}`, "could not ask"},
		{200, `{"decision":"allow"} {}`, "could not ask"},
		{200, `{"decision":true}`, "could not ask"},
		{200, `<html>`, "could not ask"},
		{200, `null`, "deny"},
		{200, `{"decision":"allow","x":"` + strings.Repeat("x", maxAnswer) + `"}`, "could not ask"},
		{201, `{"decision":"allow"}`, "could not ask"},
		{204, ``, "could not ask"},
		{302, `{"decision":"allow"}`, "could not ask"},
		{400, `{"decision":"allow"}`, "could not ask"},
		{401, `{"decision":"allow"}`, "deny"},
		{403, ``, "deny"},
		{404, ``, "deny"},
		{422, ``, "deny"},
		{429, ``, "throttled 7s"},
		{500, `{"decision":"allow"}`, "could not ask"},
		{503, `{"decision":"deny"}`, "could not ask"},
	} {
		s := newService(t, func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "7")
			w.Header().Set("Location", "/elsewhere")
			says(c.status, c.body)(w)
		})
		p, err := newHook(t, WebhookOptions{URL: s.URL}).Authenticate(t.Context(), alice())
		if got := outcome(err); got != c.want {
			t.Errorf("%d %.60s: %s (%v), want %s", c.status, c.body, got, err, c.want)
		}
		if (p == nil) == (err == nil) {
			t.Errorf("%d %.60s: principal %v with error %v", c.status, c.body, p, err)
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%d %.60s: %d calls, want 1", c.status, c.body, n)
		}
	}
}

func TestWebhookRefusesWhatIsNotUTF8(t *testing.T) {
	s := newService(t, says(200, `{"decision":"allow"}`))
	c := alice()
	c.Password = "gr\xfcn"
	_, err := newHook(t, WebhookOptions{URL: s.URL}).Authenticate(t.Context(), c)
	if got := outcome(err); got != "deny" || s.calls.Load() != 0 {
		t.Errorf("%s after %d calls, want deny after none", got, s.calls.Load())
	}
}

func TestWebhookNeedAccountIsAnsweredOnce(t *testing.T) {
	s := newService(t, says(200, `{"decision":"need_account"}`))
	c := alice()
	c.Account = "123456"
	_, err := newHook(t, WebhookOptions{URL: s.URL}).Authenticate(t.Context(), c)
	if got := outcome(err); got != "deny" {
		t.Errorf("need_account after ACCT: %s, want deny", got)
	}
}

func TestWebhookGivesUpInTime(t *testing.T) {
	hang := make(chan struct{})
	s := newService(t, func(w http.ResponseWriter) {
		says(200, `{"decision":`)(w)
		w.(http.Flusher).Flush()
		<-hang
	})
	t.Cleanup(func() { close(hang) })
	_, err := newHook(t, WebhookOptions{URL: s.URL, Timeout: 50 * time.Millisecond}).Authenticate(t.Context(), alice())
	if outcome(err) != "could not ask" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("answer that never ends: %v, want a deadline", err)
	}
}

func TestWebhookRetriesAFailedConnectOnce(t *testing.T) {
	s := newService(t, says(200, `{"decision":"allow"}`))
	hook := newHook(t, WebhookOptions{URL: s.URL})
	var dials atomic.Int32
	fail := int32(1)
	hook.http.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials.Add(1) <= fail {
			return nil, &net.OpError{Op: "dial", Err: errors.New("refused")}
		}
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	if _, err := hook.Authenticate(t.Context(), alice()); err != nil {
		t.Errorf("second connect works: %v", err)
	}
	hook.Close()
	dials.Store(0)
	fail = 2
	if _, err := hook.Authenticate(t.Context(), alice()); outcome(err) != "could not ask" || dials.Load() != 2 {
		t.Errorf("%v after %d connects, want no answer after 2", err, dials.Load())
	}
}

func TestWebhookDoesNotRetryABrokenCall(t *testing.T) {
	s := newService(t, func(w http.ResponseWriter) {
		conn, _, _ := w.(http.Hijacker).Hijack()
		_ = conn.Close()
	})
	_, err := newHook(t, WebhookOptions{URL: s.URL}).Authenticate(t.Context(), alice())
	if got := outcome(err); got != "could not ask" || s.calls.Load() != 1 {
		t.Errorf("%s after %d calls, want no answer after 1", got, s.calls.Load())
	}
}

func TestWebhookOverUnixSocket(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		says(200, `{"decision":"allow","user":{"name":"`+r.URL.Path+`"}}`)(w)
	}))
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	for url, path := range map[string]string{"unix://" + socket: "/", "unix://" + socket + ":/v1/login": "/v1/login"} {
		p, err := newHook(t, WebhookOptions{URL: url}).Authenticate(t.Context(), alice())
		if err != nil || p.Name != path {
			t.Errorf("%s: %+v, %v; want %s to be asked", url, p, err, path)
		}
	}
}

func TestWebhookOverTLS(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		says(200, `{"decision":"allow"}`)(w)
	}))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	if _, err := newHook(t, WebhookOptions{URL: s.URL}).Authenticate(t.Context(), alice()); outcome(err) != "could not ask" {
		t.Errorf("unknown certificate: %v, want no answer", err)
	}
	trust := &tls.Config{RootCAs: s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	if _, err := newHook(t, WebhookOptions{URL: s.URL, TLS: trust}).Authenticate(t.Context(), alice()); err != nil {
		t.Errorf("trusted certificate: %v", err)
	}
}

func TestNewWebhookChecksItsOptions(t *testing.T) {
	ok := []string{testSecret}
	for _, c := range []struct {
		opt  WebhookOptions
		want string // in the error; empty for none
	}{
		{WebhookOptions{URL: "https://login.example/ftp", Secrets: ok}, ""},
		{WebhookOptions{URL: "http://127.0.0.1:80/", Secrets: ok}, ""},
		{WebhookOptions{URL: "http://[::1]/", Secrets: ok}, ""},
		{WebhookOptions{URL: "http://localhost:8080", Secrets: ok}, ""},
		{WebhookOptions{URL: "http://login.example/", Secrets: ok, InsecureHTTP: true}, ""},
		{WebhookOptions{URL: "http://login.example/", Secrets: ok}, "URL"},
		{WebhookOptions{URL: "http://localhost.evil.example/", Secrets: ok}, "URL"},
		{WebhookOptions{URL: "ftp://localhost/", Secrets: ok}, "URL"},
		{WebhookOptions{URL: "https://u:p@login.example/", Secrets: ok}, "URL"},
		{WebhookOptions{URL: "unix://relative", Secrets: ok}, "URL"},
		{WebhookOptions{Secrets: ok}, "URL"},
		{WebhookOptions{URL: "https://login.example/"}, "Secrets"},
		{WebhookOptions{URL: "https://login.example/", Secrets: []string{"short"}}, "Secrets"},
		{WebhookOptions{URL: "https://login.example/", Secrets: []string{"whsec_%%%"}}, "Secrets"},
		{WebhookOptions{URL: "https://login.example/", Secrets: ok, Timeout: -1}, "Timeout"},
	} {
		_, err := NewWebhook(c.opt)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.opt.URL, err, c.want)
		}
	}
}

// Whatever goes wrong, no error repeats a secret.
func TestErrorsHoldNoPassword(t *testing.T) {
	c := alice()
	c.Account = "otp-424242"
	secret := c.Password
	answers := []string{
		`{"decision":"deny","reason":"` + secret + ` is wrong"}`,
		`{"decision":"deny","reason":"not otp-424242"}`,
		`{"decision":"` + secret + `"}`,
		`{"decision":"allow","home":"` + secret + `"}`,
		`{"decision":"allow","limits":{"sessions":"` + secret + `"}}`,
		`{"decision":"allow","limits":{"` + secret + `":1,"` + secret + `":1}}`,
		`{"decision":"allow","permissions":[{"path":"` + secret + `"}]}`,
		`{"decision":"allow","permissions":[{"path":"/","allow":["` + secret + `"]}]}`,
		`{"decision":"allow","token":{"value":"` + secret + ` "}}`,
		`{"decision":"allow","user":{"id":["` + secret + `"]}}`,
		`{"decision":"allow","cache_seconds":"` + secret + `"}`,
		secret,
	}
	s := newService(t, nil)
	hook := newHook(t, WebhookOptions{URL: s.URL + "/?key=url-secret"})
	check := func(name string, err error) {
		t.Helper()
		for _, word := range []string{secret, c.Account, "url-secret"} {
			if err == nil || strings.Contains(err.Error(), word) {
				t.Errorf("%s: error %v, want one without %q", name, err, word)
			}
		}
	}
	for _, body := range answers {
		for _, status := range []int{200, 401, 500} {
			s.answer = says(status, body)
			_, err := hook.Authenticate(t.Context(), c)
			check(body, err)
		}
	}
	s.Close()
	_, err := hook.Authenticate(t.Context(), c)
	check("no connection", err)
	c.Password += "\xff"
	_, err = hook.Authenticate(t.Context(), c)
	check("not UTF-8", err)
}
