package files

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"sync"
)

// tree is the directory that is served. Paths are those of path.go.
type tree struct {
	root *os.Root
	// names is held while a name is looked at and then changed, so that what
	// was seen still holds. It is never held while a body is read.
	names sync.Mutex
	// buffers holds copy buffers, as *[]byte.
	buffers sync.Pool
}

func openTree(dir string) (*tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	t := &tree{root: root, buffers: sync.Pool{New: func() any {
		b := make([]byte, copyBuffer)
		return &b
	}}}
	if err := t.clearStaging(); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare staging folder: %w", err), root.Close())
	}
	return t, nil
}

// stat describes what is at p. Links are followed inside the directory; what is
// neither a file nor a directory (a device, a socket) does not exist.
func (t *tree) stat(p string) (fs.FileInfo, error) {
	fi, err := t.root.Stat(p)
	if err != nil {
		return nil, fromDisk(err, p)
	}
	if !fi.IsDir() && !fi.Mode().IsRegular() {
		return nil, notFound(p)
	}
	return fi, nil
}

// lookup is stat for a name that need not exist: nil means that it does not.
func (t *tree) lookup(p string) (fs.FileInfo, error) {
	fi, err := t.root.Stat(p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fromDisk(err, p)
	}
	return fi, nil
}

// openFile opens the file p for reading and describes what it opened.
func (t *tree) openFile(p string) (*os.File, fs.FileInfo, error) {
	// Looked at first, since opening a named pipe would wait for its writer.
	if _, err := t.stat(p); err != nil {
		return nil, nil, err
	}
	f, err := t.root.Open(p)
	if err != nil {
		return nil, nil, fromDisk(err, p)
	}
	fi, err := f.Stat()
	if err != nil {
		_ = f.Close() // only read from
		return nil, nil, fromDisk(err, p)
	}
	return f, fi, nil
}

// change runs do with the names held, so that what do sees still holds when it
// acts, and then makes the change of the given names durable.
func (t *tree) change(do func() error, names ...string) error {
	if err := t.hold(do); err != nil {
		return err
	}
	for _, p := range names {
		if err := t.persist(p); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) hold(do func() error) error {
	t.names.Lock()
	defer t.names.Unlock()
	return do()
}

// persist writes the directory of p, which holds its name, to the disk.
func (t *tree) persist(p string) error {
	d, err := t.root.Open(path.Dir(p))
	if err != nil {
		return fromDisk(err, p)
	}
	defer d.Close()
	return fromDisk(syncDir(d), p)
}
