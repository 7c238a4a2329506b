package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

// maxCached is how many answers are kept; the least used one goes first.
const maxCached = 4096

// answerCache keeps the answers that a webhook allowed to be used again. What
// it finds them by is an HMAC under a key that never leaves the process, so
// that its memory holds no password. It is safe for concurrent use.
type answerCache struct {
	secret [sha256.Size]byte

	mu      sync.Mutex
	answers *lru[cacheKey, cachedAnswer]
}

type cacheKey [sha256.Size]byte

type cachedAnswer struct {
	principal *Principal
	until     time.Time
}

func newAnswerCache() *answerCache {
	a := &answerCache{answers: newLRU[cacheKey, cachedAnswer](maxCached)}
	_, _ = rand.Read(a.secret[:]) // never fails (crypto/rand)
	return a
}

// key covers all that an answer may depend on: of the client the address, not
// the port. Each part goes in with its length, so that no two logins share one.
func (a *answerCache) key(c Credentials) cacheKey {
	mac := hmac.New(sha256.New, a.secret[:])
	part := func(p []byte) {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(p))) // a hash takes all
		mac.Write(p)
	}
	part([]byte(c.User))
	part([]byte(c.Password))
	part([]byte(c.Account))
	part([]byte(c.Method))
	part(c.certificate())
	part([]byte(c.Client.Addr().Unmap().String()))
	part([]byte(c.Listener))
	part([]byte(c.Host))
	if c.TLS != nil {
		part([]byte(c.TLS.Mode))
	}
	return cacheKey(mac.Sum(nil))
}

// certificate returns what the client presented, in DER; nil for none.
func (c Credentials) certificate() []byte {
	if c.TLS == nil || c.TLS.Certificate == nil {
		return nil
	}
	return c.TLS.Certificate.Raw
}

func (a *answerCache) get(key cacheKey) (*Principal, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.answers.get(key)
	if !ok {
		return nil, false
	}
	if !time.Now().Before(kept.until) {
		a.answers.remove(key)
		return nil, false
	}
	return kept.principal, true
}

// put keeps p for a time, but not beyond the end of its token.
func (a *answerCache) put(key cacheKey, p *Principal, keep time.Duration) {
	if keep <= 0 {
		return
	}
	until := time.Now().Add(keep)
	if p.Token != nil && !p.Token.Expires.IsZero() && p.Token.Expires.Before(until) {
		until = p.Token.Expires
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers.put(key, cachedAnswer{p, until})
}
