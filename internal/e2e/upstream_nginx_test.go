//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// nginxConfig serves a folder at the root, readable as JSON listings and
// writable by WebDAV's plain methods. create_full_put_path is off, so that a
// misspelt folder is no new one; an index.html must not hide what lies beside it.
const nginxConfig = `
daemon off;
master_process off;
pid %[1]s/pid;
error_log stderr info;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/tmp;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	default_type application/octet-stream;
	server {
		listen %[2]s:%[3]s;
		root %[1]s/files;
		index .no-index;
		client_max_body_size 0;
		location / {
			autoindex on;
			autoindex_format json;
			dav_methods PUT DELETE MKCOL COPY MOVE;
		}
	}
}
`

// startNginx runs nginx over an empty folder. It asks for no credentials.
func startNginx(t *testing.T) *upstream {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "files"), 0o777); err != nil {
		t.Fatal(err)
	}
	url := server{
		name:    "nginx",
		program: "nginx",
		ready:   "/",
		args: func(t *testing.T, host, port string) []string {
			config := filepath.Join(dir, "nginx.conf")
			writeFile(t, config, fmt.Appendf(nil, nginxConfig, dir, host, port))
			return []string{"-p", dir, "-c", config, "-e", "stderr"}
		},
	}.start(t)
	return &upstream{name: "nginx", url: url, dir: filepath.Join(dir, "files")}
}

func TestUpstreamNginxAnswers(t *testing.T) {
	u := startNginx(t)
	files := store{
		put: func(path, body string) ask { return put(path, body) },
		get: func(path string) ask { return do("GET", path) },
		list: func(t *testing.T, dir string) []string {
			var names []string
			for _, e := range u.autoindex(t, dir) {
				names = append(names, e.Name)
			}
			return names
		},
	}
	t.Run("files", func(t *testing.T) { nginxFiles(t, u) })
	t.Run("directories", func(t *testing.T) { nginxDirectories(t, u) })
	t.Run("rename", func(t *testing.T) { nginxRename(t, u) })
	t.Run("names", func(t *testing.T) {
		u.want(t, do("MKCOL", "/names/"), 201)
		u.wantNames(t, files, "/names/", ".hidden", "...") // autoindex hides what begins with a dot
	})
	t.Run("cut", func(t *testing.T) {
		u.want(t, do("MKCOL", "/cut/"), 201)
		u.wantCut(t, files, "/cut/", nothing, whole)
		u.wantCut(t, files, "/cut/", nothing, chunked)
	})
}

// autoindexed is an item of a listing.
type autoindexed struct {
	Name, Type, Mtime string
	Size              int64
}

func (u *upstream) autoindex(t *testing.T, dir string) []autoindexed {
	t.Helper()
	var list []autoindexed
	if err := json.Unmarshal([]byte(u.want(t, do("GET", dir), 200).body), &list); err != nil {
		t.Error(err)
	}
	return list
}

func nginxFiles(t *testing.T, u *upstream) {
	u.steps(t,
		step{put("/a.txt", "hello world"), 201, ""},
		step{put("/a.txt", "hello world 2"), 204, ""},
		step{chunked(put("/chunked", "hello")), 201, ""},
		step{put("/empty", ""), 201, ""},
		step{do("HEAD", "/a.txt"), 200, "Content-Length: 13\r\n"},
		step{do("GET", "/a.txt", "Range", "bytes=3-"), 206, "Content-Range: bytes 3-12/13\r\n"},
		step{do("GET", "/a.txt", "Range", "bytes=13-"), 416, "Content-Range: bytes */13\r\n"},
		step{do("GET", "/none"), 404, ""},
		step{do("GET", "/a.txt/"), 404, ""},
		step{put("/slash/", "x"), 409, ""},
		step{put("/no/such/directory", "x"), 500, ""},
		step{put("/ranged", "x", "Content-Range", "bytes 3-3/*"), 501, ""},
		// Preconditions mean nothing to PUT.
		step{put("/a.txt", "hello", "If-None-Match", "*"), 204, ""},
		step{put("/a.txt", "hello", "If-Match", `"other"`), 204, ""},
		// A Date becomes the time of modification.
		step{put("/dated", "x", "Date", "Mon, 01 Jan 2001 00:00:00 GMT"), 201, ""},
		step{do("HEAD", "/dated"), 200, "Last-Modified: Mon, 01 Jan 2001 00:00:00 GMT\r\n"},
		step{do("DELETE", "/dated/"), 409, ""},
		step{do("DELETE", "/dated"), 204, ""},
		step{do("DELETE", "/dated"), 404, ""},
	)
	for _, e := range u.autoindex(t, "/") {
		if _, err := time.Parse(time.RFC1123, e.Mtime); err != nil || e.Type != "file" {
			t.Errorf("listed %+v (%v)", e, err)
		}
	}
}

func nginxDirectories(t *testing.T, u *upstream) {
	u.steps(t,
		step{do("MKCOL", "/d"), 409, ""}, // without a slash
		step{do("MKCOL", "/d/"), 201, ""},
		step{do("MKCOL", "/d/"), 405, ""},
		step{do("MKCOL", "/no/such/"), 409, ""},
		step{put("/d/index.html", "x"), 201, ""},
		step{do("GET", "/"), 200, `{ "name":"d", "type":"directory", "mtime":"`},
		step{do("GET", "/d/"), 200, `{ "name":"index.html", "type":"file", "mtime":"`},
		step{do("GET", "/d"), 301, "Location: " + u.url + "/d/\r\n"},
		step{do("HEAD", "/d/"), 200, "Content-Type: application/json"},
		step{put("/d", "x"), 409, ""},
		step{do("GET", "/none/"), 404, ""},
		step{do("DELETE", "/d"), 409, ""},
		step{do("DELETE", "/d/"), 204, ""}, // with all that is in it
		step{do("GET", "/d/"), 404, ""},
	)
}

func nginxRename(t *testing.T, u *upstream) {
	u.steps(t,
		step{put("/from", "1"), 201, ""},
		step{put("/there", "2"), 201, ""},
		step{do("MOVE", "/from", "Destination", "/there", "Overwrite", "F"), 412, ""},
		step{do("MOVE", "/from", "Destination", "/to%20there"), 204, ""},
		step{do("MOVE", "/to%20there", "Destination", u.url+"/there"), 204, ""},
		step{do("GET", "/there"), 200, "1"},
		step{do("MOVE", "/none", "Destination", "/to"), 404, ""},
		step{do("MOVE", "/there", "Destination", "/made/on/the/way"), 204, ""},
		step{do("GET", "/made/on/the/way"), 200, "1"},
		step{do("MOVE", "/made", "Destination", "/to"), 400, ""}, // a directory without its slash
		step{do("MOVE", "/made/", "Destination", "/to"), 409, ""},
		step{do("MOVE", "/made/", "Destination", "/to/"), 201, ""},
		step{do("MKCOL", "/other/"), 201, ""},
		step{do("MOVE", "/other/", "Destination", "/to/", "Overwrite", "F"), 412, ""},
		step{do("MOVE", "/other/", "Destination", "/to/"), 201, ""}, // takes its place
		step{do("GET", "/to/on/"), 404, ""},
		step{do("COPY", "/to/", "Destination", "/copy/"), 201, ""},
	)
}
