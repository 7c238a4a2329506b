package httpbackend

import (
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
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
	entries map[storage.Path]storage.Entry
	expiry  *time.Timer
}

// listed is a listing that is being collected.
type listed struct {
	cache   *statCache
	version int
	dir     storage.Path
	entries map[storage.Path]storage.Entry
}

// collect begins a listing of dir.
func (c *statCache) collect(dir storage.Path) *listed {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &listed{cache: c, version: c.version, dir: dir}
}

func (l *listed) add(e storage.Entry) {
	if l.cache.keep < 0 || len(l.entries) == maxCached {
		return
	}
	if l.entries == nil {
		l.entries = map[storage.Path]storage.Entry{}
	}
	l.entries[l.dir.Join(e.Name)] = e
}

// done puts the listing in the place of the one before, unless something has been
// written since it began.
func (l *listed) done() {
	c := l.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keep < 0 || c.version != l.version {
		return
	}
	c.clear()
	if l.entries == nil {
		return
	}
	c.entries = l.entries
	version := c.version
	c.expiry = time.AfterFunc(c.keep, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.version == version {
			c.clear()
		}
	})
}

// lookup returns what the last listing said of name.
func (c *statCache) lookup(name storage.Path) (storage.Entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[name]
	return e, ok
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
	if c.expiry != nil {
		c.expiry.Stop()
		c.expiry = nil
	}
}
