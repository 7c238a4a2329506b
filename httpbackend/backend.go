package httpbackend

import (
	"context"
	"slices"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Stat implements storage.Backend. For a few seconds after a listing it answers from it.
func (b *Backend) Stat(ctx context.Context, name storage.Path) (storage.Entry, error) {
	if e, ok := b.cache.lookup(name); ok {
		return e, nil
	}
	return b.stat(ctx, storage.OpStat, name)
}

// stat asks the upstream, on behalf of op.
func (b *Backend) stat(ctx context.Context, op storage.Op, name storage.Path) (storage.Entry, error) {
	x, err := b.resolve(storage.OpStat, mapping.Stat, name)
	if err != nil {
		return storage.Entry{}, err
	}
	resp, err := b.do(ctx, x)
	if err != nil {
		return storage.Entry{}, x.as(op, err)
	}
	defer discard(resp)
	e, err := b.readEntry(x, resp)
	if err != nil {
		return storage.Entry{}, x.as(op, b.bodyError(ctx, x, err))
	}
	return e, nil
}

// Rename implements storage.Backend.
func (b *Backend) Rename(ctx context.Context, from, to storage.Path) error {
	return b.change(ctx, storage.OpRename, mapping.Rename, from, func(sc mapping.Scope) {
		sc["from"], sc["to"] = pathScope(from), pathScope(to)
	})
}

// Delete implements storage.Backend.
func (b *Backend) Delete(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpDelete, mapping.Delete, name, nil)
}

// MakeDir implements storage.Backend.
func (b *Backend) MakeDir(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpMakeDir, mapping.MakeDir, name, nil)
}

// RemoveDir implements storage.Backend.
func (b *Backend) RemoveDir(ctx context.Context, name storage.Path) error {
	return b.change(ctx, storage.OpRemoveDir, mapping.RemoveDir, name, nil)
}

// setModTime is the ability of that name.
func (b *Backend) setModTime(ctx context.Context, name storage.Path, t time.Time) error {
	return b.change(ctx, storage.OpSetModTime, mapping.SetTime, name, func(sc mapping.Scope) {
		ftp := pathScope(name)
		ftp["mtime"] = t
		sc["ftp"] = ftp
	})
}

// change makes a call that alters something and answers nothing of interest.
func (b *Backend) change(ctx context.Context, op storage.Op, verb mapping.Verb, name storage.Path, extend func(mapping.Scope)) error {
	x, err := b.resolve(op, verb, name)
	if err != nil {
		return err
	}
	if extend != nil {
		extend(x.scope)
	}
	defer b.cache.forget()
	resp, err := b.do(ctx, x)
	if err != nil {
		return err
	}
	discard(resp)
	return nil
}

// Abilities implements storage.Abler: what the mapping has calls for.
func (b *Backend) Abilities() storage.Abilities {
	a := storage.Abilities{Permitted: b.permitted}
	for _, r := range b.up.opt.Mapping.Routes {
		if r.Calls[mapping.SetTime] != nil {
			a.SetModTime = b.setModTime
		}
		if r.Calls[mapping.Space] != nil {
			a.Space = b.space
		}
		if c := r.Calls[mapping.Hash]; c != nil {
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

// permitted tells which actions have a call at name.
func (b *Backend) permitted(name storage.Path) storage.Actions {
	var a storage.Actions
	for _, r := range b.up.actions {
		if !a.Has(r.actions) && r.template.Matches(string(name)) {
			a |= r.actions
		}
	}
	return a
}

// routeActions is what can be done at the paths of a route.
type routeActions struct {
	template *mapping.Template
	actions  storage.Actions
}

func actionsOf(r *mapping.Route) storage.Actions {
	var a storage.Actions
	for verb := range r.Calls {
		switch verb {
		case mapping.List:
			a |= storage.ListDir
		case mapping.Read:
			a |= storage.Read
		case mapping.Write:
			a |= storage.Write | storage.Overwrite
		case mapping.Create:
			a |= storage.Write
		case mapping.Append:
			a |= storage.AppendTo
		case mapping.Delete:
			a |= storage.DeleteFile
		case mapping.MakeDir:
			a |= storage.Mkdir
		case mapping.RemoveDir:
			a |= storage.Rmdir
		case mapping.Rename:
			a |= storage.Move
		case mapping.SetTime:
			a |= storage.SetTime
		}
	}
	return a
}
