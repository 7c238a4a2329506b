package httpbackend_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// mounts is two services in one tree, and a file that neither has.
const mounts = `
ftpmap: 1
mounts:
  - {at: /crm, preset: files}
  - {at: /data/files, preset: files}
routes:
  - path: /README.txt
    read: {static: "Two services.\n"}
`

func mountedServices(t *testing.T) (b storage.Backend, crm, files *native) {
	t.Helper()
	m, err := mapping.Parse("x.map.yaml", []byte(mounts))
	if err != nil {
		t.Fatal(err)
	}
	crm, files = newNative(), newNative()
	servers := map[string]string{}
	for at, service := range map[string]*native{"/crm": crm, "/data/files": files} {
		srv := httptest.NewServer(service)
		t.Cleanup(srv.Close)
		servers[at] = srv.URL
	}
	u, err := httpbackend.New(httpbackend.Options{Mapping: m, MountServers: servers, Credentials: []string{"bearer"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	return u.Backend(httpbackend.Caller{
		Session: "s1", Credentials: map[string]httpbackend.Credential{"bearer": &bearer{token: "secret"}},
	}), crm, files
}

func TestMounts(t *testing.T) {
	b, _, _ := mountedServices(t)
	put(t, b, "/crm/a.txt", "in crm", storage.PutOptions{})
	put(t, b, "/data/files/a.txt", "in files", storage.PutOptions{})
	for dir, want := range map[storage.Path]string{
		"/": "README.txt crm data", "/data": "files", "/crm": "a.txt", "/data/files": "a.txt",
	} {
		if got := strings.Join(names(t, b, dir), " "); got != want {
			t.Errorf("%s has %s, want %s", dir, got, want)
		}
		if e, err := b.Stat(t.Context(), dir); err != nil || !e.IsDir() || e.Name != dir.Base() {
			t.Errorf("stat %s: %+v %v", dir, e, err)
		}
	}
	for name, want := range map[storage.Path]string{
		"/README.txt": "Two services.\n", "/crm/a.txt": "in crm", "/data/files/a.txt": "in files",
	} {
		if got := read(t, b, name, 0); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if e, err := b.Stat(t.Context(), "/README.txt"); err != nil || e.Size != 14 {
		t.Errorf("%+v %v", e, err)
	}
}

// What is logged of a mount says which one it is: its paths begin at its folder.
func TestMountsAreLogged(t *testing.T) {
	m, err := mapping.Parse("x.map.yaml", []byte(`
ftpmap: 1
mounts:
  - at: /crm
    routes: [{path: /, list: {http: {url: /list}, items: "", each: [{name: =item}]}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`["a", "b/c"]`))
	}))
	t.Cleanup(srv.Close)
	var log bytes.Buffer
	u, err := httpbackend.New(httpbackend.Options{
		Mapping: m, MountServers: map[string]string{"/crm": srv.URL}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	if got := names(t, u.Backend(httpbackend.Caller{Session: "s1"}), "/crm"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("listed %q", got)
	}
	if text := log.String(); !strings.Contains(text, "mount=/crm") {
		t.Errorf("log %q", text)
	}
}

func TestMountsAreApart(t *testing.T) {
	b, _, _ := mountedServices(t)
	put(t, b, "/crm/a.txt", "x", storage.PutOptions{})
	wantKind(t, b.Rename(t.Context(), "/crm/a.txt", "/data/files/a.txt"), storage.InvalidName)
	if err := b.Rename(t.Context(), "/crm/a.txt", "/crm/b.txt"); err != nil {
		t.Error(err)
	}
	wantKind(t, b.Rename(t.Context(), "/crm", "/crm2"), storage.Denied)
	wantKind(t, b.RemoveDir(t.Context(), "/data"), storage.Denied)
	wantKind(t, b.MakeDir(t.Context(), "/crm"), storage.Exists)
	wantKind(t, b.Delete(t.Context(), "/data/files"), storage.IsDir)
	_, err := b.Open(t.Context(), "/crm/none", 0)
	wantKind(t, err, storage.NotFound)
	if e := err.(*storage.Error); e.Path != "/crm/none" {
		t.Errorf("the error speaks of %s", e.Path)
	}
	_, err = b.Stat(t.Context(), "/nowhere")
	wantKind(t, err, storage.NotFound)
}

func TestMountsTellWhatTheyCan(t *testing.T) {
	b, _, _ := mountedServices(t)
	a := storage.AbilitiesOf(b)
	if a.SetModTime == nil || a.Space == nil || a.Digest != nil {
		t.Errorf("%+v", a)
	}
	for name, want := range map[storage.Path]storage.Actions{
		"/": storage.ListDir, "/data": storage.ListDir, "/README.txt": storage.Read,
	} {
		if got := a.Permitted(name); got != want {
			t.Errorf("%s permits %b, want %b", name, got, want)
		}
	}
	if got := a.Permitted("/crm"); got.Has(storage.Move) || !got.Has(storage.Write|storage.ListDir) {
		t.Errorf("/crm permits %b", got)
	}
	if !slices.Contains(names(t, b, "/"), "crm") {
		t.Error("no crm")
	}
}

// Hooks tell the services of mounts apart.
func TestHooksNameTheMount(t *testing.T) {
	m, err := mapping.Parse("x.map.yaml", []byte(mounts))
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"entries":[{"name":"a","type":"file"},{"name":"../b","type":"file"},{"name":"a","type":"file"}]}`)
	}))
	t.Cleanup(srv.Close)
	var asked string
	left := map[string]int{}
	u, err := httpbackend.New(httpbackend.Options{
		Mapping: m, MountServers: map[string]string{"/crm": srv.URL, "/data/files": srv.URL},
		Observe:   func(e httpbackend.Exchange) { asked = e.Mount },
		OnLeftOut: func(mount string, count int) { left[mount] += count },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	b := u.Backend(httpbackend.Caller{Credentials: map[string]httpbackend.Credential{"bearer": &bearer{}}})
	if got := names(t, b, "/crm"); !slices.Equal(got, []string{"a"}) {
		t.Errorf("/crm has %q", got)
	}
	if asked != "/crm" || left["/crm"] != 2 {
		t.Errorf("asked %q, left out %v", asked, left)
	}
}

// A folder that is a mount, or leads to one, is no file of the mapping around it.
func TestFilesInThePlaceOfMounts(t *testing.T) {
	m, err := mapping.Parse("x.map.yaml", []byte(`
ftpmap: 1
mounts: [{at: /data/files, preset: files}]
routes:
  - path: /{name}
    read: {http: {url: "/o/{name}"}}
    write: {http: {method: PUT, url: "/o/{name}"}, body: stream}
    mtime: {http: {method: POST, url: "/o/{name}"}}
`))
	if err != nil {
		t.Fatal(err)
	}
	p := newPlace(t, drain)
	u, err := httpbackend.New(httpbackend.Options{Mapping: m, Server: p.URL, MountServers: map[string]string{"/data/files": p.URL}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	b := u.Backend(httpbackend.Caller{Session: "s1"})
	for _, name := range []storage.Path{"/data", "/data/files"} {
		_, err := b.Put(t.Context(), name, strings.NewReader("x"), storage.PutOptions{})
		if err == nil || storage.KindOf(err) != storage.IsDir {
			t.Errorf("put %s: %v", name, err)
		}
		if _, err := b.Open(t.Context(), name, 0); err == nil || storage.KindOf(err) != storage.IsDir {
			t.Errorf("open %s: %v", name, err)
		}
	}
	p.want(t, "nothing")
}
