package auth

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

func TestWebhookCachesWhatItMay(t *testing.T) {
	s := newService(t, says(200, `{"decision":"allow","cache_seconds":60}`))
	hook := newHook(t, WebhookOptions{URL: s.URL})
	again := alice()
	again.Session, again.Attempt = "s_2", 2
	again.Client = netip.AddrPortFrom(again.Client.Addr(), 1)
	otp := alice()
	otp.Account = "123456"
	for i, c := range []struct {
		c     Credentials
		calls int32
	}{{alice(), 1}, {again, 1}, {otp, 2}, {otp, 3}} {
		if _, err := hook.Authenticate(t.Context(), c.c); err != nil {
			t.Fatal(err)
		}
		if got := s.calls.Load(); got != c.calls {
			t.Errorf("login %d: %d calls so far, want %d", i, got, c.calls)
		}
	}
}

func TestWebhookCachesNoRefusal(t *testing.T) {
	s := newService(t, says(200, `{"decision":"deny","cache_seconds":60}`))
	hook := newHook(t, WebhookOptions{URL: s.URL})
	for range 2 {
		_, _ = hook.Authenticate(t.Context(), alice())
	}
	if got := s.calls.Load(); got != 2 {
		t.Errorf("%d calls, want 2", got)
	}
}

func TestCacheForgetsInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := newAnswerCache()
		key := cache.key(alice())
		plain := &Principal{ID: "u"}
		cache.put(key, plain, 0)
		if _, ok := cache.get(key); ok {
			t.Error("an answer for 0 s is kept")
		}
		cache.put(key, plain, time.Minute)
		time.Sleep(time.Minute - 1)
		if p, ok := cache.get(key); !ok || p != plain {
			t.Error("answer is gone before its time")
		}
		time.Sleep(time.Nanosecond)
		if _, ok := cache.get(key); ok {
			t.Error("answer is kept beyond its time")
		}
		cache.put(key, &Principal{Token: &Token{Expires: time.Now().Add(time.Second)}}, time.Minute)
		time.Sleep(time.Second)
		if _, ok := cache.get(key); ok {
			t.Error("answer is kept beyond the end of its token")
		}
	})
}

func TestCacheKeyCoversWhatAnAnswerDependsOn(t *testing.T) {
	cache := newAnswerCache()
	seen := map[cacheKey]string{cache.key(alice()): "alice"}
	for name, change := range map[string]func(*Credentials){
		"user":        func(c *Credentials) { c.User = "alic"; c.Password = "e" + c.Password },
		"password":    func(c *Credentials) { c.Password += "x" },
		"address":     func(c *Credentials) { c.Client = netip.MustParseAddrPort("203.0.113.8:51234") },
		"listener":    func(c *Credentials) { c.Listener = "inside" },
		"host":        func(c *Credentials) { c.Host = "b.example" },
		"method":      func(c *Credentials) { c.Method = MethodPasswordAndCertificate },
		"tls":         func(c *Credentials) { c.TLS = &TLSState{Mode: "explicit"} },
		"certificate": func(c *Credentials) { c.TLS = &TLSState{Certificate: clientCertificate(t)} },
	} {
		c := alice()
		change(&c)
		key := cache.key(c)
		if other, ok := seen[key]; ok {
			t.Errorf("%s has the key of %s", name, other)
		}
		seen[key] = name
	}
	if newAnswerCache().key(alice()) == cache.key(alice()) {
		t.Error("two processes have the same key")
	}
}

func TestLRUForgetsTheLeastUsed(t *testing.T) {
	l := newLRU[string, int](2)
	l.put("a", 1)
	l.put("b", 2)
	l.get("a")
	l.put("c", 3)
	if _, ok := l.get("b"); ok {
		t.Error("b is still there")
	}
	l.put("a", 4)
	if v, ok := l.get("a"); !ok || v != 4 {
		t.Errorf("a = %d, %v; want 4", v, ok)
	}
	l.remove("a")
	l.remove("a")
	if len(l.items) != 1 || l.order.Len() != 1 {
		t.Errorf("%d items, %d in order; want 1", len(l.items), l.order.Len())
	}
}
