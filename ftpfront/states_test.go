package ftpfront

import (
	"bytes"
	"io"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// endsLogin are the verbs after which nobody is logged in; transcripts hold what
// they do.
var endsLogin = map[string]bool{"USER": true, "REIN": true, "QUIT": true, "AUTH": true}

// everything is a server on which every verb does something.
func everything(t *testing.T) (files *memstore.Store, addr string) {
	t.Helper()
	files = memstore.New()
	_, addr = serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: withSpace(files, 1)}, ComputeDigests: true, Deflate: true,
	})
	return files, addr
}

// TestVerbsBetweenUserAndPass holds that a half login is none.
func TestVerbsBetweenUserAndPass(t *testing.T) {
	_, addr := everything(t)
	c := dial(t, addr)
	defer c.close()
	c.want(t, "220 *")
	c.ask(t, "USER ann", "331 *")
	for verb, row := range commandTable() {
		if row.login {
			c.ask(t, verb, "530 Log in first.", verb+" x", "530 Log in first.")
		}
	}
	c.ask(t, "PASS secret", "230 *")
}

// TestVerbsBehindRNFR holds that RNTO follows RNFR at once, whatever comes between
// them, but for what the table lets stand there.
func TestVerbsBehindRNFR(t *testing.T) {
	files, addr := everything(t)
	c := logIn(t, addr)
	for verb, row := range commandTable() {
		if endsLogin[verb] || verb == "RNTO" || verb == "RNFR" {
			continue
		}
		for _, command := range []string{verb, verb + " x"} {
			put(t, files, "/from", "abc")
			c.ask(t, "ABOR", "226 *", "RNFR /from", "350 *") // ABOR gives the last data connection up
			c.lines(t, command)
			want := "503 *"
			if row.keeps&keepsRename != 0 {
				want = "250 *"
			}
			c.ask(t, "RNTO /to", want)
		}
	}
}

// TestVerbsBehindREST holds the same for an offset and its transfer.
func TestVerbsBehindREST(t *testing.T) {
	files, addr := everything(t)
	put(t, files, "/a", "abc")
	c := logIn(t, addr)
	for verb, row := range commandTable() {
		if endsLogin[verb] || verb == "HASH" { // which uses it up
			continue
		}
		for _, command := range []string{verb, verb + " x"} {
			c.ask(t, "REST 1", "350 *")
			c.lines(t, command)
			c.begin(t, "RETR /a")
			got, err := io.ReadAll(c.dataReader)
			if err != nil {
				t.Fatal(err)
			}
			want := "abc"
			if row.keeps&keepsRestart != 0 {
				want = "bc"
			}
			if string(got) != want {
				t.Errorf("RETR behind REST 1 and %s gives %q, want %q", command, got, want)
			}
			if err := c.closeData(); err != nil {
				t.Fatal(err)
			}
			c.want(t, "226 *")
		}
	}
}

// TestVerbsDuringATransfer holds that every verb is answered once, at once or
// behind the transfer, as the table says.
func TestVerbsDuringATransfer(t *testing.T) {
	_, addr := everything(t)
	for verb, row := range commandTable() {
		if row.during == cancel {
			continue
		}
		c := logIn(t, addr)
		c.upload(t, "STOR x", "abc")
		if err := c.send(verb + " x\r\nNOOP\r\n"); err != nil {
			t.Fatal(err)
		}
		if row.during == now {
			c.answered(t)
		}
		c.want(t, "200 *") // of NOOP
		if err := c.closeData(); err != nil {
			t.Fatal(err)
		}
		c.want(t, "226 *")
		if row.during == hold && verb != "QUIT" {
			c.answered(t)
		}
		c.close()
	}
}

// answered reads one reply, whatever it is.
func (c *testClient) answered(t *testing.T) {
	t.Helper()
	for {
		line, err := c.reply()
		if err != nil {
			t.Fatal(err)
		}
		if line[0] != ' ' && line[3] == ' ' {
			return
		}
	}
}

func put(t *testing.T, files storage.Backend, name storage.Path, content string) {
	t.Helper()
	if _, err := files.Put(t.Context(), name, bytes.NewReader([]byte(content)), storage.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}
