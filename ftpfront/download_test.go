package ftpfront

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"iter"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// TestDownloadThatBreaksOff holds that a client cannot take a part for the
// whole: its data connection is broken off, and the reply says so.
func TestDownloadThatBreaksOff(t *testing.T) {
	for reply, broken := range map[string]error{
		"426 Transfer broken off.": errors.New("connection to the storage lost"),
		"451 Storage unavailable.": storage.Fail(storage.Unavailable, storage.OpRead, "/a.txt"),
	} {
		files := faulty{Backend: memstore.New()}
		files.open = func(context.Context, storage.Path, int64) (io.ReadCloser, error) {
			part := bytes.NewReader(generated(100000))
			return io.NopCloser(io.MultiReader(part, iotest.ErrReader(broken))), nil
		}
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}, TLS: serverTLS()})
		for _, c := range []*testClient{logIn(t, addr), logInTLS(t, addr, tls.VersionTLS12), logInTLS(t, addr, tls.VersionTLS13)} {
			c.begin(t, "RETR a.txt")
			if c.protect {
				if err := c.data.(*tls.Conn).Handshake(); err != nil {
					t.Fatal(err)
				}
			}
			c.broken(t)
			c.want(t, reply)
			c.ask(t, "NOOP", "200 *")
		}
	}
}

// TestListingThatBreaksOff is the same for a listing.
func TestListingThatBreaksOff(t *testing.T) {
	for _, verb := range []string{"LIST", "NLST", "MLSD"} {
		files := ownListing{memstore.New(), func(yield func(storage.Entry, error) bool) {
			for range 5000 {
				if !yield(storage.Entry{Name: "a.txt"}, nil) {
					return
				}
			}
			yield(storage.Entry{}, storage.Fail(storage.Unavailable, storage.OpList, "/"))
		}}
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
		c := logIn(t, addr)
		c.begin(t, verb)
		c.broken(t)
		c.want(t, "451 Storage unavailable.")
	}
}

// ownListing is a storage with a listing of its own.
type ownListing struct {
	storage.Backend
	entries iter.Seq2[storage.Entry, error]
}

func (l ownListing) List(context.Context, storage.Path) iter.Seq2[storage.Entry, error] {
	return l.entries
}

// TestSlowListingArrivesInParts holds that entries do not wait for a slow
// storage to come to its end.
func TestSlowListingArrivesInParts(t *testing.T) {
	seen := make(chan struct{})
	files := ownListing{memstore.New(), func(yield func(storage.Entry, error) bool) {
		if yield(storage.Entry{Name: "first"}, nil) {
			<-seen
			yield(storage.Entry{Name: "second"}, nil)
		}
	}}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.begin(t, "NLST")
	for _, want := range []string{"first\r\n", "second\r\n"} {
		if got, err := c.dataReader.ReadString('\n'); got != want {
			t.Errorf("the listing gives %q (%v), want %q", got, err, want)
		}
		if want == "first\r\n" {
			close(seen)
		}
	}
	c.want(t, "226 *")
}

// TestListingLeftByTheClient holds that the storage is not asked for more than
// the client takes.
func TestListingLeftByTheClient(t *testing.T) {
	left := make(chan struct{})
	files := ownListing{memstore.New(), func(yield func(storage.Entry, error) bool) {
		defer close(left)
		for yield(storage.Entry{Name: "again"}, nil) {
		}
	}}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.begin(t, "NLST")
	if _, err := c.dataReader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	c.resetData()
	c.want(t, "426 *")
	<-left
}

func TestDownloadLeftByTheClient(t *testing.T) {
	store := memstore.New()
	if err := (testFile{name: "/a.bin", content: generated(20 << 20)}).put(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	files := faulty{Backend: store}
	files.open = func(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
		r, err := store.Open(ctx, name, offset)
		return closer{r, closed}, err
	}
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	c.begin(t, "RETR a.bin")
	if _, err := io.ReadFull(c.dataReader, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	c.resetData()
	c.want(t, "426 Data connection lost.")
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("the storage's content stays open")
	}
}

// closer tells when a content is closed.
type closer struct {
	io.Reader
	closed chan struct{}
}

func (c closer) Close() error {
	close(c.closed)
	return nil
}

// TestDownloadStalls holds that a client that takes nothing is not waited for.
func TestDownloadStalls(t *testing.T) {
	endless := func(context.Context, storage.Path, int64) (io.ReadCloser, error) {
		return io.NopCloser(readFunc(func(p []byte) (int, error) { return len(p), nil })), nil
	}
	files := faulty{Backend: memstore.New(), open: endless}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: files}, Limits: Limits{Stall: 40 * time.Millisecond},
	})
	c := logIn(t, addr)
	c.begin(t, "RETR a.txt")
	c.want(t, "426 Transfer stalled, aborted.")
	c.broken(t)
}

// TestDownloadFromSilentStorage holds that a storage which does not agree in
// time is no fault of the client.
func TestDownloadFromSilentStorage(t *testing.T) {
	silent := func(ctx context.Context, _ storage.Path, _ int64) (io.ReadCloser, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	files := faulty{Backend: memstore.New(), open: silent}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: files}, Limits: Limits{Stall: 20 * time.Millisecond},
	})
	c := logIn(t, addr)
	c.ask(t, "EPSV", "229 *", "RETR a.txt", "451 Storage did not answer in time.", "NOOP", "200 *")
}
