package ftpfront

import (
	"context"
	"crypto/tls"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// authFunc is an Authenticator made of a function.
type authFunc func(context.Context, Login) (*Account, error)

func (f authFunc) Authenticate(ctx context.Context, l Login) (*Account, error) { return f(ctx, l) }

func TestAuthenticatorIsToldOfTheClient(t *testing.T) {
	var logins []Login
	users := authFunc(func(_ context.Context, l Login) (*Account, error) {
		logins = append(logins, l)
		return nil, ErrLoginRefused
	})
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: users, TLS: serverTLS()})
	c := dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	c.ask(t, "CLNT tester 1.0", "200 *", "HOST FTP.other.example.", "220 *", "USER ann", "331 *", "PASS  one ", "530 *", "AUTH TLS", "234 *")
	if err := c.secure(); err != nil {
		t.Fatal(err)
	}
	c.ask(t, "USER bob", "331 *", "PASS two", "530 *")
	if len(logins) != 2 {
		t.Fatalf("%d logins asked for, want 2", len(logins))
	}
	first, second := logins[0], logins[1]
	if first.User != "ann" || first.Password != " one " || first.Attempt != 1 || first.Program != "tester 1.0" || first.TLS != nil {
		t.Errorf("the first login is %+v", first)
	}
	if client := c.raw.LocalAddr().String(); first.Client.String() != client || first.Local.String() != addr {
		t.Errorf("the login is of %v at %v, want %v at %v", first.Client, first.Local, client, addr)
	}
	if second.User != "bob" || second.Attempt != 2 || second.TLS == nil || second.TLS.Version != tls.VersionTLS13 {
		t.Errorf("the second login is %+v", second)
	}
	if first.Host != "ftp.other.example" || second.Host != "ftp.example" {
		t.Errorf("the virtual host is %q, then %q", first.Host, second.Host)
	}
	if first.Session == "" || second.Session != first.Session {
		t.Errorf("the session is %q, then %q", first.Session, second.Session)
	}
}

// TestUnavailableLoginIsNotCounted holds the difference between "no" and "could
// not ask".
func TestUnavailableLoginIsNotCounted(t *testing.T) {
	o := Options{Authenticator: testUsers{files: memstore.New()}}
	outcomes := make(chan LoginOutcome, 1)
	o.Events.LoginEnded = func(_ SessionInfo, i LoginInfo) { outcomes <- i.Outcome }
	_, addr := serve(t, "127.0.0.1", false, o)
	for user, want := range map[string]struct {
		reply   string
		outcome LoginOutcome
	}{
		"down":   {"421 Authentication service unavailable.", LoginUnavailable},
		"busy":   {"421 *", LoginThrottled},
		"nobody": {"530 *", LoginRefused},
		"acct":   {"332 *", LoginNeedAccount},
		"ann":    {"230 *", LoginAccepted},
	} {
		c := dial(t, addr)
		c.want(t, "220 *")
		c.ask(t, "USER "+user, "331 *", "PASS secret", want.reply)
		if got := <-outcomes; got != want.outcome {
			t.Errorf("the login of %s is %q, want %q", user, got, want.outcome)
		}
		c.close()
	}
}

func TestAuthenticatorWithoutAnAccount(t *testing.T) {
	for _, account := range []*Account{nil, {Name: "no storage"}} {
		users := authFunc(func(context.Context, Login) (*Account, error) { return account, nil })
		_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: users})
		c := dial(t, addr)
		c.want(t, "220 *")
		c.ask(t, "USER ann", "331 *", "PASS secret", "421 Authentication service unavailable.")
		c.close()
	}
}

// TestLostClientCancelsWhatItWaitsFor holds that nobody works for a client that
// has gone.
func TestLostClientCancelsWhatItWaitsFor(t *testing.T) {
	asked, cancelled := make(chan struct{}, 1), make(chan error, 1)
	wait := func(ctx context.Context) error {
		asked <- struct{}{}
		select {
		case <-ctx.Done():
			cancelled <- ctx.Err()
		case <-time.After(patience):
			cancelled <- nil
		}
		return ctx.Err()
	}
	files := faulty{Backend: memstore.New()}
	files.stat = func(ctx context.Context, _ storage.Path) (storage.Entry, error) {
		return storage.Entry{}, wait(ctx)
	}
	users := authFunc(func(ctx context.Context, l Login) (*Account, error) {
		if l.User == "slow" {
			return nil, wait(ctx)
		}
		return &Account{Name: "ann", Backend: files}, nil
	})
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: users, TLS: serverTLS()})
	for name, ask := range map[string]func() *testClient{
		"storage":          func() *testClient { c := logIn(t, addr); c.send("SIZE a.txt\r\n"); return c },
		"storage over TLS": func() *testClient { c := logInTLS(t, addr, 0); c.send("SIZE a.txt\r\n"); return c },
		"authenticator":    func() *testClient { c := dial(t, addr); c.send("USER slow\r\nPASS secret\r\n"); return c },
	} {
		c := ask()
		<-asked
		c.close()
		if err := <-cancelled; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the wait ends with %v, want it cancelled", name, err)
		}
	}
}

// TestPipelinedCommandsSurviveTheWatch holds that what is read ahead while a
// command waits for the storage is answered behind it.
func TestPipelinedCommandsSurviveTheWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := faulty{Backend: memstore.New()}
		files.stat = func(context.Context, storage.Path) (storage.Entry, error) {
			time.Sleep(2 * watchAfter) // the bubble's time: the watch has begun
			return storage.Entry{Name: "a.txt", Size: 42}, nil
		}
		_, client := inMemory(t, Options{Authenticator: testUsers{files: files}})
		hear(t, client, "220 *")
		for _, part := range []struct {
			commands string
			replies  []string
		}{
			{"USER ann\r\nPASS secret\r\nTYPE I\r\n", []string{"331 *", "230 *", "200 *"}},
			{"SIZE a.txt\r\nPWD\r\nSIZE a.txt\r\nNOOP\r\n", []string{"213 *", "257 *", "213 *", "200 *"}},
		} {
			if _, err := client.Write([]byte(part.commands)); err != nil {
				t.Fatal(err)
			}
			for _, reply := range part.replies {
				hear(t, client, reply)
			}
		}
	})
}

func TestPanicEndsOneSessionOnly(t *testing.T) {
	files := faulty{Backend: memstore.New()}
	files.stat = func(context.Context, storage.Path) (storage.Entry, error) { panic("stat") }
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: authFunc(
		func(_ context.Context, l Login) (*Account, error) {
			if l.User == "panic" {
				panic("authenticate")
			}
			return &Account{Name: "ann", Backend: files}, nil
		})})
	other, c := logIn(t, addr), logIn(t, addr)
	c.ask(t, "SIZE a.txt", "421 Internal error, closing.")
	c.closed(t)
	c = dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	c.ask(t, "USER panic", "331 *", "PASS secret", "421 Internal error, closing.")
	c.closed(t)
	other.ask(t, "NOOP", "200 *")
}
