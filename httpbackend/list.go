package httpbackend

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// List implements storage.Backend: the items of the API, then what follows from the
// routes alone. Pages are asked for one by one, as the caller goes on; items are
// decoded as they come.
func (b *Backend) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		l := &lister{b: b, yield: yield, fixed: map[string]storage.Entry{}}
		for e := range b.up.tree.children(name) {
			l.fixed[e.Name] = e
		}
		if err := l.run(ctx, name); err != nil && !l.stopped {
			yield(storage.Entry{}, err)
		}
	}
}

// lister is one run of List.
type lister struct {
	b       *Backend
	rules   map[*mapping.Rule]*ruleReader
	yield   func(storage.Entry, error) bool
	fixed   map[string]storage.Entry // of the routes alone, not yet yielded
	seen    *listed
	names   nameSet
	items   int  // of the API, shown or not
	stopped bool // the caller wants no more
	leftOut leftOut
}

func (l *lister) run(ctx context.Context, name storage.Path) error {
	t, err := l.b.resolve(storage.OpList, mapping.List, name)
	if err != nil {
		if len(l.fixed) == 0 && name != storage.Root {
			return err
		}
		return l.rest()
	}
	err = t.try(ctx, func(x *exchange) error {
		l.seen = l.b.cache.collect(name, x.call.Cache)
		if x.call.Static != nil {
			return l.static(x.call.Static)
		}
		l.readers(x)
		if err := l.b.eachItem(ctx, x, l.item); err != nil {
			return err
		}
		if x.call.EmptyIsNone && l.items == 0 && len(l.fixed) == 0 && name != storage.Root {
			return x.fail(storage.NotFound, nil)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := l.rest(); err != nil {
		return err
	}
	l.seen.done()
	l.leftOut.tell(&l.b.up.opt, l.b.caller.Session, name)
	return nil
}

// readers makes the readers of the rules of a call.
func (l *lister) readers(x *exchange) {
	vars, _ := x.scope["ftp"].(map[string]any)["vars"].(map[string]any)
	l.rules = make(map[*mapping.Rule]*ruleReader, len(x.plan.rules))
	for rule, plan := range x.plan.rules {
		l.rules[rule] = plan.reader(x.scope, x.name, vars)
	}
}

func (l *lister) static(s *mapping.Static) error {
	for _, e := range s.Entries {
		entry := storage.Entry{Name: e.Name, Size: e.Size, ModTime: e.ModTime}
		if e.Dir {
			entry.Type = storage.Dir
		}
		if err := l.emit(entry, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// rest yields what follows from the routes alone and the API has not listed.
func (l *lister) rest() error {
	for _, name := range slices.Sorted(maps.Keys(l.fixed)) {
		if err := l.emit(l.fixed[name], nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// emit yields one entry. errEnough says that the caller wants no more.
func (l *lister) emit(e storage.Entry, saved map[string]any, route *mapping.Route) error {
	if l.seen != nil {
		l.seen.add(e, saved, route)
	}
	if len(l.fixed) > 0 {
		delete(l.fixed, e.Name)
	}
	if l.stopped = !l.yield(e, nil); l.stopped {
		return errEnough
	}
	return nil
}

// item yields the entry that the first fitting rule makes of one item.
func (l *lister) item(place *mapping.Listing, raw []byte) error {
	l.items++
	for _, rule := range place.Rules {
		r := l.rules[rule]
		fits, err := r.read(raw)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		e, ok := r.entry()
		switch {
		case !ok || !storage.ValidName(e.Name):
			l.leftOut.add(e.Name)
			return nil
		case !l.names.add(e.Name):
			l.leftOut.again(e.Name)
			return nil
		}
		var saved map[string]any
		if !l.seen.full() {
			saved = r.saved()
		}
		return l.emit(e, saved, rule.Route)
	}
	return nil
}
