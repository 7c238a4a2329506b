package httpbackend_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// preset makes a backend of a preset that needs no credential.
func preset(t *testing.T, name string, p *place) *httpbackend.Backend {
	t.Helper()
	m, err := mapping.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return connect(t, p.Server, nil, func(o *httpbackend.Options) {
		o.Mapping, o.Variables = m, map[string]string{"bucket": "b", "account": "a", "container": "c"}
		m.Each(func(c *mapping.Call) { c.Security = nil })
	})
}

// properties is a WebDAV answer about one resource.
func properties(href, status, kind string) string {
	return `<D:response><D:href>` + href + `</D:href><D:propstat><D:prop><D:resourcetype>` + kind +
		`</D:resourcetype></D:prop><D:status>` + status + `</D:status></D:propstat></D:response>`
}

// Whatever a server answers to the question before a deletion, a preset deletes only
// what the answer says may go.
func TestPresetsDeleteNoMore(t *testing.T) {
	const folder, file = "<D:collection/>", ""
	remove := func(name storage.Path) func(context.Context, storage.Backend) error {
		return func(ctx context.Context, b storage.Backend) error { return b.Delete(ctx, name) }
	}
	rmdir := func(name storage.Path) func(context.Context, storage.Backend) error {
		return func(ctx context.Context, b storage.Backend) error { return b.RemoveDir(ctx, name) }
	}
	rename := func(ctx context.Context, b storage.Backend) error { return b.Rename(ctx, "/d", "/e") }
	for what, c := range map[string]struct {
		preset string
		do     func(context.Context, storage.Backend) error
		status int
		body   string
		header string // x-ms-copy-status
		want   storage.Kind
	}{
		"folder, plain status":      {"webdav", remove("/d"), 207, properties("/d/", "HTTP/1.1 200", folder), "", storage.IsDir},
		"folder, HTTP/2":            {"webdav", remove("/d"), 207, properties("/d/", "HTTP/2 200 OK", folder), "", storage.IsDir},
		"no property":               {"webdav", remove("/d"), 207, `<D:response><D:href>/d/</D:href></D:response>`, "", storage.Internal},
		"a page":                    {"webdav", remove("/d"), 200, "", "", storage.Internal},
		"folder with a file":        {"webdav", rmdir("/d"), 207, properties("/d/", "HTTP/1.1 200 OK", folder) + properties("/d/f", "HTTP/1.1 200 OK", file), "", storage.NotEmpty},
		"hidden folder with a file": {"webdav", rmdir("/.ftpbridge-d"), 207, properties("/.ftpbridge-d/", "HTTP/1.1 200 OK", folder) + properties("/.ftpbridge-d/f", "HTTP/1.1 200 OK", file), "", storage.NotEmpty},
		"file for a folder":         {"webdav", rmdir("/d"), 207, properties("/d", "HTTP/1.1 200 OK", file), "", storage.NotDir},
		"nothing about it":          {"webdav", rmdir("/d"), 207, "", "", storage.Internal},
		"copy pending":              {"azblob", rename, 202, "", "pending", storage.Busy},
		"copy without a state":      {"azblob", rename, 202, "", "", storage.Busy},
		"copy failed":               {"s3", rename, 200, `<Code>InternalError</Code>`, "", storage.Internal},
		"copy not done":             {"gcs", rename, 200, `{"done":false}`, "", storage.Unsupported},
		"a page for a listing":      {"nginx", rmdir("/d"), 301, "", "", storage.Internal},
		"huge folder":               {"webdav", rmdir("/d"), 207, properties("/d/", "HTTP/1.1 200 OK", folder+strings.Repeat(" ", 1<<20)), "", storage.Internal},
		"copy unsaid":               {"gcs", rename, 200, `{}`, "", storage.Unsupported},
	} {
		p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				t.Errorf("%s: DELETE %s", what, r.URL)
			}
			w.Header().Set("X-Ms-Copy-Status", c.header)
			if strings.HasPrefix(c.body, "{") {
				w.Header().Set("Content-Type", "application/json")
			} else {
				c.body = `<D:x xmlns:D="DAV:">` + strings.TrimPrefix(strings.TrimSuffix(c.body, "</D:x>"), `<D:x xmlns:D="DAV:">`) + `</D:x>`
			}
			w.WriteHeader(c.status)
			_, _ = io.WriteString(w, c.body)
		})
		if err := c.do(t.Context(), preset(t, c.preset, p)); storage.KindOf(err) != c.want {
			t.Errorf("%s: error %v, want %v", what, err, c.want)
		}
	}
}

// What is written under the old name while it is copied is not deleted.
func TestRenameDeletesWhatItCopied(t *testing.T) {
	for name, want := range map[string]string{
		"azblob": `GET /?comp=list&maxresults=1&prefix=b%2F&restype=container|HEAD /a|PUT /b source="7"|DELETE /a If-Match="7"`,
		"gcs": `GET /storage/v1/b/b/o?fields=items%28name%29&maxResults=1&prefix=b%2F|GET /storage/v1/b/b/o/a?fields=generation|POST /storage/v1/b/b/o/a/rewriteTo/b/b/o/b?ifSourceGenerationMatch=7` +
			`|DELETE /storage/v1/b/b/o/a?ifGenerationMatch=7`,
	} {
		var got []string
		p := newPlace(t, func(w http.ResponseWriter, r *http.Request) {
			text := r.Method + " " + r.RequestURI
			if v := r.Header.Get("X-Ms-Source-If-Match"); v != "" {
				text += " source=" + v
			}
			if v := r.Header.Get("If-Match"); v != "" {
				text += " If-Match=" + v
			}
			got = append(got, text)
			w.Header().Set("Etag", `"7"`)
			w.Header().Set("X-Ms-Copy-Status", "success")
			if name == "azblob" {
				_, _ = io.WriteString(w, "<EnumerationResults/>")
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"generation":"7","done":true}`)
		})
		if err := preset(t, name, p).Rename(t.Context(), "/a", "/b"); err != nil {
			t.Error(err)
		}
		if text := strings.Join(got, "|"); text != want {
			t.Errorf("%s: %s, want %s", name, text, want)
		}
	}
}

// Nobody makes names that listings hide and rmdir takes for leftovers.
func TestWebDAVKeepsItsNames(t *testing.T) {
	p := newPlace(t, func(http.ResponseWriter, *http.Request) {})
	b := preset(t, "webdav", p)
	for _, mode := range []storage.PutMode{storage.Replace, storage.Create} {
		_, err := b.Put(t.Context(), "/.ftpbridge-x", strings.NewReader("x"), storage.PutOptions{Mode: mode})
		wantKind(t, err, storage.InvalidName)
	}
	wantKind(t, b.MakeDir(t.Context(), "/.ftpbridge-x"), storage.InvalidName)
	wantKind(t, b.Rename(t.Context(), "/a", "/.ftpbridge-x"), storage.Unsupported)
	p.want(t, "hidden names")
}

// Azure takes a backslash for a slash: what is done to a\b would happen to a/b, past the
// rules for that folder, and a rename of one to the other would delete the file.
func TestAzureHasNoBackslash(t *testing.T) {
	p := newPlace(t, func(http.ResponseWriter, *http.Request) {})
	b := preset(t, "azblob", p)
	_, stat := b.Stat(t.Context(), `/a\b`)
	_, list := listAll(t, b, `/a\b`)
	_, open := b.Open(t.Context(), `/a\b`, 0)
	_, put := b.Put(t.Context(), `/a\b`, strings.NewReader("x"), storage.PutOptions{})
	_, create := b.Put(t.Context(), `/a\b`, strings.NewReader("x"), storage.PutOptions{Mode: storage.Create})
	for what, err := range map[string]error{
		"stat": stat, "list": list, "read": open, "write": put, "create": create, "delete": b.Delete(t.Context(), `/a\b`),
		"mkdir": b.MakeDir(t.Context(), `/a\b`), "rmdir": b.RemoveDir(t.Context(), `/a\b`),
		"rename from": b.Rename(t.Context(), `/a\b`, "/c"), "rename to": b.Rename(t.Context(), "/c", `/a\b`),
	} {
		if err == nil {
			t.Errorf("%s goes through", what)
		}
	}
	p.want(t, "a backslash")
}

// S3 would take a folder beside the file of its name.
func TestS3MakesNoFolderOverAFile(t *testing.T) {
	p := newPlace(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(w, "<ListBucketResult/>")
	})
	wantKind(t, preset(t, "s3", p).MakeDir(t.Context(), "/f"), storage.Exists)
	p.want(t, "a file", "HEAD /f")
}
