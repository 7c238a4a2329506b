package httpbackend

import (
	"context"
	"errors"
	"time"

	"github.com/sony/gobreaker/v2"
)

// gate keeps requests from an upstream that is down (circuit breaker) or has
// enough to do (bulkhead).
type gate struct {
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	slots   chan struct{}
	wait    time.Duration
	pause   time.Duration // of the breaker
}

var (
	// errFull is the error of a request that found no slot in time.
	errFull = errors.New("too many requests at once")
	// errOpen is the error of a request that the breaker did not let pass.
	errOpen = errors.New("left alone after failures")
	// errNotCounted tells the breaker of a request that says nothing of the
	// upstream: the client gave up, or the content broke off on the FTP side.
	errNotCounted = errors.New("not counted")
	// errUpstream tells the breaker of an answer with a status of 5xx.
	errUpstream = errors.New("upstream failed")
)

func newGate(o Options) *gate {
	s := gobreaker.Settings{
		MaxRequests: 1,
		Timeout:     o.BreakerPause,
		ReadyToTrip: func(c gobreaker.Counts) bool { return int(c.ConsecutiveFailures) >= o.BreakerFailures },
		IsExcluded:  func(err error) bool { return errors.Is(err, errNotCounted) },
	}
	if o.OnBreaker != nil {
		s.OnStateChange = func(_ string, from, to gobreaker.State) { o.OnBreaker(o.mount, from.String(), to.String()) }
	}
	return &gate{
		breaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](s),
		slots:   make(chan struct{}, o.MaxRequests),
		wait:    o.QueueTimeout,
		pause:   o.BreakerPause,
	}
}

// enter waits for a slot and asks the breaker. The caller tells done how the
// request went once that is known, and calls leave when the answer has been read.
func (g *gate) enter(ctx context.Context) (done func(error), leave func(), err error) {
	select {
	case g.slots <- struct{}{}:
	default:
		if err := g.queue(ctx); err != nil {
			return nil, nil, err
		}
	}
	leave = func() { <-g.slots }
	done, err = g.breaker.Allow()
	if err != nil {
		leave()
		return nil, nil, errOpen
	}
	if g.breaker.State() == gobreaker.StateHalfOpen {
		done = g.trial(done)
	}
	return done, leave, nil
}

// trial lets another request try the upstream when this one takes longer than
// the pause, as an upload may, whose answer comes at its end. Its outcome counts
// when it is there.
func (g *gate) trial(done func(error)) func(error) {
	passOn := time.AfterFunc(g.pause, func() { done(errNotCounted) })
	return func(err error) {
		if passOn.Stop() || !errors.Is(err, errNotCounted) {
			done(err)
		}
	}
}

func (g *gate) queue(ctx context.Context) error {
	t := time.NewTimer(g.wait)
	defer t.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-t.C:
		return errFull
	case <-ctx.Done():
		return ctx.Err()
	}
}
