package ftpfront

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// TestShutdownDrains holds that idle sessions are told goodbye while a running
// transfer goes on to its 226.
func TestShutdownDrains(t *testing.T) {
	store := memstore.New()
	srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}, TLS: serverTLS()})
	idle, idleTLS, busy := logIn(t, addr), logInTLS(t, addr, 0), logIn(t, addr)
	unknown := dial(t, addr)
	defer unknown.close()
	unknown.want(t, "220 *")
	busy.upload(t, "STOR a.txt", "hel")
	busy.ask(t, "NOOP", "200 *")

	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(t.Context()) }()
	for _, c := range []*testClient{idle, idleTLS, unknown} {
		c.want(t, "421 Service closing.")
		c.closed(t)
	}
	if conn, err := net.Dial("tcp", addr); err == nil {
		conn.Close() // it was not wanted
		t.Error("the server accepts connections after Shutdown")
	}
	select {
	case err := <-done:
		t.Fatalf("Shutdown returns %v while a transfer runs", err)
	default:
	}
	if _, err := busy.data.Write([]byte("lo")); err != nil {
		t.Fatal(err)
	}
	busy.closeData()
	busy.want(t, "226 *")
	busy.want(t, "421 Service closing.")
	busy.closed(t)
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if got, err := stored(t.Context(), store, "/a.txt"); string(got) != "hello" {
		t.Errorf("stored %q (%v), want hello", got, err)
	}
}

// TestAbortDuringShutdown holds that a client is heard while its transfer is let
// end: what it gives up must not pass for whole.
func TestAbortDuringShutdown(t *testing.T) {
	for name, giveUp := range map[string]func(*testing.T, *testClient){
		"ABOR": func(t *testing.T, c *testClient) {
			if err := c.send("ABOR\r\n"); err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"426 *", "226 *", "421 Service closing."} {
				c.want(t, want)
			}
		},
		"death": func(t *testing.T, c *testClient) {
			if err := c.send("NOOP\r\n"); err != nil {
				t.Fatal(err)
			}
			c.raw.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			store := memstore.New()
			o := Options{Authenticator: testUsers{files: store}}
			over := transfers(&o)
			srv, addr := serve(t, "127.0.0.1", false, o)
			c, idle := logIn(t, addr), logIn(t, addr)
			c.upload(t, "STOR a.txt", "hel")
			c.ask(t, "NOOP", "200 *")
			done := make(chan error, 1)
			go func() { done <- srv.Shutdown(t.Context()) }()
			idle.want(t, "421 Service closing.")
			srv.closing() // now every session has been told
			giveUp(t, c)
			if i := ended(t, over); i.Err == nil {
				t.Errorf("the transfer ends with %d", i.Code)
			}
			c.closeData()
			nothingStored(t, store)
			if err := <-done; err != nil {
				t.Errorf("Shutdown: %v", err)
			}
		})
	}
}

// TestShutdownLetsCommandsEnd holds that a command that waits for the storage
// gets its reply.
func TestShutdownLetsCommandsEnd(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	files := faulty{Backend: memstore.New()}
	files.stat = func(context.Context, storage.Path) (storage.Entry, error) {
		close(asked)
		<-answer
		return storage.Entry{Name: "a.txt", Size: 42}, nil
	}
	srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	c := logIn(t, addr)
	if err := c.send("SIZE a.txt\r\n"); err != nil {
		t.Fatal(err)
	}
	<-asked
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(t.Context()) }()
	close(answer)
	c.want(t, "213 42")
	c.want(t, "421 Service closing.")
	c.closed(t)
	if err := <-done; err != nil {
		t.Errorf("Shutdown: %v", err)
	}
}

func TestShutdownGivesUpWithItsContext(t *testing.T) {
	store := memstore.New()
	srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}})
	c := logIn(t, addr)
	c.upload(t, "STOR a.txt", "hello")
	c.ask(t, "NOOP", "200 *")
	ctx, end := context.WithCancel(t.Context())
	end()
	if err := srv.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Shutdown: %v, want the context's error", err)
	}
	srv.Close()
	c.want(t, "4*")
	nothingStored(t, store)
	if err := srv.Shutdown(t.Context()); err != nil {
		t.Errorf("a second Shutdown: %v", err)
	}
}

// TestCloseEndsEverything holds that Close cuts what runs, and leaves nothing
// half stored.
func TestCloseEndsEverything(t *testing.T) {
	store := memstore.New()
	files := faulty{Backend: store}
	files.stat = func(ctx context.Context, _ storage.Path) (storage.Entry, error) {
		<-ctx.Done()
		return storage.Entry{}, ctx.Err()
	}
	srv, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: files}})
	idle, asking, uploading, waiting := logIn(t, addr), logIn(t, addr), logIn(t, addr), logIn(t, addr)
	if err := asking.send("SIZE a.txt\r\n"); err != nil {
		t.Fatal(err)
	}
	uploading.upload(t, "STOR a.txt", "hello")
	waiting.ask(t, "EPSV", "229 *", "LIST", "150 *") // for a data connection
	if err := srv.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	idle.want(t, "421 *")
	idle.closed(t)
	nothingStored(t, store)
	if err := srv.Serve(listener(t)); !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve after Close: %v, want ErrServerClosed", err)
	}
}

func TestServeTLSNeedsTLS(t *testing.T) {
	srv, err := New(Options{Authenticator: testUsers{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.ServeTLS(listener(t)); err == nil {
		t.Error("ServeTLS serves without Options.TLS")
	}
}

// TestServeReportsABrokenListener holds that Serve does not spin on a listener
// that somebody else has closed.
func TestServeReportsABrokenListener(t *testing.T) {
	srv, err := New(Options{Authenticator: testUsers{}})
	if err != nil {
		t.Fatal(err)
	}
	ln := listener(t)
	ln.Close()
	if err := srv.Serve(ln); err == nil || errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve on a closed listener: %v, want what happened", err)
	}
}

// TestServeOutlivesPassingErrors holds that a failed accept does not end the
// server.
func TestServeOutlivesPassingErrors(t *testing.T) {
	srv, err := New(Options{Authenticator: testUsers{files: memstore.New()}})
	if err != nil {
		t.Fatal(err)
	}
	ln := &tired{Listener: listener(t)}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	logIn(t, ln.Addr().String())
	srv.Close()
	if err := <-done; !errors.Is(err, ErrServerClosed) {
		t.Errorf("Serve: %v, want ErrServerClosed", err)
	}
}

// tired is a listener whose first accepts fail.
type tired struct {
	net.Listener
	failed int // owned by the accepting goroutine
}

func (l *tired) Accept() (net.Conn, error) {
	if l.failed++; l.failed <= 2 {
		return nil, errors.New("too many open files")
	}
	return l.Listener.Accept()
}

// listener listens on loopback for the time of the test.
func listener(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln
}

// eventually waits for what another goroutine is about to do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for start := time.Now(); !ok(); time.Sleep(time.Millisecond) {
		if time.Since(start) > patience {
			t.Fatalf("%s does not happen", what)
		}
	}
}
