package ftpfront

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// nothingStored checks that an upload of /a.txt left no trace.
func nothingStored(t *testing.T, store storage.Backend) {
	t.Helper()
	if e, err := store.Stat(t.Context(), "/a.txt"); err == nil {
		t.Errorf("a cut upload has left %+v", e)
	}
}

func TestUploadOverTLSCutShort(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for how, cut := range map[string]func(*testClient){
			"no close_notify": (*testClient).cutData,
			"reset":           (*testClient).resetData,
		} {
			t.Run(tls.VersionName(version)+" "+how, func(t *testing.T) {
				store := memstore.New()
				_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, TLS: serverTLS()})
				c := logInTLS(t, addr, version)
				for _, part := range []string{"hello", string(generated(100000))} {
					c.upload(t, "STOR a.txt", part)
					cut(c)
					c.want(t, "426 Upload cut short, nothing was stored.")
					nothingStored(t, store)
				}
				c.begin(t, "STOR b.txt")
				if err := c.closeData(); err != nil {
					t.Fatal(err)
				}
				c.want(t, "226 *") // a proper end, of no content at all
			})
		}
	}
}

// TestUploadByClientThatNeverReads is what Go's and Perl's clients do: they
// write, say close_notify and close, and leave unread what TLS 1.3 has sent
// them. Content must not get lost over it.
func TestUploadByClientThatNeverReads(t *testing.T) {
	store := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, TLS: serverTLS()})
	c := logInTLS(t, addr, tls.VersionTLS13)
	for i := range 10 {
		content := generated(3 << 20)
		c.upload(t, "STOR a.txt", string(content))
		if err := c.closeData(); err != nil {
			t.Fatal(err)
		}
		c.want(t, "226 *")
		if got, err := stored(t.Context(), store, "/a.txt"); err != nil || string(got) != string(content) {
			t.Fatalf("upload %d: %d bytes stored (%v), want %d", i, len(got), err, len(content))
		}
	}
}

// TestUploadOfKilledClient is a process that dies: the system closes both
// connections, in good order.
func TestUploadOfKilledClient(t *testing.T) {
	for how, kill := range map[string]func(*testClient){
		"closed": func(c *testClient) { c.raw.Close(); c.dataTCP.Close() },
		"reset":  func(c *testClient) { c.raw.SetLinger(0); c.raw.Close(); c.dataTCP.Close() },
	} {
		t.Run(how, func(t *testing.T) {
			store := memstore.New()
			o := Options{Authenticator: testUsers{files: store}}
			all := transfers(&o)
			_, addr := serve(t, "127.0.0.1", false, o)
			for range 20 {
				c := logIn(t, addr)
				c.upload(t, "STOR a.txt", "hello")
				kill(c)
				if i := ended(t, all); i.Err == nil || i.Code != 426 {
					t.Errorf("the upload of a killed client ends with %d, %v", i.Code, i.Err)
				}
				nothingStored(t, store)
			}
		})
	}
}

func TestUploadLosesControlConnection(t *testing.T) {
	store := memstore.New()
	o := Options{Authenticator: testUsers{files: store}}
	all := transfers(&o)
	_, addr := serve(t, "127.0.0.1", false, o)
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello")
	c.raw.Close() // the data connection stays open
	if i := ended(t, all); !errors.Is(i.Err, errControlLost) {
		t.Errorf("the upload ends with %v, want %v", i.Err, errControlLost)
	}
	nothingStored(t, store)
}

// TestDeadClientsCommandsAreDropped holds that what was pipelined behind an
// upload does not follow a part of it.
func TestDeadClientsCommandsAreDropped(t *testing.T) {
	store := memstore.New()
	if err := (testFile{name: "/old.txt", content: []byte("old")}).put(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	o := Options{Authenticator: testUsers{files: store}}
	closed := make(chan struct{})
	o.Events.SessionClosed = func(SessionInfo) { close(closed) }
	_, addr := serve(t, "127.0.0.1", false, o)
	c := logIn(t, addr)
	c.upload(t, "STOR new.txt", "hello")
	if err := c.send("DELE old.txt\r\n"); err != nil {
		t.Fatal(err)
	}
	c.raw.Close()
	<-closed
	if _, err := stored(t.Context(), store, "/old.txt"); err != nil {
		t.Errorf("the command of a dead client ran: %v", err)
	}
}

// hang is a Put that takes no byte and waits for its context.
func hang(ctx context.Context, name storage.Path, _ io.Reader, _ storage.PutOptions) (storage.Receipt, error) {
	<-ctx.Done()
	return storage.Receipt{}, ctx.Err()
}

func TestUploadIntoHangingStorage(t *testing.T) {
	limits := map[string]Limits{
		"426 Transfer stalled, aborted.":       {Stall: 20 * time.Millisecond},
		"426 Transfer took too long, aborted.": {Stall: -1, MaxTransfer: 20 * time.Millisecond},
	}
	for reply, l := range limits {
		files := faulty{Backend: memstore.New(), put: hang}
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, Limits: l})
		c := logIn(t, addr)
		c.upload(t, "STOR a.txt", "hello")
		c.want(t, reply)
		c.ask(t, "NOOP", "200 *")
	}
}

func TestAbortOfHangingStorage(t *testing.T) {
	files := faulty{Backend: memstore.New(), put: hang}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello")
	c.ask(t, "ABOR", "426 *")
	c.want(t, "226 *")
	c.ask(t, "NOOP", "200 *")
}

// TestStorageThatTakesAPart holds that 226 is never sent for content that the
// storage has not read to its end.
func TestStorageThatTakesAPart(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.put = func(_ context.Context, _ storage.Path, body io.Reader, _ storage.PutOptions) (storage.Receipt, error) {
		_, err := io.ReadFull(body, make([]byte, 5))
		return storage.Receipt{}, err
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello, world")
	c.want(t, "451 Storage did not take the whole file.")
}

// TestStorageThatHidesACut holds that a storage which takes a broken body for
// whole is not believed.
func TestStorageThatHidesACut(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.put = func(_ context.Context, _ storage.Path, body io.Reader, _ storage.PutOptions) (storage.Receipt, error) {
		io.Copy(io.Discard, body) // the error is what this storage hides
		return storage.Receipt{Text: "Stored."}, nil
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello")
	c.resetData()
	c.want(t, "426 *")
	c.upload(t, "STOR a.txt", "hello")
	if err := c.closeData(); err != nil {
		t.Fatal(err)
	}
	c.want(t, "226 Stored.")
}

func TestUploadErrorsOfStorage(t *testing.T) {
	for kind, reply := range map[storage.Kind]string{
		storage.Denied: "550 Permission denied.", storage.TooLarge: "552 *", storage.NoSpace: "452 *",
		storage.Unavailable: "451 *", storage.Busy: "450 *", storage.CutShort: "426 *", storage.LoginExpired: "530 *",
	} {
		files := faulty{Backend: memstore.New()}
		files.put = func(_ context.Context, name storage.Path, body io.Reader, _ storage.PutOptions) (storage.Receipt, error) {
			_, err := io.Copy(io.Discard, body)
			return storage.Receipt{}, errors.Join(err, storage.Fail(kind, storage.OpWrite, name))
		}
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
		c := logIn(t, addr)
		c.upload(t, "STOR a.txt", "hello")
		if err := c.closeData(); err != nil {
			t.Fatal(err)
		}
		c.want(t, reply)
	}
}

func TestAnnouncedSizeReachesStorage(t *testing.T) {
	sizes := make(chan int64, 1)
	files := faulty{Backend: memstore.New()}
	files.put = func(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
		sizes <- opt.Size
		return files.Backend.Put(ctx, name, body, opt)
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	for _, step := range []struct {
		before string
		want   int64
	}{
		{"ALLO 5", 5},
		{"NOOP", 0}, // the upload before has used it up
	} {
		c.ask(t, step.before, "200 *")
		c.upload(t, "STOR a.txt", "hello")
		c.closeData()
		c.want(t, "226 *")
		if got := <-sizes; got != step.want {
			t.Errorf("after %s the storage is told %d bytes, want %d", step.before, got, step.want)
		}
	}
	c.ask(t, "TYPE A", "200 *", "ALLO 6", "200 *")
	c.upload(t, "STOR a.txt", "four\r\n")
	c.closeData()
	c.want(t, "226 *")
	if got := <-sizes; got != 0 {
		t.Errorf("in TYPE A, where the size changes, the storage is told %d bytes, want 0", got)
	}
}

func TestPanicInTransfer(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.put = func(context.Context, storage.Path, io.Reader, storage.PutOptions) (storage.Receipt, error) {
		panic("put")
	}
	files.open = func(context.Context, storage.Path, int64) (io.ReadCloser, error) {
		return io.NopCloser(readFunc(func([]byte) (int, error) { panic("read") })), nil
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	for _, command := range []string{"STOR a.txt", "RETR a.txt"} {
		c.begin(t, command)
		c.want(t, "451 Storage error.")
		c.broken(t)
		c.ask(t, "NOOP", "200 *")
	}
}

func TestUploadPace(t *testing.T) {
	store := memstore.New()
	users := testUsers{files: store, limits: AccountLimits{BytesPerSecond: 1 << 30}}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: users})
	c := logIn(t, addr)
	for i := range 3 {
		name := fmt.Sprintf("/%d", i)
		c.upload(t, "STOR "+name, string(generated(200000)))
		c.closeData()
		c.want(t, "226 *")
		if got, err := stored(t.Context(), store, storage.Path(name)); len(got) != 200000 {
			t.Errorf("%d bytes stored (%v), want 200000", len(got), err)
		}
	}
}
