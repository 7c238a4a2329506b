//go:build e2e

package e2e

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
)

// registryConfig keeps its blobs in a folder.
const registryConfig = `
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: %s}
  delete: {enabled: true}
http:
  addr: %s:%s
`

// startRegistry runs a container registry with a few repositories, the first of
// which has several tags.
func startRegistry(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	url := server{
		name: "registry", program: "registry", ready: "/v2/",
		args: func(t *testing.T, host, port string) []string {
			config := filepath.Join(dir, "config.yml")
			writeFile(t, config, fmt.Appendf(nil, registryConfig, filepath.Join(dir, "blobs"), host, port))
			return []string{"serve", config}
		},
		env: []string{"OTEL_TRACES_EXPORTER=none"},
	}.start(t)
	u := &upstream{name: "registry", url: url}
	for _, repository := range []string{"apps/web", "apps/worker", "base", "tools/a/b"} {
		tags := []string{"latest"}
		if repository == "apps/web" {
			tags = []string{"1.0", "1.1", "2.0", "latest", "2.0_rc-1"}
		}
		u.push(t, repository, tags)
	}
	return u
}

// push puts an image of one layer under several tags.
func (u *upstream) push(t *testing.T, repository string, tags []string) {
	t.Helper()
	layer := string(content(5000))
	config := `{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["` + digest(layer) + `"]}}`
	for _, blob := range []string{layer, config} {
		begun := u.want(t, ask{method: http.MethodPost, path: "/v2/" + repository + "/blobs/uploads/"}, http.StatusAccepted)
		where := begun.header.Get("Location")[len(u.url):]
		u.want(t, ask{method: http.MethodPut, path: where + "&digest=" + digest(blob), body: blob}, http.StatusCreated)
	}
	manifest := fmt.Sprintf(`{"schemaVersion":2,"mediaType":%q,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":%q,"size":%d},`+
		`"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":%q,"size":%d}]}`,
		ociManifest, digest(config), len(config), digest(layer), len(layer))
	for _, tag := range tags {
		u.want(t, ask{
			method: http.MethodPut, path: "/v2/" + repository + "/manifests/" + tag,
			header: map[string]string{"Content-Type": ociManifest}, body: manifest,
		}, http.StatusCreated)
	}
}

// ociManifest is the media type of an image's manifest.
const ociManifest = "application/vnd.oci.image.manifest.v1+json"

func digest(content string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content))) }

func TestUpstreamRegistryAnswers(t *testing.T) {
	u := startRegistry(t)
	t.Run("catalog", func(t *testing.T) { registryCatalog(t, u) })
	t.Run("content", func(t *testing.T) { registryContent(t, u) })
	t.Run("delete", func(t *testing.T) { registryDelete(t, u) })
}

// registryCatalog wants pages: Link names the next by a relative reference.
func registryCatalog(t *testing.T, u *upstream) {
	u.steps(t,
		step{do("GET", "/v2/"), 200, "{}"},
		step{do("GET", "/v2/_catalog"), 200, `{"repositories":["apps/web","apps/worker","base","tools/a/b"]}`},
		step{do("GET", "/v2/_catalog?n=2"), 200, `Link: </v2/_catalog?last=apps%2Fworker&n=2>; rel="next"`},
		step{do("GET", "/v2/_catalog?n=2&last=apps%2Fworker"), 200, `{"repositories":["base","tools/a/b"]}`},
		step{do("GET", "/v2/_catalog?n=5000"), 400, "PAGINATION_NUMBER_INVALID"},
		step{do("GET", "/v2/apps/web/tags/list"), 200, `{"name":"apps/web","tags":["1.0","1.1","2.0","2.0_rc-1","latest"]}`},
		step{do("GET", "/v2/apps/web/tags/list?n=2"), 200, `Link: </v2/apps/web/tags/list?last=1.1&n=2>; rel="next"`},
		step{do("GET", "/v2/apps/web/tags/list?n=5"), 200, `Link: </v2/apps/web/tags/list?last=latest&n=5>; rel="next"`},
		step{do("GET", "/v2/apps/web/tags/list?n=5&last=latest"), 200, `{"name":"apps/web","tags":[]}`},
		step{do("GET", "/v2/apps/tags/list"), 404, "NAME_UNKNOWN"}, // only the beginning of names
	)
	last := u.want(t, do("GET", "/v2/_catalog?n=2&last=apps%2Fworker"), 200)
	if link := last.header.Get("Link"); link != "" {
		t.Errorf("the last page has the link %s", link)
	}
}

func registryContent(t *testing.T, u *upstream) {
	latest, layer := "/v2/apps/web/manifests/latest", "/v2/apps/web/blobs/"+digest(string(content(5000)))
	got := u.want(t, do("GET", latest, "Accept", ociManifest), 200)
	sum := digest(got.body)
	u.steps(t,
		step{do("GET", latest, "Accept", ociManifest), 200, "Docker-Content-Digest: " + sum},
		step{do("HEAD", latest, "Accept", ociManifest), 200, fmt.Sprintf("Content-Length: %d\r\n", len(got.body))},
		step{do("GET", "/v2/apps/web/manifests/"+sum, "Accept", ociManifest), 200, got.body},
		step{do("GET", latest, "If-None-Match", `"`+sum+`"`), 304, ""},
		step{do("GET", latest), 404, "MANIFEST_UNKNOWN"}, // no Accept
		step{do("GET", "/v2/apps/web/manifests/none", "Accept", ociManifest), 404, "MANIFEST_UNKNOWN"},
		step{do("HEAD", layer), 200, "Content-Length: 5000\r\n"},
		step{do("GET", layer, "Range", "bytes=4990-"), 206, "Content-Range: bytes 4990-4999/5000\r\n"},
		step{do("GET", layer, "Range", "bytes=5000-"), 416, ""},
		step{do("GET", "/v2/apps/web/blobs/"+digest("none")), 404, "BLOB_UNKNOWN"},
		step{do("GET", "/v2/apps/web/blobs/sha256:none"), 400, "DIGEST_INVALID"},
	)
	if modified := got.header.Get("Last-Modified"); modified != "" {
		t.Errorf("a manifest has a time: %s", modified)
	}
}

// registryDelete deletes a tag, and then what all tags point to.
func registryDelete(t *testing.T, u *upstream) {
	got := u.want(t, do("GET", "/v2/apps/web/manifests/1.0", "Accept", ociManifest), 200)
	u.steps(t,
		step{do("DELETE", "/v2/apps/web/manifests/2.0"), 202, ""},
		step{do("DELETE", "/v2/apps/web/manifests/2.0"), 404, "MANIFEST_UNKNOWN"},
		step{do("GET", "/v2/apps/web/tags/list"), 200, `"tags":["1.0","1.1","2.0_rc-1","latest"]`},
		step{do("DELETE", "/v2/apps/web/manifests/"+digest(got.body)), 202, ""},
		step{do("GET", "/v2/apps/web/tags/list"), 200, `"tags":[]`},
	)
}
