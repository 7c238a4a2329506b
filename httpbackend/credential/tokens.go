package credential

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

const (
	// expiryMargin is how long before its end a token is no longer used: a
	// request may wait in a queue, and clocks differ.
	expiryMargin = 10 * time.Second
	// retryPause is how long after a failed renewal the next one is tried, while
	// the token is still good.
	retryPause = 5 * time.Second
	// youngToken is the age below which a token is not replaced after a 401. Its
	// asker has either sent the one before, or is refused for another reason; in
	// neither case would a further one help, and a service that refuses
	// everybody would cause a flood of requests for tokens.
	youngToken = 10 * time.Second
)

// tokens keeps one token and gets the next one in time. Concurrent askers share
// one request.
type tokens struct {
	endpoint *endpoint
	fetch    func(context.Context) (*oauth2.Token, error)
	now      func() time.Time

	mu      sync.Mutex
	token   *oauth2.Token // nil before the first
	fetched time.Time
	renew   time.Time // from then on the next one is fetched; zero: never
	flight  *flight   // the request under way, or nil
}

// flight is a request for a token. Its result may be read once done is closed.
type flight struct {
	done  chan struct{}
	token *oauth2.Token
	err   error
}

func newTokens(e *endpoint, fetch func(context.Context) (*oauth2.Token, error)) *tokens {
	return &tokens{endpoint: e, fetch: fetch, now: time.Now}
}

// Apply implements httpbackend.Credential.
func (t *tokens) Apply(ctx context.Context, r *http.Request) error {
	token, err := t.current(ctx)
	if err != nil {
		return err
	}
	token.SetAuthHeader(r)
	return nil
}

// Refresh implements httpbackend.Refresher.
func (t *tokens) Refresh(ctx context.Context) error {
	t.mu.Lock()
	if t.token != nil && t.now().Sub(t.fetched) < youngToken {
		t.mu.Unlock()
		return nil
	}
	f := t.start()
	t.mu.Unlock()
	_, err := f.wait(ctx)
	return err
}

// current returns a token that is good for a while. Renewal in time holds nobody up.
func (t *tokens) current(ctx context.Context) (*oauth2.Token, error) {
	t.mu.Lock()
	now := t.now()
	if t.token != nil && (t.token.Expiry.IsZero() || now.Before(t.token.Expiry.Add(-expiryMargin))) {
		defer t.mu.Unlock()
		if !t.renew.IsZero() && !now.Before(t.renew) {
			t.start()
		}
		return t.token, nil
	}
	f := t.start()
	t.mu.Unlock()
	return f.wait(ctx)
}

// start returns the request under way, or begins one. The lock is held.
func (t *tokens) start() *flight {
	if t.flight == nil {
		t.flight = &flight{done: make(chan struct{})}
		go t.run(t.flight)
	}
	return t.flight
}

// run makes the request. It does not end with the session that began it, since
// others may wait for it too.
func (t *tokens) run(f *flight) {
	defer close(f.done)
	ctx, cancel := context.WithTimeout(t.endpoint.alive, fetchTime)
	defer cancel()
	f.token, f.err = t.fetch(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flight = nil
	now := t.now()
	if f.err != nil {
		t.renew = now.Add(retryPause)
		return
	}
	t.token, t.fetched, t.renew = f.token, now, time.Time{}
	if !f.token.Expiry.IsZero() {
		t.renew = now.Add(f.token.Expiry.Sub(now) * 3 / 4)
	}
}

func (f *flight) wait(ctx context.Context) (*oauth2.Token, error) {
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
