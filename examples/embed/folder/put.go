package folder

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// hiddenPrefix begins the names of uploads that have not ended.
const hiddenPrefix = ".upload-"

func hidden(name string) bool { return strings.HasPrefix(name, hiddenPrefix) }

// Put implements storage.Backend. The content grows under a hidden name beside
// its place and is renamed into it once it has ended.
func (s *Store) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	var none storage.Receipt
	if err := s.mayPut(ctx, name, opt.Mode); err != nil {
		return none, err
	}
	part := local(name.Dir().Join(hiddenPrefix + rand.Text()))
	f, err := s.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return none, failed(storage.OpWrite, name, err)
	}
	err = s.fill(f, name, body, opt)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = s.place(part, name, opt.Mode)
	}
	if err == nil {
		return none, nil
	}
	s.root.Remove(part) // it is gone already after a rename
	if _, ok := errors.AsType[*storage.Error](err); ok {
		return none, err
	}
	return none, failed(storage.OpWrite, name, err)
}

func (s *Store) mayPut(ctx context.Context, name storage.Path, mode storage.PutMode) error {
	if hidden(name.Base()) {
		return storage.Fail(storage.InvalidName, storage.OpWrite, name)
	}
	e, err := s.Stat(ctx, name)
	switch {
	case err != nil && storage.KindOf(err) != storage.NotFound:
		return failed(storage.OpWrite, name, err)
	case err == nil && e.IsDir():
		return storage.Fail(storage.IsDir, storage.OpWrite, name)
	case err == nil && mode == storage.Create:
		return storage.Fail(storage.Exists, storage.OpWrite, name)
	}
	return nil
}

// fill writes what the new version of name begins with, then body.
func (s *Store) fill(f *os.File, name storage.Path, body io.Reader, opt storage.PutOptions) error {
	if err := s.copyOld(f, name, opt); err != nil {
		return err
	}
	if _, err := io.Copy(f, readOnly{body}); err != nil {
		return &storage.Error{Kind: storage.CutShort, Op: storage.OpWrite, Path: name, Err: err}
	}
	return f.Sync() // 226 says that the file is safe
}

// readOnly hides everything of a reader but Read.
type readOnly struct{ io.Reader }

// copyOld copies what an append or a resumed upload keeps.
func (s *Store) copyOld(f *os.File, name storage.Path, opt storage.PutOptions) error {
	if opt.Mode != storage.Append && opt.Mode != storage.Resume {
		return nil
	}
	old, err := s.root.Open(local(name))
	if errors.Is(err, fs.ErrNotExist) && (opt.Mode == storage.Append || opt.Offset == 0) {
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close() // only read from
	if opt.Mode == storage.Append {
		_, err = io.Copy(f, old)
		return err
	}
	if _, err = io.CopyN(f, old, opt.Offset); err == io.EOF {
		return storage.Fail(storage.BadRestart, storage.OpWrite, name)
	}
	return err
}

// place gives the finished content its name.
func (s *Store) place(part string, name storage.Path, mode storage.PutMode) error {
	if mode != storage.Create {
		return s.root.Rename(part, local(name))
	}
	// A link fails where something has come meanwhile; a rename would not.
	if err := s.root.Link(part, local(name)); err != nil {
		return err
	}
	return s.root.Remove(part)
}
