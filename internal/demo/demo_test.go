package demo

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func TestSamplesStayAsTheyAre(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dir")
	if err := WriteSamples(dir); err != nil {
		t.Fatal(err)
	}
	readme := filepath.Join(dir, "README.txt")
	if err := os.WriteFile(readme, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "reports", "2026-03.csv")); err != nil {
		t.Fatal(err)
	}
	if err := WriteSamples(dir); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(readme); err != nil || string(got) != "mine" {
		t.Errorf("README.txt: %q, %v", got, err)
	}
	for _, s := range samples() {
		if fi, err := os.Stat(filepath.Join(dir, s.name)); err != nil || fi.Size() == 0 {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

func TestTheCertificateIsGoodForItsHosts(t *testing.T) {
	c, err := SelfSignedCertificate("localhost", "127.0.0.1", "::1")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c.Leaf)
	for _, host := range []string{"localhost", "127.0.0.1", "::1"} {
		if _, err := c.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots}); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := c.Leaf.VerifyHostname("example.com"); err == nil {
		t.Error("it is good for a stranger too")
	}
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	done := make(chan error, 1)
	go func() { done <- tls.Server(far, &tls.Config{Certificates: []tls.Certificate{c}}).Handshake() }()
	if err := tls.Client(near, &tls.Config{RootCAs: roots, ServerName: "localhost"}).Handshake(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := SelfSignedCertificate(); err == nil {
		t.Error("a certificate for no host")
	}
}

func TestServeLetsRequestsEnd(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stop() // the end is asked for while this request is under way
		if _, err := io.Copy(w, r.Body); err != nil {
			t.Error(err)
		}
	})
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, l, h, slog.New(slog.DiscardHandler)) }()

	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	body, feed := io.Pipe()
	go func() {
		<-ctx.Done()
		if _, err := feed.Write([]byte("late")); err != nil {
			t.Error(err)
		}
		if err := feed.Close(); err != nil {
			t.Error(err)
		}
	}()
	resp, err := client.Post("http://"+l.Addr().String(), "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "late" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Serve(t.Context(), l, http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no error")
	}
}
