package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// text is a handler that answers with itself.
type text string

func (s text) ServeHTTP(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, string(s)) }

func ask(s *Server, method, path string) *http.Response {
	w := httptest.NewRecorder()
	s.http.Handler.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPaths(t *testing.T) {
	s := New(Options{Metrics: text("metrics"), JWKS: text("keys"), OpenIDConfiguration: text("issuer")})
	for path, want := range map[string]string{
		"/healthz":                          "ok\n",
		"/readyz":                           "ok\n",
		"/metrics":                          "metrics",
		"/.well-known/jwks.json":            "keys",
		"/.well-known/openid-configuration": "issuer",
	} {
		r := ask(s, http.MethodGet, path)
		if got := body(t, r); r.StatusCode != http.StatusOK || got != want {
			t.Errorf("GET %s: got %d %q, want 200 %q", path, r.StatusCode, got, want)
		}
		if r := ask(s, http.MethodHead, path); r.StatusCode != http.StatusOK {
			t.Errorf("HEAD %s: got %d, want 200", path, r.StatusCode)
		}
	}
}

// wantProblem checks that r is a problem document of the status.
func wantProblem(t *testing.T, r *http.Response, status int, title, detail string) {
	t.Helper()
	var got struct {
		Title  string
		Status int
		Detail string
	}
	if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
		t.Errorf("body: %v", err)
	}
	if r.StatusCode != status || got.Status != status || got.Title != title || got.Detail != detail {
		t.Errorf("got %d with %+v, want %d, %q, %q", r.StatusCode, got, status, title, detail)
	}
	if got := r.Header.Get("Content-Type"); got != problemType {
		t.Errorf("Content-Type: got %q, want %q", got, problemType)
	}
}

func TestPathsLeftOut(t *testing.T) {
	s := New(Options{})
	for _, path := range []string{"/", "/metrics", "/.well-known/jwks.json", "/.well-known/openid-configuration", "/healthz/x"} {
		wantProblem(t, ask(s, http.MethodGet, path), http.StatusNotFound, "Not Found", "")
	}
}

func TestOtherMethods(t *testing.T) {
	r := ask(New(Options{}), http.MethodPost, "/healthz")
	wantProblem(t, r, http.StatusMethodNotAllowed, "Method Not Allowed", "")
	if got := r.Header.Get("Allow"); !strings.Contains(got, "GET") {
		t.Errorf("Allow: got %q", got)
	}
}

func TestNotReady(t *testing.T) {
	var reason error
	s := New(Options{Ready: func(ctx context.Context) error {
		if _, ok := ctx.Deadline(); !ok {
			t.Error("Ready has no deadline")
		}
		return reason
	}})
	if r := ask(s, http.MethodGet, "/readyz"); r.StatusCode != http.StatusOK {
		t.Errorf("ready: got %d, want 200", r.StatusCode)
	}
	reason = errors.New("sessions are being closed")
	r := ask(s, http.MethodGet, "/readyz")
	if got := r.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: got %q, want no-store", got)
	}
	wantProblem(t, r, http.StatusServiceUnavailable, "Service Unavailable", "sessions are being closed")
	if r := ask(s, http.MethodGet, "/healthz"); r.StatusCode != http.StatusOK {
		t.Errorf("alive but not ready: got %d from /healthz, want 200", r.StatusCode)
	}
}

func TestServeUntilShutdown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	s := New(Options{Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-leave
		_, _ = io.WriteString(w, "whole")
	})})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	answer := make(chan string, 1)
	go func() {
		r, err := client.Get("http://" + l.Addr().String() + "/metrics")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		data, _ := io.ReadAll(r.Body)
		answer <- string(data)
	}()
	<-entered
	down := make(chan error, 1)
	go func() { down <- s.Shutdown(t.Context()) }()
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	close(leave)
	if got := <-answer; got != "whole" {
		t.Errorf("an answer in progress: got %q, want %q", got, "whole")
	}
	if err := <-down; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func TestShutdownBreaksOff(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	entered := make(chan struct{})
	s := New(Options{Ready: func(ctx context.Context) error {
		close(entered)
		<-ctx.Done()
		return ctx.Err()
	}})
	served := make(chan error, 1)
	go func() { served <- s.Serve(l) }()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	asked := make(chan error, 1)
	go func() {
		r, err := client.Get("http://" + l.Addr().String() + "/readyz")
		if err == nil {
			r.Body.Close()
		}
		asked <- err
	}()
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: got %v, want %v", err, context.Canceled)
	}
	if err := <-asked; err == nil {
		t.Error("the request was answered, want it broken off")
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestServeAfterShutdown(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{})
	if err := s.Shutdown(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(l); err != nil {
		t.Errorf("Serve: %v", err)
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: got %v, want a closed listener", err)
	}
}
