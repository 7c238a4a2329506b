//go:build e2e

package e2e

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// startWebDAV runs rclone's WebDAV server over an empty folder.
func startWebDAV(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	url := server{
		name: "rclone serve webdav", program: "rcloneserve", ready: "/",
		args: func(_ *testing.T, host, port string) []string {
			return []string{"serve", "webdav", "--config", os.DevNull, "--addr", host + ":" + port, "--user", user, "--pass", password, dir}
		},
	}.start(t)
	return &upstream{
		name: "webdav", url: url, dir: dir, keys: map[string]string{"user": user, "password": password},
		sign: func(_ *testing.T, r *http.Request) { r.SetBasicAuth(user, password) },
	}
}

// propfind asks for what a listing needs.
const propfind = `<?xml version="1.0"?><propfind xmlns="DAV:"><prop>` +
	`<resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>`

// davProp asks for the properties of a path and, with depth 1, of what is in it.
func davProp(path, depth string) ask {
	a := do("PROPFIND", path, "Depth", depth, "Content-Type", "application/xml")
	a.body = propfind
	return a
}

// multistatus is the answer to a PROPFIND (RFC 4918, section 14.16).
type multistatus struct {
	Responses []struct {
		Href      string `xml:"DAV: href"`
		Propstats []struct {
			Status     string    `xml:"DAV: status"`
			Collection *struct{} `xml:"DAV: prop>resourcetype>collection"`
			Modified   string    `xml:"DAV: prop>getlastmodified"`
			Length     string    `xml:"DAV: prop>getcontentlength"`
		} `xml:"DAV: propstat"`
	} `xml:"DAV: response"`
}

func (u *upstream) multistatus(t *testing.T, a ask) (m multistatus) {
	t.Helper()
	if err := xml.Unmarshal([]byte(u.want(t, a, http.StatusMultiStatus).body), &m); err != nil {
		t.Error(err)
	}
	return m
}

func TestUpstreamWebDAVAnswers(t *testing.T) {
	u := startWebDAV(t)
	files := store{
		put: func(path, body string) ask { return put(path, body) },
		get: func(path string) ask { return do("GET", path) },
		list: func(t *testing.T, dir string) []string {
			var names []string
			for _, r := range u.multistatus(t, davProp(dir, "1")).Responses {
				name, err := url.PathUnescape(strings.TrimPrefix(r.Href, dir))
				if err != nil {
					t.Error(err)
				}
				names = append(names, name)
			}
			return names
		},
	}
	t.Run("files", func(t *testing.T) { davFiles(t, u) })
	t.Run("directories", func(t *testing.T) { davDirectories(t, u) })
	t.Run("listing", func(t *testing.T) { davListing(t, u) })
	t.Run("rename", func(t *testing.T) { davRename(t, u) })
	t.Run("names", func(t *testing.T) {
		u.want(t, do("MKCOL", "/names/"), 201)
		u.wantNames(t, files, "/names/")
	})
	t.Run("cut", func(t *testing.T) {
		u.want(t, do("MKCOL", "/cut/"), 201)
		u.wantCut(t, files, "/cut/", half, whole)
		u.wantCut(t, files, "/cut/", half, chunked)
	})
}

func davFiles(t *testing.T, u *upstream) {
	setTime := do("PROPPATCH", "/a.txt")
	setTime.body = `<propertyupdate xmlns="DAV:"><set><prop><lastmodified>1577934245</lastmodified></prop></set></propertyupdate>`
	u.steps(t,
		step{bare(do("GET", "/")), 401, "Www-Authenticate: Basic "},
		step{put("/a.txt", "hello world"), 201, "Etag: "},
		step{put("/a.txt", "hello world 2"), 201, "Etag: "}, // no 204
		step{chunked(put("/chunked", "hello")), 201, ""},
		step{put("/empty", ""), 201, ""},
		step{do("GET", "/a.txt"), 200, "Content-Length: 13\r\n"},
		step{do("GET", "/a.txt", "Range", "bytes=3-"), 206, "Content-Range: bytes 3-12/13\r\n"},
		step{do("GET", "/a.txt", "Range", "bytes=13-"), 416, "Content-Range: bytes */13\r\n"},
		step{do("GET", "/none"), 404, ""},
		step{put("/no/such/directory", "x"), 409, ""},
		step{put("/a.txt/below", "x"), 404, ""},
		step{put("/slash/", "x"), 201, ""}, // a file
		step{davProp("/slash", "0"), 207, "<D:href>/slash</D:href>"},
		// Preconditions and ranges mean nothing to PUT.
		step{put("/a.txt", "hello", "If-None-Match", "*"), 201, ""},
		step{put("/a.txt", "hello", "If-Match", `"other"`), 201, ""},
		step{put("/a.txt", "end", "Content-Range", "bytes 5-7/*"), 201, ""},
		step{do("GET", "/a.txt"), 200, "Content-Length: 3\r\n"},
		step{setTime, 207, "200 OK"},
		step{do("GET", "/a.txt"), 200, "Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT\r\n"},
		step{do("DELETE", "/a.txt"), 204, ""},
		step{do("DELETE", "/a.txt"), 404, ""},
	)
}

func davDirectories(t *testing.T, u *upstream) {
	u.steps(t,
		step{do("MKCOL", "/d"), 201, ""},
		step{do("MKCOL", "/d/"), 201, ""}, // no 405
		step{do("MKCOL", "/no/such/"), 409, ""},
		step{put("/d", "x"), 404, ""},
		step{put("/d/f", "x"), 201, ""},
		step{do("GET", "/d"), 405, ""},
		step{do("DELETE", "/d"), 204, ""}, // with all that is in it
		step{davProp("/d", "0"), 404, ""},
	)
}

func davListing(t *testing.T, u *upstream) {
	u.want(t, do("MKCOL", "/l/"), 201)
	u.want(t, do("MKCOL", "/l/sub"), 201)
	u.want(t, put("/l/file", "hello"), 201)
	m := u.multistatus(t, davProp("/l", "1"))
	var hrefs []string
	for _, r := range m.Responses {
		hrefs = append(hrefs, r.Href)
		p := r.Propstats[0]
		if _, err := time.Parse(time.RFC1123, p.Modified); err != nil || !strings.Contains(p.Status, " 200 ") {
			t.Errorf("%s: %+v (%v)", r.Href, p, err)
		}
		if isDir := strings.HasSuffix(r.Href, "/"); isDir != (p.Collection != nil) || isDir != (p.Length == "") {
			t.Errorf("%s: %+v", r.Href, p)
		}
	}
	if got := strings.Join(hrefs, " "); got != "/l/ /l/file /l/sub/" { // itself first
		t.Errorf("listed %s", got)
	}
	u.steps(t,
		step{davProp("/l", "0"), 207, "<D:href>/l/</D:href>"},
		step{davProp("/l/file", "0"), 207, "<D:getcontentlength>5</D:getcontentlength>"},
		step{davProp("/l/none", "0"), 404, ""},
	)
}

func davRename(t *testing.T, u *upstream) {
	u.steps(t,
		step{put("/from", "1"), 201, ""},
		step{put("/there", "2"), 201, ""},
		step{do("MOVE", "/from", "Destination", "/there", "Overwrite", "F"), 412, ""},
		step{do("MOVE", "/from", "Destination", "/to%20there"), 201, ""},
		step{do("MOVE", "/to%20there", "Destination", u.url+"/there"), 204, ""},
		step{do("GET", "/there"), 200, "1"},
		step{do("MOVE", "/there", "Destination", "/no/such/directory"), 403, ""},
		step{do("MOVE", "/none", "Destination", "/to"), 403, ""},
		step{do("MKCOL", "/dir"), 201, ""},
		step{put("/dir/f", "1"), 201, ""},
		step{do("MOVE", "/dir", "Destination", "/to"), 201, ""},
		step{do("MKCOL", "/other"), 201, ""},
		step{do("MOVE", "/other", "Destination", "/to", "Overwrite", "F"), 412, ""},
		step{do("MOVE", "/other", "Destination", "/to"), 204, ""}, // takes its place
		step{do("GET", "/to/f"), 404, ""},
	)
}
