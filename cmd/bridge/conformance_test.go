package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/storagetest"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/files"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// The whole way from the storage interface to files on disk keeps the contract:
// preset, executor, transport, token, service.
func TestFilesPresetConforms(t *testing.T) {
	signer, err := token.NewSigner(token.Options{Issuer: "http://bridge.test", Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	admin := httptest.NewServer(signer.Keys())
	defer admin.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	keys, err := bearer.NewJWKS(admin.URL, client)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := bearer.New(bearer.Options{Keys: keys, Issuer: "http://bridge.test", Audience: "files"})
	if err != nil {
		t.Fatal(err)
	}
	m, err := mapping.Preset("files")
	if err != nil {
		t.Fatal(err)
	}
	storagetest.Run(t, func(t *testing.T) storage.Backend {
		service, err := files.New(files.Options{Dir: memoryDir(t), Tokens: tokens})
		if err != nil {
			t.Fatal(err)
		}
		srv := httptest.NewServer(service)
		u, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: srv.URL})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			u.Close()
			srv.Close()
			service.Close()
		})
		return u.Backend(httpbackend.Caller{Session: "s_test", Credentials: map[string]httpbackend.Credential{
			"bearer": signer.Source(token.Claims{Subject: "ann", Audience: "files", Session: "s_test"}),
		}})
	})
}

// memoryDir is a directory in memory where there is one: the service syncs every
// upload, which on a disk is all that the test would wait for.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "bridge-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
