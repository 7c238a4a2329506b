//go:build unix

package ftpfront

import (
	"syscall"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// sendUrgent sends text as TCP urgent data: its last byte is the urgent one.
func (c *testClient) sendUrgent(t *testing.T, text string) {
	t.Helper()
	raw, err := c.raw.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = syscall.Sendto(int(fd), []byte(text), syscall.MSG_OOB, nil)
		return sent != syscall.EAGAIN
	})
	if err != nil || sent != nil {
		t.Fatal(err, sent)
	}
}

// TestUrgentAbort holds that ABOR is heard from clients that send it, or the
// Synch before it, as urgent data: Python's ftplib sends the whole line so.
func TestUrgentAbort(t *testing.T) {
	store := memstore.New()
	_, addr := serve(t, "127.0.0.1", false, Options{Authenticator: testUsers{files: store}})
	for how, abort := range map[string]func(*testClient){
		"the whole line": func(c *testClient) { c.sendUrgent(t, "ABOR\r\n") },
		"the Synch":      func(c *testClient) { c.sendUrgent(t, "\xff\xf4\xff\xf2"); c.send("ABOR\r\n") },
		"up to its IAC":  func(c *testClient) { c.sendUrgent(t, "\xff\xf4\xff"); c.send("\xf2ABOR\r\n") },
	} {
		c := logIn(t, addr)
		c.upload(t, "STOR a.txt", "hello")
		abort(c)
		if got, err := c.reply(); err != nil || !matches("426 *", got) {
			t.Errorf("%s as urgent data: %q (%v), want 426", how, got, err)
			continue
		}
		c.want(t, "226 *")
		c.ask(t, "NOOP", "200 OK.")
		nothingStored(t, store)
	}
}
