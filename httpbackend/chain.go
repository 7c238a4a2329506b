package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// abortTime bounds the call that cleans up after a chain has broken off.
const abortTime = 10 * time.Second

// run makes a call that is not a stream: one request, or a chain of them.
func (b *Backend) run(ctx context.Context, x *exchange) (*http.Response, error) {
	if len(x.call.Steps) == 0 {
		return b.runOne(ctx, x)
	}
	c := &chain{b: b, x: x}
	defer c.end(ctx)
	if err := c.run(ctx, x.call.Steps); err != nil {
		return nil, err
	}
	if err := c.complete(); err != nil {
		return nil, err
	}
	c.done = true
	return c.last, nil
}

// chain is one run of the steps of a call.
type chain struct {
	b    *Backend
	x    *exchange
	last *http.Response // of the last step that was made, read to its end
	// begun: a step has, or may have, left something at the upstream.
	begun bool
	sent  bool // a step has carried the content
	done  bool // all steps have had success
}

// run makes the steps whose condition holds, in order. Each sees what those before
// it have saved.
func (c *chain) run(ctx context.Context, steps []*mapping.Call) error {
	for _, step := range steps {
		if chosen, err := c.x.chooses(step.When); err != nil {
			return err
		} else if !chosen {
			continue
		}
		if ctx.Err() != nil { // the client has gone between two steps
			return ctx.Err()
		}
		s := c.x.step(step)
		resp, err := c.b.runOne(ctx, s)
		c.begun = c.begun || s.requested && !refused(err)
		if err != nil {
			return err
		}
		c.last, c.sent = resp, c.sent || s.upload != nil
	}
	return nil
}

// refused reports whether an answer says that the request has changed nothing.
func refused(err error) bool {
	se, ok := errors.AsType[*statusError](err)
	return ok && se.status < http.StatusInternalServerError
}

// complete reports whether the steps have done what the call is for. Content that
// has been collected has ended as it should, and the mapping may find that the
// upstream has it already.
func (c *chain) complete() error {
	switch {
	case c.last == nil:
		return c.x.fail(storage.Unsupported, nil)
	case c.x.upload != nil && !c.sent && !c.x.collects():
		return c.x.fail(storage.Internal, errNotSent)
	}
	return nil
}

func (x *exchange) collects() bool {
	_, ok := lengthOf(x.call)
	return ok
}

// end makes on_abort, once, if the chain has begun and not been done, however that
// came about. A chain whose first step was refused, or could not be asked for, has left
// nothing to clean up.
func (c *chain) end(ctx context.Context) {
	if c.done || !c.begun || c.x.call.OnAbort == nil {
		return
	}
	c.b.abort(ctx, c.x)
}

// abort tells the upstream that a chain has broken off. The client may have gone, so
// the request does not depend on it; its failure changes nothing and is logged.
func (b *Backend) abort(ctx context.Context, x *exchange) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	if !holds(x.call.OnAbort.When, x.scope) {
		return
	}
	if _, err := b.runOne(ctx, x.exchange(x.call.OnAbort)); err != nil {
		b.up.opt.Logger.Warn("on_abort failed", "session", b.caller.Session, "path", x.name, "err", err)
	}
}

// step is a request of a chain; it shares the chain's scope and content.
func (x *exchange) step(call *mapping.Call) *exchange {
	s := x.exchange(call)
	if call.Body.Streams() {
		s.upload = x.upload
	}
	return s
}

// runOne makes one request and reads its answer. If it carries the content, success
// means that the upstream has had all of it.
func (b *Backend) runOne(ctx context.Context, x *exchange) (*http.Response, error) {
	resp, err := b.do(ctx, x)
	if err != nil {
		return nil, err
	}
	if x.upload != nil {
		if err := x.taken(); err != nil {
			discard(resp)
			return nil, err
		}
		x.upload.tell(x.scope)
	}
	return b.settle(ctx, x, resp)
}
