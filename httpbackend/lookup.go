package httpbackend

import (
	"context"
	"errors"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errFound ends a search that has found its item.
var errFound = errors.New("found")

// look brings what the path alone does not tell into the scope: names saved with
// the entry when it was listed or by earlier calls on it, else what the lookups of
// the route and its parents find.
func (t *target) look(ctx context.Context) error {
	saved, listed := t.b.cache.saved(t.name, t.route)
	t.learn(saved)
	if t.route.Lookup == nil && t.route.Parent == nil || listed && t.told(saved) {
		return nil
	}
	return t.lookUp(ctx, t.route)
}

// learn adds names that were saved to the scope. What the path says goes before them.
func (t *target) learn(saved map[string]any) {
	vars := t.route.Template.Vars()
	for name, v := range saved {
		if !slices.Contains(vars, name) {
			t.scope[name] = v
		}
	}
}

// told reports whether the calls of t need no lookup, with the names that a listing saved.
func (t *target) told(saved map[string]any) bool {
	if t.needsItem() {
		return false
	}
	for r := t.route; r != nil; r = r.Parent {
		if r.Lookup == nil {
			continue
		}
		for _, s := range r.Lookup.Save {
			_, ok := saved[s.Name]
			if !ok && slices.ContainsFunc(t.calls, func(c *mapping.Call) bool { return c.Reads(s.Name) }) {
				return false
			}
		}
	}
	return true
}

// needsItem reports whether a call of t takes its entry from the lookup's item.
func (t *target) needsItem() bool {
	for _, c := range t.calls {
		if c.FromLookup {
			return true
		}
	}
	return false
}

// lookUp runs the lookups of r, its parents' first.
func (t *target) lookUp(ctx context.Context, r *mapping.Route) error {
	if r.Parent != nil {
		if err := t.lookUp(ctx, r.Parent); err != nil {
			return err
		}
	}
	if r.Lookup == nil {
		return nil
	}
	at, err := r.Template.Render(t.scope)
	if err != nil {
		return storage.Fail(storage.NotFound, t.op, t.name)
	}
	at = r.Template.String() + " " + at // another route has another lookup
	found, err := t.b.lookups.get(ctx, at, r.Lookup.Cache, func() (lookedUp, error) { return t.b.runLookup(ctx, t, r) })
	switch {
	case err == nil:
	case r == t.route && storage.KindOf(err) == storage.NotFound && r.MayMiss(t.verb):
		return nil
	default:
		return asOp(t.op, t.name, err)
	}
	t.learn(found.saved)
	if r == t.route {
		t.found = found.raw
	}
	return nil
}

// lookedUp is what a lookup has found.
type lookedUp struct {
	raw   []byte
	saved map[string]any
}

// runLookup makes the request of a lookup.
func (b *Backend) runLookup(ctx context.Context, t *target, r *mapping.Route) (lookedUp, error) {
	x := t.exchange(r.Lookup)
	if len(r.Lookup.Listings) == 0 {
		if _, err := b.ask(ctx, x); err != nil {
			return lookedUp{}, err
		}
		saved, err := evaluate(r.Lookup.Save, x.scope)
		if err != nil {
			return lookedUp{}, x.fail(storage.Internal, err)
		}
		return lookedUp{x.raw, saved}, nil
	}
	raw, err := b.findItem(ctx, x)
	if err != nil {
		return lookedUp{}, err
	}
	x.scope["item"] = decode(raw)
	saved, err := evaluate(r.Lookup.Save, x.scope)
	if err != nil {
		return lookedUp{}, x.fail(storage.Internal, err)
	}
	return lookedUp{raw, saved}, nil
}

// findItem returns the item of an answer that the call means: the first, or the
// first that Where is true of. None is NotFound.
func (b *Backend) findItem(ctx context.Context, x *exchange) ([]byte, error) {
	var found []byte
	err := b.eachItem(ctx, x, func(_ *mapping.Listing, raw []byte) error {
		if x.call.Where != nil {
			x.scope["item"] = decode(raw)
			if !holds(x.call.Where, x.scope) {
				return nil
			}
		}
		found = append([]byte{}, raw...)
		return errFound
	})
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, err
	}
	return nil, x.fail(storage.NotFound, nil)
}
