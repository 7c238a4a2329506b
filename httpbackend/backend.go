package httpbackend

import (
	"context"
	"slices"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Rename implements storage.Backend. Both names must be paths of one route. A name
// that stays as it is costs no call of the mapping: one that copies and then deletes
// would lose the file. Nor does a directory go into itself, which some servers try.
func (b *Backend) Rename(ctx context.Context, from, to storage.Path) error {
	if from == storage.Root || to == storage.Root {
		return storage.Fail(storage.Denied, storage.OpRename, from)
	}
	if from == to {
		_, err := b.stat(ctx, storage.OpRename, from)
		return err
	}
	if to.Under(from) {
		return storage.Fail(storage.InvalidName, storage.OpRename, to)
	}
	return b.change(ctx, storage.OpRename, mapping.Rename, from, func(t *target) error {
		vars, ok := t.route.Template.Match(string(to))
		if !ok {
			return storage.Fail(storage.InvalidName, t.op, to)
		}
		t.scope["from"], t.scope["to"] = t.scope["ftp"], pathScope(to, vars)
		return nil
	})
}

// Delete implements storage.Backend.
func (b *Backend) Delete(ctx context.Context, name storage.Path) error {
	if name == storage.Root { // the request for it might empty all of the storage
		return storage.Fail(storage.IsDir, storage.OpDelete, name)
	}
	return b.change(ctx, storage.OpDelete, mapping.Delete, name, nil)
}

// MakeDir implements storage.Backend.
func (b *Backend) MakeDir(ctx context.Context, name storage.Path) error {
	if name == storage.Root {
		return storage.Fail(storage.Exists, storage.OpMakeDir, name)
	}
	return b.change(ctx, storage.OpMakeDir, mapping.MakeDir, name, nil)
}

// RemoveDir implements storage.Backend.
func (b *Backend) RemoveDir(ctx context.Context, name storage.Path) error {
	if name == storage.Root {
		return storage.Fail(storage.Denied, storage.OpRemoveDir, name)
	}
	return b.change(ctx, storage.OpRemoveDir, mapping.RemoveDir, name, nil)
}

// setModTime is the ability of that name.
func (b *Backend) setModTime(ctx context.Context, name storage.Path, at time.Time) error {
	return b.change(ctx, storage.OpSetModTime, mapping.SetTime, name, func(t *target) error {
		t.tell("mtime", at)
		return nil
	})
}

// change makes the calls of a verb that alters something and answers nothing of interest.
func (b *Backend) change(ctx context.Context, op storage.Op, verb mapping.Verb, name storage.Path, extend func(*target) error) error {
	t, err := b.resolve(op, verb, name)
	if err != nil {
		return err
	}
	if extend != nil {
		if err := extend(t); err != nil {
			return err
		}
	}
	err = t.try(ctx, func(x *exchange) error {
		if err := b.matchSeen(ctx, x); err != nil {
			return err
		}
		_, err := b.run(ctx, x)
		return err
	})
	b.wrote(t, err)
	return err
}

// wrote drops what is remembered of the upstream's state, after a write. What the write
// itself has saved of a name that is there now is newer than that.
func (b *Backend) wrote(t *target, err error) {
	b.cache.forget()
	b.lookups.forget()
	if err == nil && t.saved != nil && t.op != storage.OpDelete && t.op != storage.OpRemoveDir && t.op != storage.OpRename {
		b.cache.keepSaved(b.cache.kept.version(), t.name, t.saved, t.keep)
	}
}

// Abilities implements storage.Abler: what the mapping has calls for.
func (b *Backend) Abilities() storage.Abilities {
	a := storage.Abilities{Permitted: b.up.tree.permitted}
	for _, r := range b.up.opt.Mapping.Routes {
		if len(r.Calls[mapping.SetTime]) > 0 {
			a.SetModTime = b.setModTime
		}
		if len(r.Calls[mapping.Space]) > 0 {
			a.Space = b.space
		}
		for _, c := range r.Calls[mapping.Hash] {
			a.Digest = b.digest
			for _, name := range c.Algorithms {
				if alg := storage.Algorithm(name); !slices.Contains(a.Digests, alg) {
					a.Digests = append(a.Digests, alg)
				}
			}
		}
	}
	return a
}
