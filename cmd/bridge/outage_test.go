package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesPassBothWays(t *testing.T) {
	w := newWorld(t, nil)
	c := w.session()
	content := strings.Repeat("0123456789abcdef", 1<<16)
	if err := c.Stor("up.bin", strings.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	stored, err := os.ReadFile(filepath.Join(w.dir, "up.bin"))
	if err != nil || string(stored) != content {
		t.Fatalf("stored %d bytes (%v), want %d", len(stored), err, len(content))
	}
	r, err := c.RetrFrom("up.bin", 100)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil || string(got) != content[100:] {
		t.Fatalf("retrieved %d bytes (%v), want %d", len(got), err, len(content)-100)
	}
	entries, err := c.List("/")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]uint64{}
	for _, e := range entries {
		names[e.Name] = e.Size
	}
	if names["up.bin"] != uint64(len(content)) {
		t.Errorf("listing: got %v, want up.bin with %d bytes", names, len(content))
	}
}

func TestWrongPasswordIs530(t *testing.T) {
	c := newWorld(t, nil).connect()
	if err := c.Login("ann", "wrong"); code(err) != 530 {
		t.Errorf("wrong password: got %v, want 530", err)
	}
	if err := c.Login("ann", "right"); err != nil {
		t.Errorf("right password after it: got %v", err)
	}
}

func TestLoginServiceDownIs421(t *testing.T) {
	w := newWorld(t, nil)
	w.login.down()
	if err := w.connect().Login("ann", "right"); code(err) != 421 {
		t.Errorf("login service down: got %v, want 421", err)
	}
	w.login.up()
	w.session()
}

func TestMissingFileIs550(t *testing.T) {
	c := newWorld(t, nil).session()
	if _, err := c.Retr("nothing.txt"); code(err) != 550 {
		t.Errorf("RETR: got %v, want 550", err)
	}
	if _, err := c.FileSize("nothing.txt"); code(err) != 550 {
		t.Errorf("SIZE: got %v, want 550", err)
	}
	if err := c.NoOp(); err != nil {
		t.Errorf("the session after it: %v", err)
	}
}

// The breaker opens after the failures, refuses without asking, and closes again
// once the storage is back; the session lives through all of it.
func TestStorageDownIs451AndBreakerRecovers(t *testing.T) {
	w := newWorld(t, map[string]string{"backend.breaker.failures": "3", "backend.breaker.open_for": "50ms"})
	c := w.session()
	w.storage.down()
	for range 5 {
		if _, err := c.FileSize("README.txt"); code(err) != 451 {
			t.Fatalf("storage down: got %v, want 451", err)
		}
	}
	if err := c.Stor("new.txt", strings.NewReader("x")); code(err) != 451 {
		t.Errorf("STOR: got %v, want 451", err)
	}
	if got := w.metric(`bridge_upstream_breaker_state{upstream="default"}`); got == "0" {
		t.Errorf("breaker state: got closed, want open or half-open")
	}
	w.storage.up()
	for { // the test's own time limit ends it
		_, err := c.FileSize("README.txt")
		if err == nil {
			break
		}
		if code(err) != 451 {
			t.Fatalf("while recovering: got %v, want 451 or success", err)
		}
	}
	if got := w.metric(`bridge_upstream_breaker_state{upstream="default"}`); got != "0" {
		t.Errorf("breaker state after recovery: got %s, want 0", got)
	}
}

// A storage service that is killed while it takes an upload keeps nothing of it.
func TestStorageKilledInUpload(t *testing.T) {
	w := newWorld(t, nil)
	c := w.session()
	r, feed := io.Pipe()
	go func() {
		chunk := make([]byte, 1<<20)
		for i := range 1000 {
			if i == 3 {
				w.storage.down()
			}
			if _, err := feed.Write(chunk); err != nil {
				return
			}
		}
		feed.Close()
	}()
	err := c.Stor("half.bin", r)
	r.Close()
	if got := code(err); got/100 != 4 {
		t.Errorf("reply: got %v, want 4yz", err)
	}
	if err := c.NoOp(); err != nil {
		t.Errorf("the session after it: %v", err)
	}
	w.storage.up()
	if _, err := c.FileSize("half.bin"); code(err) != 550 {
		t.Errorf("SIZE of the half file: got %v, want 550", err)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "half.bin")); !os.IsNotExist(err) {
		t.Errorf("the half file is there: %v", err)
	}
}
