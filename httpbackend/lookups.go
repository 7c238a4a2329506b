package httpbackend

import (
	"context"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"
)

// maxLookups is how many lookups of a session are remembered.
const maxLookups = 256

// lookups remembers what lookups of the session have found, and lets simultaneous
// askers wait for one request. Safe for concurrent use. What they found is dropped
// after a write, and by age when it is asked for.
type lookups struct {
	keep   time.Duration // negative: nothing is remembered
	flight singleflight.Group
	cache  expiring[lookedUp]
}

func (l *lookups) get(ctx context.Context, at string, keep time.Duration, find func() (lookedUp, error)) (lookedUp, error) {
	if found, ok := l.cache.get(at); ok {
		return found, nil
	}
	if keep == 0 {
		keep = l.keep
	}
	begun := l.cache.version() // what was asked for before a write is not for those after it
	v, err, shared := l.flight.Do(strconv.Itoa(begun)+at, func() (any, error) {
		found, err := find()
		if err == nil && keep > 0 {
			l.cache.putSince(begun, at, found, keep)
		}
		return found, err
	})
	if shared && err != nil && ctx.Err() == nil && isCancelled(err) { // the asker whose request it was has gone
		return find()
	}
	found, _ := v.(lookedUp)
	return found, err
}

func (l *lookups) forget() { l.cache.clear() }
