// Package folder is a storage.Backend over a folder of the local disk: an
// example of what a backend of one's own has to do. It is complete, and keeps
// the promise that matters most: an upload that was cut short leaves nothing.
package folder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"
	"syscall"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Store serves one folder. Symbolic links cannot lead out of it (os.Root).
type Store struct{ root *os.Root }

var _ storage.Backend = (*Store)(nil)

// Open opens the folder dir.
func Open(dir string) (*Store, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &Store{root: root}, nil
}

// Close ends the store.
func (s *Store) Close() error { return s.root.Close() }

// local is a path as os.Root takes it.
func local(name storage.Path) string {
	if name == storage.Root {
		return "."
	}
	return strings.TrimPrefix(string(name), "/")
}

// failed turns an error of the operating system into one of storage.
func failed(op storage.Op, name storage.Path, err error) error {
	kind := storage.Internal
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = storage.NotFound
	case errors.Is(err, syscall.ENOTEMPTY): // which fs.ErrExist holds as well
		kind = storage.NotEmpty
	case errors.Is(err, fs.ErrExist):
		kind = storage.Exists
	case errors.Is(err, syscall.ENOTDIR):
		kind = storage.NotDir
	case errors.Is(err, syscall.EISDIR):
		kind = storage.IsDir
	case errors.Is(err, fs.ErrPermission):
		kind = storage.Denied
	case errors.Is(err, syscall.ENOSPC):
		kind = storage.NoSpace
	}
	return &storage.Error{Kind: kind, Op: op, Path: name, Err: err}
}

func entry(info fs.FileInfo, name string) storage.Entry {
	e := storage.Entry{Name: name, Size: info.Size(), ModTime: info.ModTime()}
	if info.IsDir() {
		e.Type, e.Size = storage.Dir, storage.UnknownSize
	}
	return e
}

// Stat implements storage.Backend.
func (s *Store) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	if err := ctx.Err(); err != nil {
		return storage.Entry{}, err
	}
	info, err := s.root.Stat(local(name))
	if err != nil {
		return storage.Entry{}, failed(storage.OpStat, name, err)
	}
	return entry(info, name.Base()), nil
}

// listChunk is how many entries are read at a time.
const listChunk = 256

// List implements storage.Backend.
func (s *Store) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		dir, err := s.root.Open(local(name))
		if err != nil {
			yield(storage.Entry{}, failed(storage.OpList, name, err))
			return
		}
		defer dir.Close() // only read from
		for {
			if ctx.Err() != nil {
				yield(storage.Entry{}, ctx.Err())
				return
			}
			infos, err := dir.Readdir(listChunk)
			for _, info := range infos {
				if hidden(info.Name()) || !storage.ValidName(info.Name()) || !info.IsDir() && !info.Mode().IsRegular() {
					continue
				}
				if !yield(entry(info, info.Name()), nil) {
					return
				}
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(storage.Entry{}, failed(storage.OpList, name, err))
				return
			}
		}
	}
}

// Open implements storage.Backend.
func (s *Store) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := s.root.Open(local(name))
	if err != nil {
		return nil, failed(storage.OpRead, name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		err = failed(storage.OpRead, name, err)
	case info.IsDir():
		err = storage.Fail(storage.IsDir, storage.OpRead, name)
	case offset > info.Size():
		err = storage.Fail(storage.BadRestart, storage.OpRead, name)
	default:
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		f.Close() // the first error says more
		return nil, err
	}
	return f, nil
}

// Rename implements storage.Backend. A file at the new name is replaced.
func (s *Store) Rename(ctx context.Context, from, to storage.Path) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if from != to && to.Under(from) {
		return storage.Fail(storage.InvalidName, storage.OpRename, to)
	}
	if info, err := s.root.Stat(local(to)); err == nil && info.IsDir() && from != to {
		return storage.Fail(storage.Exists, storage.OpRename, to)
	}
	if err := s.root.Rename(local(from), local(to)); err != nil {
		return failed(storage.OpRename, from, err)
	}
	return nil
}

// Delete implements storage.Backend.
func (s *Store) Delete(ctx context.Context, name storage.Path) error {
	e, err := s.Stat(ctx, name)
	if err != nil {
		return err
	}
	if e.IsDir() {
		return storage.Fail(storage.IsDir, storage.OpDelete, name)
	}
	return s.remove(storage.OpDelete, name)
}

// MakeDir implements storage.Backend.
func (s *Store) MakeDir(ctx context.Context, name storage.Path) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.root.Mkdir(local(name), 0o777); err != nil {
		return failed(storage.OpMakeDir, name, err)
	}
	return nil
}

// RemoveDir implements storage.Backend.
func (s *Store) RemoveDir(ctx context.Context, name storage.Path) error {
	e, err := s.Stat(ctx, name)
	if err != nil {
		return err
	}
	if !e.IsDir() {
		return storage.Fail(storage.NotDir, storage.OpRemoveDir, name)
	}
	return s.remove(storage.OpRemoveDir, name)
}

func (s *Store) remove(op storage.Op, name storage.Path) error {
	if err := s.root.Remove(local(name)); err != nil {
		return failed(op, name, fmt.Errorf("remove: %w", err))
	}
	return nil
}
