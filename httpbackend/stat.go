package httpbackend

import (
	"context"
	"fmt"
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

// stat finds out what is at name, on behalf of op: from the calls of its routes,
// the most specific first; else from what the routes themselves say; else from
// the listing of the directory above, unless each of its routes has been asked.
func (b *Backend) stat(ctx context.Context, op storage.Op, name storage.Path) (storage.Entry, error) {
	err := storage.Fail(storage.NotFound, op, name)
	asked := false
	for r := range b.up.opt.Mapping.All(string(name), mapping.Stat) {
		var e storage.Entry
		if e, err = b.statBy(ctx, b.target(op, mapping.Stat, name, r)); err == nil || storage.KindOf(err) != storage.NotFound {
			return e, err
		}
		asked = true
	}
	if e, ok := b.up.tree.entry(name); ok {
		return e, nil
	}
	if name == storage.Root || asked && !b.up.opt.Mapping.StatByList(string(name)) {
		return storage.Entry{}, err
	}
	return b.statByList(ctx, op, name)
}

// statBy asks the calls of one route.
func (b *Backend) statBy(ctx context.Context, t *target) (e storage.Entry, err error) {
	var keep time.Duration
	err = t.try(ctx, func(x *exchange) error {
		e, err = b.readStat(ctx, x)
		keep = x.call.Cache
		return err
	})
	if err != nil {
		return storage.Entry{}, err
	}
	e.Name = t.name.Base()
	b.cache.keepStat(t.since, t.name, e, keep)
	return e, nil
}

func (b *Backend) readStat(ctx context.Context, x *exchange) (storage.Entry, error) {
	switch {
	case x.call.FromLookup:
		x.scope["item"] = decode(x.found)
		return b.entryOf(x, x.found)
	case len(x.call.Listings) > 0:
		raw, err := b.findItem(ctx, x)
		if err != nil {
			return storage.Entry{}, err
		}
		return b.entryOf(x, raw)
	}
	if _, err := b.ask(ctx, x); err != nil {
		return storage.Entry{}, err
	}
	if x.call.Exists != nil {
		yes, err := x.call.Exists.Eval(x.scope)
		if err != nil {
			return storage.Entry{}, x.fail(storage.Internal, fmt.Errorf("%w: %w", errBadEntry, err))
		}
		if yes != true {
			return storage.Entry{}, x.fail(storage.NotFound, nil)
		}
	}
	return b.entryOf(x, x.raw)
}

// entryOf makes the entry of a stat from an item.
func (b *Backend) entryOf(x *exchange, raw []byte) (storage.Entry, error) {
	r := x.plan.entry.reader(x.scope, x.name, nil)
	if _, err := r.read(raw); err != nil {
		return storage.Entry{}, x.fail(storage.Internal, err)
	}
	e, ok := r.entry()
	if !ok {
		return storage.Entry{}, x.fail(storage.Internal, fmt.Errorf("%w: neither file nor dir", errBadEntry))
	}
	if x.call.Entry.Type == nil && x.route.Template.Dir {
		e.Type = storage.Dir
	}
	return e, nil
}

// statByList looks for name in the listing of the directory above. Without such a
// listing, a directory on the way to other routes exists by itself.
func (b *Backend) statByList(ctx context.Context, op storage.Op, name storage.Path) (storage.Entry, error) {
	dir := name.Dir()
	if _, ok := b.up.opt.Mapping.Resolve(string(dir), mapping.List); ok {
		for e, err := range b.List(ctx, dir) {
			if err != nil {
				return storage.Entry{}, asOp(op, name, err)
			}
			if e.Name == name.Base() {
				return e, nil
			}
		}
		return storage.Entry{}, storage.Fail(storage.NotFound, op, name)
	}
	if b.up.tree.leadsOn(name) {
		return storage.Entry{Name: name.Base(), Type: storage.Dir, Size: storage.UnknownSize}, nil
	}
	kind := storage.NotFound
	if b.up.tree.knows(name) { // there may be something, and nothing tells
		kind = storage.Unsupported
	}
	return storage.Entry{}, storage.Fail(kind, op, name)
}

// asOp gives an error to the operation on whose behalf a request was made.
func asOp(op storage.Op, name storage.Path, err error) error {
	if e, ok := err.(*storage.Error); ok {
		c := *e
		c.Op, c.Path = op, name
		return &c
	}
	return err
}
