//go:build e2e

package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// startGCS runs a fake of Google Cloud Storage's JSON API in memory, with an
// empty bucket. It checks no credentials.
func startGCS(t *testing.T) *upstream {
	t.Helper()
	url := server{
		name:    "fake-gcs-server",
		program: "fake-gcs-server",
		ready:   "/_internal/healthcheck",
		args: func(_ *testing.T, host, port string) []string {
			here := host + ":" + port
			return []string{"-scheme", "http", "-host", host, "-port", port, "-backend", "memory",
				"-public-host", here, "-external-url", "http://" + here}
		},
	}.start(t)
	u := &upstream{name: "gcs", url: url, vars: map[string]string{"bucket": "bridge", "project": "bridge-test"}}
	u.want(t, ask{
		method: http.MethodPost, path: "/storage/v1/b?project=bridge-test",
		header: map[string]string{"Content-Type": "application/json"}, body: `{"name": "bridge"}`,
	}, http.StatusOK)
	return u
}

const (
	gcsObjects = "/storage/v1/b/bridge/o"
	gcsUpload  = "/upload/storage/v1/b/bridge/o?uploadType=media&name="
)

// gcsPut uploads an object in one request.
func gcsPut(name, body string) ask {
	a := do("POST", gcsUpload+escapeName(name))
	a.body = body
	return a
}

// gcsObject is the path of an object, the slashes in its name encoded.
func gcsObject(name string) string { return gcsObjects + "/" + escapeName(name) }

func escapeName(name string) string { return strings.ReplaceAll(escape(name), "/", "%2F") }

// gcsPage is a page of a listing.
type gcsPage struct {
	Items         []struct{ Name, Size string }
	Prefixes      []string
	NextPageToken string
}

func (u *upstream) gcsList(t *testing.T, query string) (p gcsPage) {
	t.Helper()
	if err := json.Unmarshal([]byte(u.want(t, do("GET", gcsObjects+"?"+query), 200).body), &p); err != nil {
		t.Error(err)
	}
	return p
}

func TestUpstreamGCSAnswers(t *testing.T) {
	u := startGCS(t)
	decoded := func(path string) string {
		name, err := url.PathUnescape(strings.TrimPrefix(path, "/"))
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	files := store{
		put: func(path, body string) ask { return gcsPut(decoded(path), body) },
		get: func(path string) ask { return do("GET", gcsObject(decoded(path))+"?alt=media") },
		list: func(t *testing.T, dir string) []string {
			var names []string
			for _, item := range u.gcsList(t, "delimiter=/&prefix="+escapeName(decoded(dir))).Items {
				names = append(names, strings.TrimPrefix(item.Name, decoded(dir)))
			}
			return names
		},
	}
	t.Run("objects", func(t *testing.T) { gcsObjectsAnswer(t, u) })
	t.Run("changes", func(t *testing.T) { gcsChanges(t, u) })
	t.Run("names", func(t *testing.T) { u.wantNames(t, files, "/names/") })
	t.Run("listing", func(t *testing.T) { gcsListing(t, u) })
	t.Run("cut", func(t *testing.T) {
		u.wantCut(t, files, "/cut/", nothing, whole)
		u.wantCut(t, files, "/cut/", nothing, chunked)
	})
}

func gcsObjectsAnswer(t *testing.T, u *upstream) {
	a := gcsObject("d/a.txt")
	u.steps(t,
		step{gcsPut("d/a.txt", "hello"), 200, `"name":"d/a.txt"`},
		step{chunked(gcsPut("d/a.txt", "hello world!!")), 200, `"size":"13"`}, // a string
		step{gcsPut("empty", ""), 200, `"size":"0"`},
		step{do("GET", a), 200, `"updated":"20`},
		step{do("GET", gcsObject("d")), 404, `"reason":"notFound"`}, // a prefix is no object
		step{do("GET", gcsObject("none")), 404, `"code":404`},
		step{do("HEAD", a+"?alt=media"), 200, "Content-Length: 13\r\n"},
		step{do("GET", a+"?alt=media"), 200, "X-Goog-Generation: "},
		step{do("GET", a+"?alt=media", "Range", "bytes=3-"), 206, "Content-Range: bytes 3-12/13\r\n"},
		step{do("GET", a+"?alt=media", "Range", "bytes=13-"), 416, "Content-Range: bytes */13\r\n"},
		step{do("GET", gcsObject("none")+"?alt=media"), 404, ""},
		step{do("GET", "/storage/v1/b/none/o"), 404, ""},
		step{do("DELETE", gcsObject("d")), 404, ""},
		step{do("DELETE", gcsObject("empty")), 200, ""}, // Google's own says 204
		step{do("DELETE", gcsObject("empty")), 404, ""},
	)
}

func gcsChanges(t *testing.T, u *upstream) {
	first := gcsPut("c/new", "1")
	first.path += "&ifGenerationMatch=0"
	u.steps(t,
		step{first, 200, ""},
		step{first, 412, `"reason":"conditionNotMet"`},
		step{do("POST", gcsObject("c/new")+"/rewriteTo/b/bridge/o/c%2Fmoved%20to"), 200, `"done":true`},
		step{do("GET", gcsObject("c/moved to")+"?alt=media"), 200, "1"},
		step{do("POST", gcsObject("none")+"/rewriteTo/b/bridge/o/x"), 404, ""},
		step{do("POST", gcsObject("c/new")+"/moveTo/o/x"), 400, ""}, // is not there
		step{gcsPut("c/two", "2"), 200, ""},
	)
	compose := do("POST", gcsObject("c/both")+"/compose", "Content-Type", "application/json")
	compose.body = `{"sourceObjects": [{"name": "c/new"}, {"name": "c/two"}]}`
	patch := do("PATCH", gcsObject("c/both"), "Content-Type", "application/json")
	patch.body = `{"customTime": "2020-01-02T03:04:05Z"}`
	u.steps(t,
		step{compose, 200, `"size":"2"`},
		step{do("GET", gcsObject("c/both")+"?alt=media"), 200, "12"},
		step{patch, 200, `"customTime":"2020-01-02T03:04:05Z"`},
	)
}

func gcsListing(t *testing.T, u *upstream) {
	for _, name := range []string{"l/", "l/1", "l/2", "l/3", "l/sub/x", "l/sub2/x"} {
		u.want(t, gcsPut(name, "x"), 200)
	}
	if got := u.gcsList(t, "delimiter=/&prefix=l/"); len(got.Items) != 4 || got.Items[0].Name != "l/" ||
		!slices.Equal(got.Prefixes, []string{"l/sub/", "l/sub2/"}) || got.NextPageToken != "" {
		t.Errorf("the listing is %+v", got)
	}
	if got := u.gcsList(t, "delimiter=/&prefix=l"); len(got.Items) != 0 || !slices.Equal(got.Prefixes, []string{"l/"}) {
		t.Errorf("the parent's listing is %+v", got)
	}
	if got := u.gcsList(t, "delimiter=/&prefix=none/"); len(got.Items)+len(got.Prefixes) != 0 {
		t.Errorf("the listing of nothing is %+v", got)
	}
	// maxResults counts the items, and every page has all the prefixes.
	first := u.gcsList(t, "delimiter=/&prefix=l/&maxResults=2")
	if len(first.Items) != 2 || len(first.Prefixes) != 2 || first.NextPageToken == "" {
		t.Errorf("the first page is %+v", first)
	}
	second := u.gcsList(t, "delimiter=/&prefix=l/&maxResults=2&pageToken="+url.QueryEscape(first.NextPageToken))
	if len(second.Items) != 2 || second.Items[0].Name != "l/2" || len(second.Prefixes) != 2 || second.NextPageToken != "" {
		t.Errorf("the second page is %+v", second)
	}
}
