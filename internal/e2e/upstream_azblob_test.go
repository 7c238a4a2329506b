//go:build e2e

package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	azureAccount = "devstoreaccount1"
	// azureKey is the well-known key of Azure's emulators, no secret.
	azureKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
	// azureVersion is the version of the REST API that is asked for.
	azureVersion = "2025-05-05"
)

// startAzurite runs Azure's own emulator of the Blob service, with an empty
// container.
func startAzurite(t *testing.T) *upstream {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil { // as with Java, none is asked for
		t.Skipf("missing: %v", err)
	}
	dir := t.TempDir()
	url := server{
		name: "azurite-blob", program: "azurite-blob", ready: "/",
		args: func(_ *testing.T, host, port string) []string {
			return []string{"--blobHost", host, "--blobPort", port, "--location", dir, "--disableTelemetry"}
		},
	}.start(t)
	u := &upstream{
		name: "azblob", url: url, sign: signAzure,
		vars: map[string]string{"account": azureAccount, "container": "bridge"},
		keys: map[string]string{"account": azureAccount, "key": azureKey},
	}
	u.want(t, ask{method: http.MethodPut, path: "/" + azureAccount + "/bridge?restype=container"}, http.StatusCreated)
	return u
}

// signAzure signs a request with Shared Key (Authorize with Shared Key, Microsoft
// Learn). The resource has the account twice, as the emulator has it in the path.
func signAzure(t *testing.T, r *http.Request) {
	t.Helper()
	h := r.Header
	h.Set("X-Ms-Date", time.Now().UTC().Format(http.TimeFormat))
	if h.Get("X-Ms-Version") == "" {
		h.Set("X-Ms-Version", azureVersion)
	}
	var length string
	if r.ContentLength > 0 {
		length = fmt.Sprint(r.ContentLength)
	}
	lines := []string{
		r.Method, h.Get("Content-Encoding"), h.Get("Content-Language"), length, h.Get("Content-Md5"), h.Get("Content-Type"), "",
		h.Get("If-Modified-Since"), h.Get("If-Match"), h.Get("If-None-Match"), h.Get("If-Unmodified-Since"), h.Get("Range"),
	}
	for _, name := range slices.Sorted(maps.Keys(h)) {
		if strings.HasPrefix(name, "X-Ms-") {
			lines = append(lines, strings.ToLower(name)+":"+h.Get(name))
		}
	}
	lines = append(lines, "/"+azureAccount+r.URL.EscapedPath())
	query := r.URL.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		lines = append(lines, strings.ToLower(name)+":"+strings.Join(slices.Sorted(slices.Values(query[name])), ","))
	}
	key, err := base64.StdEncoding.DecodeString(azureKey)
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(strings.Join(lines, "\n")))
	h.Set("Authorization", "SharedKey "+azureAccount+":"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
