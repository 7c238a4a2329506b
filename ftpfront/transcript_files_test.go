package ftpfront

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// testFile is a line of the files of a transcript.
type testFile struct {
	name    storage.Path
	dir     bool
	content []byte
}

// generated is content of a given size, in numbered lines of ten bytes.
func generated(size int) []byte {
	return bytes.Repeat(block(), size/len(block())+1)[:size]
}

// block is what generated content repeats.
var block = sync.OnceValue(func() []byte {
	var b []byte
	for i := range 10007 {
		b = fmt.Appendf(b, "%09d\n", i)
	}
	return b
})

func parseFile(line string) (testFile, error) {
	if name, text, ok := strings.Cut(line, ": "); ok {
		text, err := unquoted(text)
		return testFile{name: storage.Path(name), content: text}, err
	}
	if name, ok := strings.CutSuffix(line, "/"); ok {
		return testFile{name: storage.Path(name), dir: true}, nil
	}
	i := strings.LastIndexByte(line, ' ')
	if i < 0 {
		return testFile{}, errors.New("want a size, a text or a directory")
	}
	size, err := strconv.Atoi(line[i+1:])
	return testFile{name: storage.Path(line[:i]), content: generated(size)}, err
}

// unquoted is text, read as a Go string if it is quoted.
func unquoted(text string) ([]byte, error) {
	if !strings.HasPrefix(text, `"`) {
		return []byte(text), nil
	}
	s, err := strconv.Unquote(text)
	return []byte(s), err
}

func (f testFile) put(ctx context.Context, b storage.Backend) error {
	if f.dir {
		return b.MakeDir(ctx, f.name)
	}
	_, err := b.Put(ctx, f.name, bytes.NewReader(f.content), storage.PutOptions{})
	return err
}

// checkStored compares the storage with a line of what must be stored.
func checkStored(ctx context.Context, b storage.Backend, line string) error {
	if name, ok := strings.CutPrefix(line, "no "); ok {
		if _, err := b.Stat(ctx, storage.Path(name)); storage.KindOf(err) != storage.NotFound || err == nil {
			return fmt.Errorf("there is something: %v", err)
		}
		return nil
	}
	f, err := parseFile(line)
	if err != nil {
		return err
	}
	if f.dir {
		e, err := b.Stat(ctx, f.name)
		if err == nil && !e.IsDir() {
			err = errors.New("is a file")
		}
		return err
	}
	got, err := stored(ctx, b, f.name)
	if err == nil && !bytes.Equal(got, f.content) {
		err = fmt.Errorf("holds %d bytes %.60q, want %d", len(got), got, len(f.content))
	}
	return err
}

// stored returns the content of a file.
func stored(ctx context.Context, b storage.Backend, name storage.Path) ([]byte, error) {
	r, err := b.Open(ctx, name, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close() // read to its end
	return io.ReadAll(r)
}
