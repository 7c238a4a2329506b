package restrict

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Options says to what a backend is narrowed. The zero value narrows nothing
// but that the root stays where it is.
type Options struct {
	// Root is put before every name; empty is the root of the inner backend.
	Root storage.Path
	// Rules say what is allowed where. Nil allows everything; an empty list
	// nothing.
	Rules []Rule
}

// New returns inner narrowed to opt. The error names what is wrong in opt. The
// abilities of inner survive.
func New(inner storage.Backend, opt Options) (storage.Backend, error) {
	if opt.Root == "" {
		opt.Root = storage.Root
	}
	if clean, err := storage.Clean(storage.Root, string(opt.Root)); err != nil || clean != opt.Root {
		return nil, errors.New("restrict Root: not an absolute clean path")
	}
	rs, err := compile(opt.Rules)
	if err != nil {
		return nil, fmt.Errorf("restrict Rules: %w", err)
	}
	return &backend{inner: inner, root: opt.Root, rules: rs}, nil
}

// backend is a narrowed storage.Backend. All its names are the account's own;
// place turns them into those of the inner backend, and foreign turns the
// errors back.
type backend struct {
	inner storage.Backend
	root  storage.Path
	rules rules
}

var (
	_ storage.Backend = (*backend)(nil)
	_ storage.Abler   = (*backend)(nil)
)

// place returns the inner name of name if all of need is allowed there.
func (b *backend) place(op storage.Op, name storage.Path, need storage.Actions) (storage.Path, error) {
	if !b.rules.at(name).allow.Has(need) {
		return "", storage.Fail(storage.Denied, op, name)
	}
	return b.within(op, name)
}

func (b *backend) within(op storage.Op, name storage.Path) (storage.Path, error) {
	inner := name.Within(b.root)
	if len(inner) > storage.MaxPath {
		return "", storage.Fail(storage.InvalidName, op, name)
	}
	return inner, nil
}

// Stat implements storage.Backend.
func (b *backend) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	at, err := b.within(storage.OpStat, name)
	if err != nil {
		return storage.Entry{}, err
	}
	v := b.rules.at(name)
	if name != storage.Root && !v.visible(storage.Dir) {
		return storage.Entry{}, storage.Fail(storage.Denied, storage.OpStat, name)
	}
	e, err := b.inner.Stat(ctx, at)
	if name == storage.Root {
		return b.rootEntry(e, v, err)
	}
	if err != nil {
		if !v.visible(storage.File) && storage.KindOf(err) == storage.NotFound {
			return storage.Entry{}, storage.Fail(storage.Denied, storage.OpStat, name)
		}
		return storage.Entry{}, b.foreign(err, name)
	}
	if !v.visible(e.Type) {
		return storage.Entry{}, storage.Fail(storage.Denied, storage.OpStat, name)
	}
	return narrow(e, v), nil
}

// rootEntry makes the outcome of a Stat of the inner root that of the account's
// root, which always exists: storages without directories may know the inner
// one only when something is in it.
func (b *backend) rootEntry(e storage.Entry, v verdict, err error) (storage.Entry, error) {
	if err != nil && storage.KindOf(err) == storage.NotFound {
		e, err = storage.Entry{Type: storage.Dir, Size: storage.UnknownSize}, nil
	}
	if err != nil {
		return storage.Entry{}, b.foreign(err, storage.Root)
	}
	e.Name = string(storage.Root)
	return narrow(e, v), nil
}

// narrow takes from e.Permitted what the rules forbid. Where nothing is left e
// says nothing: Abilities.Permitted then tells the truth.
func narrow(e storage.Entry, v verdict) storage.Entry {
	if e.Permitted == 0 {
		e.Permitted = storage.AllActions
	}
	e.Permitted &= v.allow
	return e
}

// List implements storage.Backend. Entries that may not be seen are left out.
func (b *backend) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		at, err := b.place(storage.OpList, name, storage.ListDir)
		if err != nil {
			yield(storage.Entry{}, err)
			return
		}
		judge := b.rules.in(name)
		for e, err := range b.inner.List(ctx, at) {
			if err != nil {
				yield(storage.Entry{}, b.foreign(err, name))
				return
			}
			v := judge(e.Name)
			if v.visible(e.Type) && !yield(narrow(e, v), nil) {
				return
			}
		}
	}
}

// Open implements storage.Backend.
func (b *backend) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	at, err := b.place(storage.OpRead, name, storage.Read)
	if err != nil {
		return nil, err
	}
	body, err := b.inner.Open(ctx, at, offset)
	if err != nil {
		return nil, b.foreign(err, name)
	}
	return body, nil
}

// Delete implements storage.Backend.
func (b *backend) Delete(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpDelete, name, storage.DeleteFile, b.inner.Delete)
}

// MakeDir implements storage.Backend.
func (b *backend) MakeDir(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpMakeDir, name, storage.Mkdir, b.inner.MakeDir)
}

// RemoveDir implements storage.Backend.
func (b *backend) RemoveDir(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpRemoveDir, name, storage.Rmdir, b.inner.RemoveDir)
}

// change does one thing to name, which is not the account's root.
func (b *backend) change(ctx context.Context, op storage.Op, name storage.Path, need storage.Actions,
	do func(context.Context, storage.Path) error,
) error {
	at, err := b.place(op, name, need)
	if err != nil {
		return err
	}
	if name == storage.Root {
		return rootStays(op)
	}
	return b.foreign(do(ctx, at), name)
}

// rootStays is the error of an operation on the account's root, told as if the
// root were a directory that someone else holds.
func rootStays(op storage.Op) error {
	kind := storage.Denied
	switch op {
	case storage.OpMakeDir:
		kind = storage.Exists
	case storage.OpDelete, storage.OpWrite:
		kind = storage.IsDir
	}
	return storage.Fail(kind, op, storage.Root)
}

// Abilities implements storage.Abler.
func (b *backend) Abilities() storage.Abilities {
	a := storage.AbilitiesOf(b.inner)
	if set := a.SetModTime; set != nil {
		a.SetModTime = func(ctx context.Context, name storage.Path, t time.Time) error {
			at, err := b.place(storage.OpSetModTime, name, storage.SetTime)
			if err != nil {
				return err
			}
			return b.foreign(set(ctx, at, t), name)
		}
	}
	if digest := a.Digest; digest != nil {
		a.Digest = func(ctx context.Context, name storage.Path, alg storage.Algorithm, part storage.Range) ([]byte, error) {
			at, err := b.place(storage.OpDigest, name, storage.Read)
			if err != nil {
				return nil, err
			}
			sum, err := digest(ctx, at, alg, part)
			return sum, b.foreign(err, name)
		}
	}
	if space := a.Space; space != nil {
		a.Space = func(ctx context.Context, name storage.Path) (storage.Space, error) {
			at, err := b.visibleDir(storage.OpSpace, name)
			if err != nil {
				return storage.Space{}, err
			}
			room, err := space(ctx, at)
			return room, b.foreign(err, name)
		}
	}
	permitted := a.Permitted
	if permitted == nil && b.rules == nil {
		return a
	}
	a.Permitted = func(name storage.Path) storage.Actions {
		allow := b.rules.at(name).allow
		if permitted != nil {
			allow &= permitted(name.Within(b.root))
		}
		return allow
	}
	return a
}

// visibleDir returns the inner name of a directory that may be seen.
func (b *backend) visibleDir(op storage.Op, name storage.Path) (storage.Path, error) {
	if name != storage.Root && !b.rules.at(name).visible(storage.Dir) {
		return "", storage.Fail(storage.Denied, op, name)
	}
	return b.within(op, name)
}
