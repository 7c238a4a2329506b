package storagetest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// errBroken is the error of a body that was cut short.
var errBroken = errors.New("connection lost")

// pattern is content of size bytes in which no two blocks are alike, so that a
// part in the wrong place shows.
func pattern(size int, seed byte) []byte {
	b := make([]byte, size)
	x := uint32(seed) + 1
	for i := range b {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		b[i] = byte(x)
	}
	return b
}

// cutShort is a body that gives content and then fails.
func cutShort(content []byte) io.Reader {
	return io.MultiReader(bytes.NewReader(content), failing{errBroken})
}

// failing is a reader that gives nothing but its error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// put stores a file that the test needs.
func (k *kit) put(name storage.Path, content string) {
	k.Helper()
	k.write(name, content, storage.PutOptions{})
}

// write stores content under the given options.
func (k *kit) write(name storage.Path, content string, opt storage.PutOptions) {
	k.Helper()
	_, err := k.Put(k.ctx, name, strings.NewReader(content), opt)
	k.must(err)
}

// read returns the content of a file from offset on.
func (k *kit) read(name storage.Path, offset int64) []byte {
	k.Helper()
	r, err := k.Open(k.ctx, name, offset)
	k.must(err)
	defer r.Close() // read to its end below
	b, err := io.ReadAll(r)
	if err != nil {
		k.Fatalf("read %q from %d: %v", name, offset, err)
	}
	return b
}

// holds checks the content of a file, and that Stat tells its size or none.
func (k *kit) holds(name storage.Path, want string) {
	k.Helper()
	if got := k.read(name, 0); string(got) != want {
		k.Errorf("%q holds %s, want %s", name, excerpt(got), excerpt([]byte(want)))
	}
	e, err := k.Stat(k.ctx, name)
	k.must(err)
	if e.IsDir() || e.Size != int64(len(want)) && e.Size != storage.UnknownSize {
		k.Errorf("Stat(%q) = %+v, want a file of %d bytes", name, e, len(want))
	}
}

// absent checks that there is nothing at name.
func (k *kit) absent(name storage.Path) {
	k.Helper()
	_, err := k.Stat(k.ctx, name)
	k.refused(err, storage.NotFound)
	for _, e := range k.list(name.Dir()) {
		if e.Name == name.Base() {
			k.Errorf("%q is listed", name)
		}
	}
}

// list returns all entries of a directory.
func (k *kit) list(name storage.Path) []storage.Entry {
	k.Helper()
	var entries []storage.Entry
	for e, err := range k.List(k.ctx, name) {
		k.must(err)
		entries = append(entries, e)
	}
	return entries
}

// excerpt shows content in a failure message without flooding it.
func excerpt(b []byte) string {
	const most = 40
	return fmt.Sprintf("%d bytes %q", len(b), b[:min(len(b), most)])
}
