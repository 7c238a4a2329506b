package verify_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/ftpbridge/bridge/auth/token"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/internal/demo/bearer"
	"github.com/ftpbridge/bridge/internal/demo/files"
	"github.com/ftpbridge/bridge/internal/verify"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite the golden reports")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a files service on a directory, behind something that may spoil it.
type world struct {
	dir   string
	files http.Handler
	opt   httpbackend.Options
	creds map[string]httpbackend.Credential
	trace *verify.Trace
	wrap  func(storage.Backend) storage.Backend // nil: as it is

	mu      sync.Mutex
	running int // requests
	idle    *sync.Cond
}

// newWorld starts the service; spoil makes the handler that is asked in its place.
func newWorld(t *testing.T, m *mapping.Mapping, spoil func(*world) http.Handler) *world {
	t.Helper()
	signer, err := token.NewSigner(token.Options{Issuer: "http://bridge.test", Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	keys := httptest.NewServer(signer.Keys())
	t.Cleanup(keys.Close)
	jwks, err := bearer.NewJWKS(keys.URL, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := bearer.New(bearer.Options{Keys: jwks, Issuer: "http://bridge.test", Audience: "files"})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{dir: memoryDir(t), trace: &verify.Trace{}}
	w.idle = sync.NewCond(&w.mu)
	service, err := files.New(files.Options{Dir: w.dir, Tokens: tokens})
	if err != nil {
		t.Fatal(err)
	}
	w.files = service
	handler := w.files
	if spoil != nil {
		handler = spoil(w)
	}
	srv := httptest.NewServer(w.counting(handler))
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		service.Close()
	})
	w.creds = map[string]httpbackend.Credential{
		"bearer": signer.Source(token.Claims{Subject: "ann", Audience: "files", Session: "s_test"}),
	}
	w.opt = httpbackend.Options{Mapping: m, Server: srv.URL, Observe: func(e httpbackend.Exchange) {
		x := verify.Exchange{Method: e.Method, URL: e.URL, Status: e.Status}
		if e.Err != nil {
			x.Err = e.Err.Error()
		}
		w.trace.Note(x)
	}}
	return w
}

// counting counts the requests that run: what a service does with a request that
// broke off it may do after the asker has gone.
func (w *world) counting(h http.Handler) http.Handler {
	add := func(n int) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.running += n; w.running == 0 {
			w.idle.Broadcast()
		}
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		add(1)
		defer add(-1)
		h.ServeHTTP(rw, r)
	})
}

// settled waits until no request runs.
func (w *world) settled() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.running > 0 {
		w.idle.Wait()
	}
}

// run verifies the world.
func (w *world) run(t *testing.T, ctx context.Context, o verify.Options) verify.Report {
	t.Helper()
	u, err := httpbackend.New(w.opt)
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	session := func() storage.Backend {
		b := u.Backend(httpbackend.Caller{Session: "s_test", Credentials: w.creds})
		if w.wrap != nil {
			return w.wrap(b)
		}
		return b
	}
	o.Trace = w.trace
	o.Fresh = func() storage.Backend {
		w.settled()
		return session()
	}
	if o.Settle == 0 {
		o.Settle = -1
	}
	return verify.Run(ctx, session(), o)
}

// empty fails the test if the service has kept anything.
func (w *world) empty(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".bridge-staging") {
			t.Errorf("left behind: %s", e.Name())
		}
	}
}

// memoryDir is a directory in memory where there is one: the service syncs every
// upload, which on a disk is all that the test would wait for.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "verify-test-")
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

func preset(t *testing.T, name string) *mapping.Mapping {
	t.Helper()
	m, err := mapping.Preset(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// partly is how much came of an upload that was cut in the middle: what was on its way
// when the connection broke may be lost.
var partly = regexp.MustCompile(`(got:.* )\d{5,7} bytes`)

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// golden compares the lines of a report, without times and addresses, with a file.
func golden(t *testing.T, r verify.Report) {
	t.Helper()
	var b strings.Builder
	p := verify.Printer{W: &b}
	for _, result := range r.Results {
		result.Took = 0
		p.Print(result)
	}
	p.Flush()
	fmt.Fprintf(&b, "\n%s\n", r.Summary())
	got := address.ReplaceAllString(b.String(), "http://service")
	got = partly.ReplaceAllString(got, "${1}some bytes")
	file := filepath.Join("testdata", strings.ReplaceAll(t.Name(), "/", "-")+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// failed are the names of the checks that failed.
func failed(r verify.Report) []string {
	var names []string
	for _, result := range r.Results {
		if result.Outcome == verify.Failed {
			names = append(names, result.Check)
		}
	}
	return names
}

func TestFilesPreset(t *testing.T) {
	w := newWorld(t, preset(t, "files"), nil)
	r := w.run(t, t.Context(), verify.Options{Name: "scratch", Look: "/"})
	golden(t, r)
	if !r.OK() {
		t.Errorf("failed: %q", failed(r))
	}
	w.empty(t)
}

func TestMemstore(t *testing.T) {
	r := verify.Run(t.Context(), memstore.New(), verify.Options{Name: "scratch", Settle: -1})
	golden(t, r)
	if !r.OK() {
		t.Errorf("failed: %q", failed(r))
	}
}

func TestRandomNameAndKeep(t *testing.T) {
	w := newWorld(t, preset(t, "files"), nil)
	w.run(t, t.Context(), verify.Options{Keep: true, Files: 2})
	kept, err := filepath.Glob(filepath.Join(w.dir, "bridge-verify-????????", "*"))
	if err != nil || len(kept) < 10 {
		t.Errorf("kept %q, %v", kept, err)
	}
}

func TestReadOnly(t *testing.T) {
	w := newWorld(t, preset(t, "files"), nil)
	for name, content := range map[string]string{"a.txt": "hello", "b.txt": strings.Repeat("b", 70_000), "empty": ""} {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := w.run(t, t.Context(), verify.Options{Name: "scratch", ReadOnly: true})
	golden(t, r)
	entries, err := os.ReadDir(w.dir)
	if err != nil || len(entries) != 4 { // with the staging folder
		t.Errorf("there are %d entries, %v; want the 3 of before and the staging folder", len(entries), err)
	}
}

// An interrupted run leaves nothing behind either.
func TestInterrupted(t *testing.T) {
	w := newWorld(t, preset(t, "files"), nil)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	r := w.run(t, ctx, verify.Options{Name: "scratch", Progress: func(r verify.Result) {
		if r.Check == "write 1 byte" {
			interrupt()
		}
	}})
	w.empty(t)
	if n := r.Count(verify.Skipped); n < 30 {
		t.Errorf("%d checks were skipped after the interruption, want most", n)
	}
	for _, result := range r.Results {
		if result.Outcome == verify.Failed {
			t.Errorf("%v", result)
		}
	}
}

// A storage without folders gets files whose names begin alike.
func TestWithoutFolders(t *testing.T) {
	m, err := mapping.Parse("flat.map.yaml", []byte(`
ftpmap: 1
openapi: builtin:storage.v1
routes:
  - path: /
    list:
      op: list
      params: {path: ""}
      items: /entries
      each: [{name: =item.name, type: =item.type, size: =item.size, mtime: =item.modified}]
  - path: /{path}
    stat: {op: stat, type: =item.type, size: =item.size, mtime: =item.modified}
    read: {op: readFile}
    write: {op: writeFile, body: stream}
    delete: {op: deleteFile}
`))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, m, nil)
	r := w.run(t, t.Context(), verify.Options{Name: "scratch"})
	golden(t, r)
	if !r.OK() {
		t.Errorf("failed: %q", failed(r))
	}
	w.empty(t)
}
