// Package memstore is a storage.Backend that keeps everything in memory: for
// tests, examples and first steps. Unlike other backends it holds whole files.
package memstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Store is a tree of files in memory. Make it with New; it is safe for
// concurrent use.
type Store struct {
	mu      sync.Mutex
	nodes   map[storage.Path]node
	version int
}

// node is a file or directory. Content is never changed in place.
type node struct {
	dir     bool
	content []byte
	modTime time.Time
	version int
}

var (
	_ storage.Backend = (*Store)(nil)
	_ storage.Abler   = (*Store)(nil)
)

// New returns an empty store.
func New() *Store {
	return &Store{nodes: map[storage.Path]node{storage.Root: {dir: true, modTime: time.Now()}}}
}

// Abilities implements storage.Abler.
func (s *Store) Abilities() storage.Abilities {
	return storage.Abilities{
		SetModTime: s.setModTime,
		Digest:     s.digest,
		Digests:    []storage.Algorithm{storage.SHA256},
	}
}

// Stat implements storage.Backend.
func (s *Store) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpStat, name)
	if err != nil {
		return storage.Entry{}, err
	}
	return n.entry(name), nil
}

// List implements storage.Backend. It yields a snapshot.
func (s *Store) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		entries, err := s.children(ctx, name)
		if err != nil {
			yield(storage.Entry{}, err)
			return
		}
		for _, e := range entries {
			if ctx.Err() != nil {
				yield(storage.Entry{}, ctx.Err())
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (s *Store) children(ctx context.Context, name storage.Path) ([]storage.Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpList, name)
	if err != nil {
		return nil, err
	}
	if !n.dir {
		return nil, storage.Fail(storage.NotDir, storage.OpList, name)
	}
	var entries []storage.Entry
	for p, n := range s.nodes {
		if p != storage.Root && p.Dir() == name {
			entries = append(entries, n.entry(p))
		}
	}
	return entries, nil
}

// Open implements storage.Backend.
func (s *Store) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpRead, name)
	switch {
	case err != nil:
		return nil, err
	case n.dir:
		return nil, storage.Fail(storage.IsDir, storage.OpRead, name)
	case offset > int64(len(n.content)):
		return nil, storage.Fail(storage.BadRestart, storage.OpRead, name)
	}
	return io.NopCloser(bytes.NewReader(n.content[offset:])), nil
}

// Put implements storage.Backend. The file appears once body has ended.
func (s *Store) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	old, err := s.startPut(ctx, name, opt)
	if err != nil {
		return storage.Receipt{}, err
	}
	var b bytes.Buffer
	b.Write(old)
	if _, err := b.ReadFrom(body); err != nil {
		return storage.Receipt{}, &storage.Error{Kind: storage.CutShort, Op: storage.OpWrite, Path: name, Err: err}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.canPut(ctx, name, opt.Mode); err != nil { // it may have changed meanwhile
		return storage.Receipt{}, err
	}
	s.set(name, node{content: b.Bytes(), modTime: time.Now()})
	return storage.Receipt{}, nil
}

// startPut checks an upload and returns the content that it goes on from.
func (s *Store) startPut(ctx context.Context, name storage.Path, opt storage.PutOptions) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.canPut(ctx, name, opt.Mode); err != nil {
		return nil, err
	}
	content := s.nodes[name].content
	switch opt.Mode {
	case storage.Append:
		return content, nil
	case storage.Resume:
		if opt.Offset > int64(len(content)) {
			return nil, storage.Fail(storage.BadRestart, storage.OpWrite, name)
		}
		return content[:opt.Offset], nil
	}
	return nil, nil
}

func (s *Store) canPut(ctx context.Context, name storage.Path, mode storage.PutMode) error {
	if err := s.parent(ctx, storage.OpWrite, name); err != nil {
		return err
	}
	n, found := s.nodes[name]
	switch {
	case found && n.dir:
		return storage.Fail(storage.IsDir, storage.OpWrite, name)
	case found && mode == storage.Create:
		return storage.Fail(storage.Exists, storage.OpWrite, name)
	}
	return nil
}

// Rename implements storage.Backend. A file at the new name is replaced, a
// directory is not.
func (s *Store) Rename(ctx context.Context, from, to storage.Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved, err := s.find(ctx, storage.OpRename, from)
	if err != nil {
		return err
	}
	if err := s.parent(ctx, storage.OpRename, to); err != nil {
		return err
	}
	if from == to {
		return nil
	}
	if from == storage.Root || to.Under(from) {
		return storage.Fail(storage.InvalidName, storage.OpRename, to)
	}
	if n, found := s.nodes[to]; found && (n.dir || moved.dir) {
		return storage.Fail(storage.Exists, storage.OpRename, to)
	}
	for p, n := range s.nodes {
		if p.Under(from) {
			delete(s.nodes, p)
			s.nodes[to+storage.Path(strings.TrimPrefix(string(p), string(from)))] = n
		}
	}
	return nil
}

// Delete implements storage.Backend.
func (s *Store) Delete(ctx context.Context, name storage.Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpDelete, name)
	if err != nil {
		return err
	}
	if n.dir {
		return storage.Fail(storage.IsDir, storage.OpDelete, name)
	}
	delete(s.nodes, name)
	return nil
}

// MakeDir implements storage.Backend.
func (s *Store) MakeDir(ctx context.Context, name storage.Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, found := s.nodes[name]; found {
		return storage.Fail(storage.Exists, storage.OpMakeDir, name)
	}
	if err := s.parent(ctx, storage.OpMakeDir, name); err != nil {
		return err
	}
	s.set(name, node{dir: true, modTime: time.Now()})
	return nil
}

// RemoveDir implements storage.Backend.
func (s *Store) RemoveDir(ctx context.Context, name storage.Path) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpRemoveDir, name)
	if err != nil {
		return err
	}
	if !n.dir {
		return storage.Fail(storage.NotDir, storage.OpRemoveDir, name)
	}
	for p := range s.nodes {
		if p != name && p.Under(name) {
			return storage.Fail(storage.NotEmpty, storage.OpRemoveDir, name)
		}
	}
	delete(s.nodes, name)
	return nil
}

func (s *Store) setModTime(ctx context.Context, name storage.Path, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(ctx, storage.OpSetModTime, name)
	if err != nil {
		return err
	}
	n.modTime = t
	s.nodes[name] = n
	return nil
}

// digest knows the SHA-256 of whole files, as an object storage might.
func (s *Store) digest(ctx context.Context, name storage.Path, algorithm storage.Algorithm, part storage.Range) ([]byte, error) {
	s.mu.Lock()
	n, err := s.find(ctx, storage.OpDigest, name)
	s.mu.Unlock()
	switch {
	case err != nil:
		return nil, err
	case n.dir:
		return nil, storage.Fail(storage.IsDir, storage.OpDigest, name)
	case algorithm != storage.SHA256 || part != storage.Whole:
		return nil, storage.Fail(storage.Unsupported, storage.OpDigest, name)
	}
	sum := sha256.Sum256(n.content)
	return sum[:], nil
}

// find returns the node at name; mu is held.
func (s *Store) find(ctx context.Context, op storage.Op, name storage.Path) (node, error) {
	if err := ctx.Err(); err != nil {
		return node{}, err
	}
	n, found := s.nodes[name]
	if !found {
		return node{}, storage.Fail(storage.NotFound, op, name)
	}
	return n, nil
}

// parent checks that name can be made in its directory; mu is held.
func (s *Store) parent(ctx context.Context, op storage.Op, name storage.Path) error {
	n, err := s.find(ctx, op, name.Dir())
	if err != nil {
		return err
	}
	if !n.dir {
		return storage.Fail(storage.NotDir, op, name)
	}
	return nil
}

// set stores n as a new version; mu is held.
func (s *Store) set(name storage.Path, n node) {
	s.version++
	n.version = s.version
	s.nodes[name] = n
}

func (n node) entry(name storage.Path) storage.Entry {
	e := storage.Entry{Name: name.Base(), Size: int64(len(n.content)), ModTime: n.modTime, ETag: fmt.Sprintf(`"%d"`, n.version)}
	if n.dir {
		e.Type, e.Size, e.ETag = storage.Dir, storage.UnknownSize, ""
	}
	return e
}
