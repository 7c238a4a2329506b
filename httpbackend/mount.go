package httpbackend

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// mount is a folder with an upstream of its own.
type mount struct {
	at storage.Path
	up *Upstream
}

// newMounts makes the upstreams of a mapping's mounts. Each has its own server,
// connections, breaker and limits.
func newMounts(opt Options) ([]mount, error) {
	var mounts []mount
	for _, m := range opt.Mapping.Mounts {
		o := opt
		o.Mapping, o.Server, o.mount = m.Mapping, opt.MountServers[m.At], m.At
		o.Logger = opt.Logger.With("mount", m.At) // its paths begin there
		up, err := New(o)
		if err != nil {
			for _, made := range mounts {
				made.up.Close()
			}
			return nil, fmt.Errorf("%s: mount %s: %w", m.Pos, m.At, err)
		}
		mounts = append(mounts, mount{storage.Path(m.At), up})
	}
	return mounts, nil
}

// sendsNothing reports whether a mapping has no calls of its own, so that it needs no server.
func sendsNothing(m *mapping.Mapping) bool {
	sends := false
	m.Each(func(c *mapping.Call) { sends = sends || c.Operation != nil })
	return !sends
}

// mounted is the backends of one caller: that of the mapping itself, and those of
// its mounts, each of which sees paths that begin at its folder.
type mounted struct {
	root   *Backend
	mounts []boundMount
}

type boundMount struct {
	at storage.Path
	*Backend
}

var (
	_ storage.Backend = (*mounted)(nil)
	_ storage.Abler   = (*mounted)(nil)
)

// find returns the backend that name belongs to, with name as that backend sees it.
func (m *mounted) find(name storage.Path) (boundMount, storage.Path) {
	for _, b := range m.mounts {
		if name == b.at {
			return b, storage.Root
		}
		if inner, ok := strings.CutPrefix(string(name), string(b.at)+"/"); ok {
			return b, storage.Path("/" + inner)
		}
	}
	return boundMount{storage.Root, m.root}, name
}

// below are the directories in dir that lead to mounts.
func (m *mounted) below(dir storage.Path) map[string]bool {
	names := map[string]bool{}
	for _, b := range m.mounts {
		if rest, ok := strings.CutPrefix(string(b.at), strings.TrimSuffix(string(dir), "/")+"/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			names[name] = true
		}
	}
	return names
}

// outer gives the path of an error back its folder.
func (b boundMount) outer(err error) error {
	if e, ok := err.(*storage.Error); ok && b.at != storage.Root {
		c := *e
		c.Path = e.Path.Within(b.at)
		return &c
	}
	return err
}

// Stat implements storage.Backend.
func (m *mounted) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	if len(m.below(name)) > 0 {
		return dirEntry(name.Base()), nil
	}
	b, inner := m.find(name)
	e, err := b.Stat(ctx, inner)
	if inner == storage.Root {
		e.Name = name.Base()
	}
	return e, b.outer(err)
}

func dirEntry(name string) storage.Entry {
	return storage.Entry{Name: name, Type: storage.Dir, Size: storage.UnknownSize}
}

// List implements storage.Backend.
func (m *mounted) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	b, inner := m.find(name)
	lead := m.below(name)
	return func(yield func(storage.Entry, error) bool) {
		for e, err := range b.List(ctx, inner) {
			switch {
			case err != nil && len(lead) > 0 && isAbsent(err):
				continue // there are the mounts all the same
			case err != nil:
				yield(storage.Entry{}, b.outer(err))
				return
			case lead[e.Name]:
				continue
			case !yield(e, nil):
				return
			}
		}
		for _, dir := range slices.Sorted(maps.Keys(lead)) {
			if !yield(dirEntry(dir), nil) {
				return
			}
		}
	}
}

// isAbsent reports whether an error says that the mapping itself has no such directory.
func isAbsent(err error) bool {
	kind := storage.KindOf(err)
	return kind == storage.Unsupported || kind == storage.NotFound
}

// Open implements storage.Backend.
func (m *mounted) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	if m.isFixed(name) {
		return nil, storage.Fail(storage.IsDir, storage.OpRead, name)
	}
	b, inner := m.find(name)
	r, err := b.Open(ctx, inner, offset)
	return r, b.outer(err)
}

// Put implements storage.Backend.
func (m *mounted) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	if m.isFixed(name) {
		return storage.Receipt{}, storage.Fail(storage.IsDir, storage.OpWrite, name)
	}
	b, inner := m.find(name)
	r, err := b.Put(ctx, inner, body, opt)
	return r, b.outer(err)
}

// Rename implements storage.Backend. What lies on two servers is not moved between them.
func (m *mounted) Rename(ctx context.Context, from, to storage.Path) error {
	b, inner := m.find(from)
	other, target := m.find(to)
	switch {
	case m.isFixed(from) || m.isFixed(to):
		return storage.Fail(storage.Denied, storage.OpRename, from)
	case b.Backend != other.Backend:
		return storage.Fail(storage.InvalidName, storage.OpRename, to)
	}
	return b.outer(b.Rename(ctx, inner, target))
}

// isFixed reports whether name is a mount, or on the way to one.
func (m *mounted) isFixed(name storage.Path) bool {
	b, inner := m.find(name)
	return b.at != storage.Root && inner == storage.Root || len(m.below(name)) > 0
}

// Delete implements storage.Backend.
func (m *mounted) Delete(ctx context.Context, name storage.Path) error {
	if m.isFixed(name) {
		return storage.Fail(storage.IsDir, storage.OpDelete, name)
	}
	b, inner := m.find(name)
	return b.outer(b.Delete(ctx, inner))
}

// MakeDir implements storage.Backend.
func (m *mounted) MakeDir(ctx context.Context, name storage.Path) error {
	if m.isFixed(name) {
		return storage.Fail(storage.Exists, storage.OpMakeDir, name)
	}
	b, inner := m.find(name)
	return b.outer(b.MakeDir(ctx, inner))
}

// RemoveDir implements storage.Backend.
func (m *mounted) RemoveDir(ctx context.Context, name storage.Path) error {
	if m.isFixed(name) {
		return storage.Fail(storage.Denied, storage.OpRemoveDir, name)
	}
	b, inner := m.find(name)
	return b.outer(b.RemoveDir(ctx, inner))
}

// Abilities implements storage.Abler: what any of the backends can do. Where one
// cannot, it says so when it is asked.
func (m *mounted) Abilities() storage.Abilities {
	a := storage.Abilities{Permitted: func(name storage.Path) storage.Actions {
		b, inner := m.find(name)
		actions := b.up.tree.permitted(inner)
		if len(m.below(name)) > 0 {
			actions |= storage.ListDir
		}
		if m.isFixed(name) {
			actions &^= storage.Move | storage.Rmdir
		}
		return actions
	}}
	for _, b := range append([]boundMount{{storage.Root, m.root}}, m.mounts...) {
		can := b.Abilities()
		if can.SetModTime != nil {
			a.SetModTime = m.setModTime
		}
		if can.Space != nil {
			a.Space = m.space
		}
		if can.Digest != nil {
			a.Digest = m.digest
		}
		for _, d := range can.Digests {
			if !slices.Contains(a.Digests, d) {
				a.Digests = append(a.Digests, d)
			}
		}
	}
	return a
}

func (m *mounted) setModTime(ctx context.Context, name storage.Path, at time.Time) error {
	b, inner := m.find(name)
	return b.outer(b.setModTime(ctx, inner, at))
}

func (m *mounted) space(ctx context.Context, name storage.Path) (storage.Space, error) {
	b, inner := m.find(name)
	room, err := b.space(ctx, inner)
	return room, b.outer(err)
}

func (m *mounted) digest(ctx context.Context, name storage.Path, a storage.Algorithm, part storage.Range) ([]byte, error) {
	b, inner := m.find(name)
	sum, err := b.digest(ctx, inner, a, part)
	return sum, b.outer(err)
}
