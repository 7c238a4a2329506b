package httpbackend

import (
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// maxCached is how many entries of a listing are kept. Clients that ask for each
// name after a listing do so in directories that people look at.
const maxCached = 2000

// statCache keeps the entries of the session's last listing for a few seconds,
// since clients follow a listing with SIZE and MDTM for each name. It empties itself,
// so that an idle session holds nothing. Safe for concurrent use.
type statCache struct {
	keep time.Duration // negative: the cache is off

	mu      sync.Mutex
	version int // of what was listed; a write makes older listings void
	entries map[storage.Path]known
	expiry  *time.Timer
	// kept are the names that calls on single paths have saved, stats the entries that
	// the mapping wants kept. They are cleared together, so that a version of one is
	// that of the other.
	kept  expiring[map[string]any]
	stats expiring[storage.Entry]
}

// known is what a listing told of a path: its entry, and the names saved with it.
type known struct {
	entry storage.Entry
	saved map[string]any
	route *mapping.Route // for which they were saved; nil: for every one
}

// listed is a listing that is being collected.
type listed struct {
	cache   *statCache
	version int
	dir     storage.Path
	entries map[storage.Path]known
	keep    time.Duration
}

// collect begins a listing of dir.
func (c *statCache) collect(dir storage.Path, keep time.Duration) *listed {
	c.mu.Lock()
	defer c.mu.Unlock()
	if keep == 0 {
		keep = c.keep
	}
	return &listed{cache: c, version: c.version, dir: dir, keep: keep}
}

func (l *listed) add(e storage.Entry, saved map[string]any, route *mapping.Route) {
	if l.full() {
		return
	}
	if l.entries == nil {
		l.entries = map[storage.Path]known{}
	}
	l.entries[l.dir.Join(e.Name)] = known{e, saved, route}
}

// full reports whether no further entry is kept.
func (l *listed) full() bool { return l.keep < 0 || len(l.entries) >= maxCached }

// done puts the listing in the place of the one before, unless something has been
// written since it began.
func (l *listed) done() {
	c := l.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.keep < 0 || c.version != l.version {
		return
	}
	c.clear()
	if l.entries == nil {
		return
	}
	c.entries = l.entries
	version := c.version
	c.expiry = time.AfterFunc(l.keep, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.version == version {
			c.clear()
		}
	})
}

// lookup returns what the last listing said of name, or a stat that is kept.
func (c *statCache) lookup(name storage.Path) (storage.Entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.entries[name]
	if !ok {
		return c.stats.get(string(name))
	}
	return k.entry, ok
}

// keepStat keeps the answer of a stat for as long as its call says, if it does.
func (c *statCache) keepStat(since int, name storage.Path, e storage.Entry, keep time.Duration) {
	if keep > 0 {
		c.stats.putSince(since, string(name), e, keep)
	}
}

// saved returns the names saved for a path of a route, and whether they came with its
// listing, which saves all that its rule names.
func (c *statCache) saved(name storage.Path, route *mapping.Route) (names map[string]any, listed bool) {
	c.mu.Lock()
	k := c.entries[name]
	c.mu.Unlock()
	if k.saved != nil && (k.route == nil || k.route == route) {
		return k.saved, true
	}
	names, _ = c.kept.get(string(name))
	return names, false
}

// keepSaved keeps the names that a call on a path has saved.
func (c *statCache) keepSaved(since int, name storage.Path, saved map[string]any, keep time.Duration) {
	if keep == 0 {
		keep = c.keep
	}
	if keep > 0 {
		c.kept.putSince(since, string(name), saved, keep)
	}
}

// forget drops everything, after a write.
func (c *statCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
}

func (c *statCache) clear() {
	c.version++
	c.entries = nil
	c.kept.clear()
	c.stats.clear()
	if c.expiry != nil {
		c.expiry.Stop()
		c.expiry = nil
	}
}
