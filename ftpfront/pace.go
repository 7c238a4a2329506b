package ftpfront

import (
	"context"
	"sync"
	"time"
)

// pacePortion is how much content moves between two waits, as a share of a
// second: small enough to look steady, large enough to cost nothing.
const pacePortion = 8

// pace holds content, or commands, to a rate per second. Several transfers may
// share one. A nil pace lets all pass.
type pace struct {
	rate int64

	mu   sync.Mutex
	next time.Time // when everything so far is paid for
}

func newPace(rate int64) *pace {
	if rate <= 0 {
		return nil
	}
	return &pace{rate: rate}
}

// claim takes n units and returns how long to wait for them.
func (b *pace) claim(n int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if b.next.Before(now) {
		b.next = now
	}
	b.next = b.next.Add(time.Duration(float64(n) / float64(b.rate) * float64(time.Second)))
	return b.next.Sub(now)
}

// paces are the rates that one transfer keeps: the session's and the account's.
type paces []*pace

// portion shortens p to what may move before the next wait.
func (ps paces) portion(p []byte) []byte {
	for _, b := range ps {
		if b != nil {
			p = p[:min(int64(len(p)), max(b.rate/pacePortion, 1))]
		}
	}
	return p
}

// wait waits until n more bytes are paid for, or ctx ends.
func (ps paces) wait(ctx context.Context, n int) error {
	var longest time.Duration
	for _, b := range ps {
		if b != nil {
			longest = max(longest, b.claim(n))
		}
	}
	return sleep(ctx, longest)
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
