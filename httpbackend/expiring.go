package httpbackend

import (
	"context"
	"errors"
	"sync"
	"time"
)

// expiring is a small map whose values are dropped some time after they came. It
// empties itself, so that an idle session holds nothing. Safe for concurrent use;
// the zero value is ready.
type expiring[V any] struct {
	mu     sync.Mutex
	values map[string]expiringValue[V]
	sweep  *time.Timer
	clears int
}

type expiringValue[V any] struct {
	value V
	until time.Time
}

func (e *expiring[V]) get(key string) (V, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	v, ok := e.values[key]
	if !ok || !time.Now().Before(v.until) {
		var none V
		return none, false
	}
	return v.value, true
}

// version changes when what is there is cleared.
func (e *expiring[V]) version() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.clears
}

// putSince keeps a value that was asked for at a version, unless it would have been
// cleared since. When there are too many, all go: they are cheap to get again.
func (e *expiring[V]) putSince(version int, key string, value V, keep time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if version != e.clears {
		return
	}
	if e.values == nil || len(e.values) >= maxLookups {
		e.values = map[string]expiringValue[V]{}
	}
	e.values[key] = expiringValue[V]{value, time.Now().Add(keep)}
	if e.sweep == nil {
		e.sweep = time.AfterFunc(keep, e.drop)
	}
}

// drop removes what is too old and comes again if something is left.
func (e *expiring[V]) drop() {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	var next time.Duration
	for key, v := range e.values {
		if left := v.until.Sub(now); left <= 0 {
			delete(e.values, key)
		} else if next == 0 || left < next {
			next = left
		}
	}
	e.sweep = nil
	if len(e.values) > 0 {
		e.sweep = time.AfterFunc(next, e.drop)
	}
}

func (e *expiring[V]) clear() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.values = nil
	e.clears++
	if e.sweep != nil {
		e.sweep.Stop()
		e.sweep = nil
	}
}

// isCancelled reports whether an error says that its asker gave up.
func isCancelled(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
