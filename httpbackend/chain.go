package httpbackend

import (
	"context"
	"net/http"
	"time"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// abortTime bounds the call that cleans up after a chain has broken off.
const abortTime = 10 * time.Second

// run makes a call that is not a stream: one request, or a chain of them.
func (b *Backend) run(ctx context.Context, x *exchange) (*http.Response, error) {
	if len(x.call.Steps) == 0 {
		return b.runOne(ctx, x)
	}
	resp, err := b.runSteps(ctx, x, x.call.Steps)
	if err != nil && x.call.OnAbort != nil {
		b.abort(ctx, x)
	}
	return resp, err
}

// runSteps makes the steps whose condition holds, in order.
func (b *Backend) runSteps(ctx context.Context, x *exchange, steps []*mapping.Call) (*http.Response, error) {
	var last *http.Response
	for _, step := range steps {
		if !holds(step.When, x.scope) {
			continue
		}
		s := x.step(step)
		resp, err := b.runOne(ctx, s)
		if err != nil {
			return nil, err
		}
		last = resp
	}
	return last, nil
}

// step is a request of a chain; it shares the chain's scope and content.
func (x *exchange) step(call *mapping.Call) *exchange {
	s := x.exchange(call)
	if call.Body.Streams() {
		s.upload = x.upload
	}
	return s
}

// runOne makes one request and reads its answer.
func (b *Backend) runOne(ctx context.Context, x *exchange) (*http.Response, error) {
	resp, err := b.ask(ctx, x)
	if err != nil {
		return nil, err
	}
	if x.upload != nil {
		if err := x.taken(); err != nil {
			return nil, err
		}
	}
	return resp, nil
}

// abort tells the upstream that a chain has broken off. The client may have gone, so
// the request does not depend on it; its failure changes nothing and is logged.
func (b *Backend) abort(ctx context.Context, x *exchange) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	if !holds(x.call.OnAbort.When, x.scope) {
		return
	}
	if _, err := b.runOne(ctx, x.step(x.call.OnAbort)); err != nil {
		b.up.opt.Logger.Warn("on_abort failed", "session", b.caller.Session, "path", x.name, "err", err)
	}
}
