package files

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
)

// stagingDir holds uploads until they are whole. It lies inside the directory,
// so that a rename out of it is atomic; path.go and list.go keep it from view.
const stagingDir = ".bridge-staging"

// staged is an upload on its way in: a file without a visible name. It belongs
// to one request, which ends it with discard.
type staged struct {
	tree *tree
	file *os.File
	path string
}

// clearStaging makes an empty staging folder: what a killed service has left
// there belongs to nobody.
func (t *tree) clearStaging() error {
	if err := t.root.RemoveAll(stagingDir); err != nil {
		return err
	}
	return t.root.Mkdir(stagingDir, 0o700)
}

func (t *tree) stage() (*staged, error) {
	p := stagingDir + "/" + rand.Text()
	f, err := t.root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fromStaging(err)
	}
	return &staged{tree: t, file: f, path: p}, nil
}

// commit gives the upload the name p, in place of a file that has it, and makes
// it durable. The check sees what is at p (nil for nothing) at the moment of the
// change, and its error keeps everything as it was.
func (s *staged) commit(p string, check func(old fs.FileInfo) error) (created bool, fi fs.FileInfo, err error) {
	// The content first: after a crash no name may point at content that was lost.
	if err := s.file.Sync(); err != nil {
		return false, nil, fromStaging(err)
	}
	if fi, err = s.file.Stat(); err != nil {
		return false, nil, fromStaging(err)
	}
	err = s.tree.change(func() error {
		created, err = s.publish(p, check)
		return err
	}, p)
	return created, fi, err
}

func (s *staged) publish(p string, check func(old fs.FileInfo) error) (created bool, err error) {
	old, err := s.tree.lookup(p)
	if err != nil {
		return false, err
	}
	if old != nil && old.IsDir() {
		return false, isDirectory(p)
	}
	if err := check(old); err != nil {
		return false, err
	}
	if err := s.tree.root.Rename(s.path, p); err != nil {
		return false, fromDisk(err, p)
	}
	s.path = ""
	return old == nil, nil
}

// discard closes the file and, unless it was committed, removes it.
func (s *staged) discard() error {
	err := s.file.Close()
	if s.path != "" {
		err = errors.Join(err, s.tree.root.Remove(s.path))
	}
	return err
}
