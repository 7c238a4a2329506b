package ftpfront

import (
	"context"
	"time"
)

// pacePortion is how much content moves between two waits, as a share of a
// second: small enough to look steady, large enough to cost nothing.
const pacePortion = 8

// pace holds a transfer to a rate in bytes per second. A nil pace lets all pass.
type pace struct {
	rate int64
	next time.Time // when the content so far is paid for
}

func newPace(rate int64) *pace {
	if rate <= 0 {
		return nil
	}
	return &pace{rate: rate}
}

// portion shortens p to what may move before the next wait.
func (b *pace) portion(p []byte) []byte {
	if b == nil {
		return p
	}
	return p[:min(int64(len(p)), max(b.rate/pacePortion, 1))]
}

// wait waits until n more bytes are paid for, or ctx ends.
func (b *pace) wait(ctx context.Context, n int) error {
	if b == nil {
		return nil
	}
	now := time.Now()
	if b.next.Before(now) {
		b.next = now
	}
	b.next = b.next.Add(time.Duration(float64(n) / float64(b.rate) * float64(time.Second)))
	timer := time.NewTimer(b.next.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
