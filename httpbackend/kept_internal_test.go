package httpbackend

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no device that is always full: %v", err)
	}
	k := &kept{file: full}
	err = k.add(t.Context(), []byte("x"))
	x := &exchange{target: &target{op: storage.OpWrite, name: "/f"}, upload: &upload{kept: k}}
	if kind := storage.KindOf(x.collectError(t.Context(), err)); err == nil || kind != storage.NoSpace {
		t.Errorf("%v is %v", err, kind)
	}
	k.drop()
}

// A spool file that could not lose its name loses it in the end.
func TestSpoolWithAName(t *testing.T) {
	k, err := newSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	name := k.file.Name()
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k.name = name
	if err := k.add(t.Context(), []byte("content")); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(k.reader()); !bytes.Equal(got, []byte("content")) || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	k.drop()
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
	if _, err := io.ReadAll(k.reader()); err == nil {
		t.Error("dropped content can be read as if it were whole")
	}
}
