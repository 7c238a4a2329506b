package auth

import "container/list"

// lru is a map of bounded size that forgets what was not used for longest. It
// is not safe for concurrent use.
type lru[K comparable, V any] struct {
	size  int
	order *list.List // of *lruItem[K, V], the most recently used in front
	items map[K]*list.Element
}

type lruItem[K comparable, V any] struct {
	key K
	val V
}

func newLRU[K comparable, V any](size int) *lru[K, V] {
	return &lru[K, V]{size: size, order: list.New(), items: make(map[K]*list.Element)}
}

// get returns the value of key and marks it as used.
func (l *lru[K, V]) get(key K) (V, bool) {
	e, ok := l.items[key]
	if !ok {
		var zero V
		return zero, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*lruItem[K, V]).val, true
}

// put sets the value of key and forgets the oldest one if there are too many.
func (l *lru[K, V]) put(key K, val V) {
	if e, ok := l.items[key]; ok {
		e.Value.(*lruItem[K, V]).val = val
		l.order.MoveToFront(e)
		return
	}
	l.items[key] = l.order.PushFront(&lruItem[K, V]{key, val})
	if l.order.Len() > l.size {
		oldest := l.order.Back()
		delete(l.items, oldest.Value.(*lruItem[K, V]).key)
		l.order.Remove(oldest)
	}
}

func (l *lru[K, V]) remove(key K) {
	if e, ok := l.items[key]; ok {
		l.order.Remove(e)
		delete(l.items, key)
	}
}
