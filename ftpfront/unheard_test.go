package ftpfront

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// TestUnheardReplyEndsTheTransfer holds that a client which reads no replies has
// lost its control connection, and with it what runs.
func TestUnheardReplyEndsTheTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		digest := func(ctx context.Context, _ storage.Path, _ storage.Algorithm, _ storage.Range) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		store := memstore.New()
		if err := (testFile{name: "/a.txt", content: []byte("a")}).put(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		files := able{store, storage.Abilities{Digest: digest, Digests: []storage.Algorithm{storage.SHA256}}}
		srv, client := inMemory(t, Options{Authenticator: testUsers{files: files}, Limits: Limits{Stall: -1}})
		hear(t, client, "220 *")
		for _, step := range [][2]string{{"USER ann", "331 *"}, {"PASS secret", "230 *"}, {"HASH a.txt", ""}, {"NOOP", ""}} {
			if _, err := client.Write([]byte(step[0] + "\r\n")); err != nil {
				t.Fatal(err)
			}
			if step[1] != "" {
				hear(t, client, step[1])
			}
		}
		time.Sleep(3 * replyWait) // of the replies to NOOP and HASH, and some
		srv.mu.Lock()
		defer srv.mu.Unlock()
		if len(srv.sessions) != 0 {
			t.Error("the session and its transfer go on though the client reads no replies")
		}
	})
}
