package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/files"
)

// TestVerify runs bridge verify as testdata/verify says, against a files service: on
// $FILES at $SERVER, which takes tokens signed with token.key; $SPOILT is the same
// service behind one that deletes folders with all that is in them.
func TestVerify(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/verify", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			keyFile := filepath.Join(e.WorkDir, "token.key")
			key, err := newKeyFile(keyFile)
			if err != nil {
				return err
			}
			dir := filepath.Join(e.WorkDir, "files")
			service, closeService, err := tokenFiles(dir, key)
			if err != nil {
				return err
			}
			sound, spoilt := httptest.NewServer(service), httptest.NewServer(deletesAll(service, dir))
			e.Defer(func() {
				sound.Close()
				spoilt.Close()
				closeService()
			})
			e.Setenv("SERVER", sound.URL)
			e.Setenv("ADDRESS", sound.Listener.Addr().String())
			e.Setenv("SPOILT", spoilt.URL)
			return nil
		},
	})
}

// newKeyFile makes a key of the bridge's tokens.
func newKeyFile(name string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return text, os.WriteFile(name, text, 0o600)
}

// tokenFiles is the files service on dir, for tokens that are signed with a key.
func tokenFiles(dir string, key []byte) (h http.Handler, closeAll func(), err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, nil, err
	}
	signer, err := token.NewSigner(token.Options{Issuer: "http://bridge.test", Instance: "test", Key: key})
	if err != nil {
		return nil, nil, err
	}
	published := httptest.NewServer(signer.Keys())
	keys, err := bearer.NewJWKS(published.URL, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		return nil, nil, err
	}
	tokens, err := bearer.New(bearer.Options{Keys: keys, Issuer: "http://bridge.test", Audience: "files"})
	if err != nil {
		return nil, nil, err
	}
	service, err := files.New(files.Options{Dir: dir, Tokens: tokens})
	if err != nil {
		return nil, nil, err
	}
	return service, func() {
		service.Close()
		published.Close()
	}, nil
}

// deletesAll is a service that removes folders with all that is in them.
func deletesAll(service http.Handler, dir string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, ok := strings.CutPrefix(r.URL.Path, "/v1/directories/")
		at := filepath.Join(dir, filepath.FromSlash(name))
		if fi, err := os.Stat(at); ok && r.Method == http.MethodDelete && err == nil && fi.IsDir() {
			if err := os.RemoveAll(at); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		service.ServeHTTP(w, r)
	})
}
