//go:build e2e

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// storage is a server written by others behind one of the presets.
type storage struct {
	name  string
	start func(*testing.T) *upstream
	// backend is the section of the configuration; {url} and the names of the
	// upstream's vars and keys are filled in.
	backend string
	// readOnly: there is something in it, and nothing can be written.
	readOnly bool
}

func storages() []storage {
	return []storage{
		{name: "nginx", start: startNginx, backend: `
preset: nginx
server: {url: "{url}"}
credentials: {nginx: none}`},
		{name: "gcs", start: startGCS, backend: `
preset: gcs
server: {url: "{url}", variables: {bucket: "{bucket}"}}
credentials: {gcs: none}`},
		{name: "versitygw", start: startVersitygw, backend: s3Backend},
		{name: "rclone-s3", start: startRcloneS3, backend: s3Backend},
		{name: "webdav", start: startWebDAV, backend: `
preset: webdav
server: {url: "{url}"}
credentials: {webdav: {basic: {user: "{user}", password: "{password}"}}}`},
		{name: "azurite", start: startAzurite, backend: `
preset: azblob
server: {url: "{url}/{account}/{container}", variables: {account: "{account}", container: "{container}"}}
credentials: {azblob: {azure_shared_key: {account: "{account}", key: "{key}"}}}`},
		{name: "registry", start: startRegistry, readOnly: true, backend: `
preset: registry
server: {url: "{url}"}
credentials: {registry: none}`},
	}
}

// s3Backend is the same for all servers of the protocol; the bucket stands in the
// path, since one machine has no names for buckets.
const s3Backend = `
preset: s3
server: {url: "{url}/{bucket}", variables: {bucket: "{bucket}", region: "{region}"}}
credentials: {s3: {sigv4: {region: "{region}", access_key: "{access}", secret_key: "{secret}"}}}`

// settings fills an upstream into a backend section.
func (u *upstream) settings(backend string) string {
	pairs := []string{"{url}", u.url}
	for _, values := range []map[string]string{u.vars, u.keys} {
		for name, value := range values {
			pairs = append(pairs, "{"+name+"}", value)
		}
	}
	return strings.NewReplacer(pairs...).Replace(backend)
}

// TestPresets checks each preset against the real server: by bridge verify, and by a
// mirror in both directions.
func TestPresets(t *testing.T) {
	for _, s := range storages() {
		t.Run(s.name, func(t *testing.T) {
			u := s.start(t)
			b, file := serve(t, u.settings(s.backend))
			verify(t, file)
			if s.readOnly {
				mirrorDown(t, b)
				return
			}
			mirrorBothWays(t, b)
		})
	}
}

// verify runs bridge verify, which must find nothing wrong.
func verify(t *testing.T, file string) {
	t.Helper()
	out, err := bridgeCommand("verify", "--config", file).CombinedOutput()
	if err != nil {
		t.Errorf("bridge verify: %v\n%s", err, out)
	}
	t.Logf("bridge verify:\n%s", out)
}

func mirrorBothWays(t *testing.T, b *bridge) {
	t.Helper()
	c := need(t, "lftp")
	lftp := func(commands string) {
		t.Helper()
		c.run(t, "", "-c", lftpSettings(link{plain, ipv4, passive})+fmt.Sprintf("open -u %s,%s %s; ", user, password, b.url("/"))+commands)
	}
	tree, out := makeTree(t, 60), t.TempDir()
	lftp(fmt.Sprintf("mirror -R --parallel=4 %q /tree", tree))
	lftp(fmt.Sprintf("mirror --parallel=4 /tree %q", out))
	wantSameTree(t, tree, out)
	lftp("rm -r /tree")
}

// mirrorDown reads what is there, twice: both must be the same, and not nothing.
func mirrorDown(t *testing.T, b *bridge) {
	t.Helper()
	c := need(t, "lftp")
	dirs := []string{filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")}
	for _, dir := range dirs {
		c.run(t, "", "-c", lftpSettings(link{plain, ipv4, passive})+
			fmt.Sprintf("open -u %s,%s %s; mirror / %q", user, password, b.url("/"), dir))
	}
	if len(readTree(t, dirs[0])) == 0 {
		t.Error("nothing was read")
	}
	wantSameTree(t, dirs[0], dirs[1])
}
