package httpbackend_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bearer is a credential whose token a test may replace.
type bearer struct {
	token   string
	refresh func() (string, error)
	asked   int
}

func (c *bearer) Apply(_ context.Context, r *http.Request) error {
	r.Header.Set("Authorization", "Bearer "+c.token)
	return nil
}

func (c *bearer) Refresh(context.Context) error {
	c.asked++
	if c.refresh == nil {
		return errors.New("there is no other token")
	}
	var err error
	c.token, err = c.refresh()
	return err
}

// filesPreset is the preset, loaded once for all tests.
var filesPreset = sync.OnceValues(func() (*mapping.Mapping, error) { return mapping.Preset("files") })

// serve starts handler and returns the files preset in front of it.
func serve(t testing.TB, handler http.Handler, change ...func(*httpbackend.Options)) *httpbackend.Backend {
	t.Helper()
	srv := httptest.NewServer(handler)
	return connect(t, srv, &bearer{token: "secret"}, change...)
}

func connect(t testing.TB, srv *httptest.Server, cred httpbackend.Credential, change ...func(*httpbackend.Options)) *httpbackend.Backend {
	t.Helper()
	m, err := filesPreset()
	if err != nil {
		t.Fatal(err)
	}
	opt := httpbackend.Options{Mapping: m, Server: srv.URL, Credentials: []string{"bearer"}}
	for _, f := range change {
		f(&opt)
	}
	u, err := httpbackend.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		u.Close()
		srv.CloseClientConnections()
		srv.Close()
	})
	return u.Backend(httpbackend.Caller{Session: "s1", Credentials: map[string]httpbackend.Credential{"bearer": cred}}).(*httpbackend.Backend)
}

// wantKind fails the test unless err is a *storage.Error of the kind.
func wantKind(t *testing.T, err error, want storage.Kind) {
	t.Helper()
	if _, ok := errors.AsType[*storage.Error](err); !ok || storage.KindOf(err) != want {
		t.Errorf("error %v (%v), want %v", err, storage.KindOf(err), want)
	}
}

func put(t *testing.T, b storage.Backend, name storage.Path, content string, opt storage.PutOptions) {
	t.Helper()
	if _, err := b.Put(t.Context(), name, strings.NewReader(content), opt); err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
}

func read(t *testing.T, b storage.Backend, name storage.Path, offset int64) string {
	t.Helper()
	r, err := b.Open(t.Context(), name, offset)
	if err != nil {
		t.Fatalf("open %s at %d: %v", name, offset, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s at %d: %v", name, offset, err)
	}
	return string(data)
}

func names(t *testing.T, b storage.Backend, dir storage.Path) []string {
	t.Helper()
	var ns []string
	for e, err := range b.List(t.Context(), dir) {
		if err != nil {
			t.Fatalf("list %s: %v", dir, err)
		}
		ns = append(ns, e.Name)
	}
	slices.Sort(ns)
	return ns
}

func TestFilesPreset(t *testing.T) {
	s := newNative()
	s.token = "secret"
	b := serve(t, s)
	ctx := t.Context()

	put(t, b, "/a b%2F#?.txt", "hello", storage.PutOptions{})
	if got := read(t, b, "/a b%2F#?.txt", 0); got != "hello" {
		t.Errorf("content %q", got)
	}
	e, err := b.Stat(ctx, "/a b%2F#?.txt")
	if err != nil || e.Size != 5 || e.IsDir() || e.Name != "a b%2F#?.txt" || e.ETag != `"v1"` || time.Since(e.ModTime) > time.Hour {
		t.Errorf("stat %+v %v", e, err)
	}
	if e, err = b.Stat(ctx, "/"); err != nil || !e.IsDir() || e.Name != "/" {
		t.Errorf("stat of the root %+v %v", e, err)
	}
	if err := b.MakeDir(ctx, "/d"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []storage.Path{"/d/1", "/d/2", "/d/3", "/d/4", "/d/5", "/d/6", "/d/7"} {
		put(t, b, name, "x", storage.PutOptions{Mode: storage.Create})
	}
	if got := strings.Join(names(t, b, "/d"), ""); got != "1234567" {
		t.Errorf("list %s", got)
	}
	put(t, b, "/d/1", "yz", storage.PutOptions{Mode: storage.Append})
	put(t, b, "/d/new", "made", storage.PutOptions{Mode: storage.Append})
	put(t, b, "/d/2", "23", storage.PutOptions{Mode: storage.Resume, Offset: 1})
	put(t, b, "/d/3", "again", storage.PutOptions{Mode: storage.Resume})
	for name, want := range map[storage.Path]string{"/d/1": "xyz", "/d/new": "made", "/d/2": "x23", "/d/3": "again"} {
		if got := read(t, b, name, 0); got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	if err := b.Rename(ctx, "/d/1", "/moved"); err != nil {
		t.Error(err)
	}
	at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := storage.AbilitiesOf(b).SetModTime(ctx, "/moved", at); err != nil {
		t.Error(err)
	}
	if e, err := b.Stat(ctx, "/moved"); err != nil || !e.ModTime.Equal(at) {
		t.Errorf("time %v %v", e.ModTime, err)
	}
	if err := b.Delete(ctx, "/moved"); err != nil {
		t.Error(err)
	}
	if got := storage.AbilitiesOf(b).Permitted("/d"); got != storage.AllActions {
		t.Errorf("permitted %b", got)
	}
}

func TestFilesPresetErrors(t *testing.T) {
	s := newNative()
	b := serve(t, s)
	ctx := t.Context()
	s.store("/f", []byte("content"))
	if err := b.MakeDir(ctx, "/d"); err != nil {
		t.Fatal(err)
	}
	s.store("/d/x", nil)
	open := func(name storage.Path, offset int64) error {
		r, err := b.Open(ctx, name, offset)
		if err == nil {
			r.Close()
		}
		return err
	}
	store := func(name storage.Path, opt storage.PutOptions) error {
		_, err := b.Put(ctx, name, strings.NewReader("x"), opt)
		return err
	}
	list := func(name storage.Path) error {
		for _, err := range b.List(ctx, name) {
			return err
		}
		return nil
	}
	_, statErr := b.Stat(ctx, "/none")
	for what, c := range map[string]struct {
		err  error
		want storage.Kind
	}{
		"stat none":              {statErr, storage.NotFound},
		"open none":              {open("/none", 0), storage.NotFound},
		"open directory":         {open("/d", 0), storage.IsDir},
		"open past the end":      {open("/f", 8), storage.BadRestart},
		"list none":              {list("/none"), storage.NotFound},
		"list file":              {list("/f"), storage.NotDir},
		"put on directory":       {store("/d", storage.PutOptions{}), storage.IsDir},
		"put below file":         {store("/f/x", storage.PutOptions{}), storage.NotDir},
		"put below nothing":      {store("/none/x", storage.PutOptions{}), storage.NotFound},
		"create existing":        {store("/f", storage.PutOptions{Mode: storage.Create}), storage.Exists},
		"append to directory":    {store("/d", storage.PutOptions{Mode: storage.Append}), storage.IsDir},
		"resume past the end":    {store("/f", storage.PutOptions{Mode: storage.Resume, Offset: 9}), storage.BadRestart},
		"delete none":            {b.Delete(ctx, "/none"), storage.NotFound},
		"delete directory":       {b.Delete(ctx, "/d"), storage.IsDir},
		"mkdir existing":         {b.MakeDir(ctx, "/d"), storage.Exists},
		"mkdir existing file":    {b.MakeDir(ctx, "/f"), storage.Exists},
		"mkdir without parent":   {b.MakeDir(ctx, "/none/d"), storage.NotFound},
		"rmdir with entries":     {b.RemoveDir(ctx, "/d"), storage.NotEmpty},
		"rmdir of a file":        {b.RemoveDir(ctx, "/f"), storage.NotDir},
		"rename none":            {b.Rename(ctx, "/none", "/x"), storage.NotFound},
		"rename to no directory": {b.Rename(ctx, "/f", "/none/x"), storage.NotFound},
	} {
		t.Run(what, func(t *testing.T) { wantKind(t, c.err, c.want) })
	}
}

func TestOpenAtOffset(t *testing.T) {
	s := newNative()
	s.store("/f", []byte("0123456789"))
	b := serve(t, s)
	for offset, want := range map[int64]string{0: "0123456789", 4: "456789", 10: ""} {
		if got := read(t, b, "/f", offset); got != want {
			t.Errorf("at %d: %q, want %q", offset, got, want)
		}
	}
}

func TestLargeContentBothWays(t *testing.T) {
	s := newNative()
	b := serve(t, s)
	content := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	for _, size := range []int{0, 1, 64<<10 - 1, 64 << 10, 64<<10 + 1, len(content)} {
		if _, err := b.Put(t.Context(), "/f", bytes.NewReader(content[:size]), storage.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		if got, _ := s.content("/f"); !bytes.Equal(got, content[:size]) {
			t.Errorf("%d bytes arrived, want %d", len(got), size)
		}
		if got := read(t, b, "/f", 0); got != string(content[:size]) {
			t.Errorf("%d bytes came back, want %d", len(got), size)
		}
	}
}

// TestNamesThatJSONCannotCarry holds that no two names become one: JSON is UTF-8,
// and old clients send names in other encodings.
func TestNamesThatJSONCannotCarry(t *testing.T) {
	s := &status{}
	s.code.Store(204)
	b := serve(t, s)
	wantKind(t, b.Rename(t.Context(), "/f", "/\xe4.txt"), storage.InvalidName)
	wantKind(t, b.Rename(t.Context(), "/\xf6.txt", "/f"), storage.InvalidName)
	if n := s.asked.Load(); n != 0 {
		t.Errorf("%d requests", n)
	}
}
