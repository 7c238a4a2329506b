package httpbackend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// sending is a request on its way to one place.
type sending struct {
	*mapping.Request
	url string
	// own: url lies on the server itself, to which credentials belong.
	own bool
	// bare: the place is one that an answer has named. Nothing of the caller's goes
	// there but what every server needs to know.
	bare  bool
	creds []Credential
}

// do makes the call. It returns a successful answer with its body open; anything
// else is an error: *storage.Error, or the context's.
func (b *Backend) do(ctx context.Context, x *exchange) (*http.Response, error) {
	s, err := b.prepare(x)
	if err != nil {
		return nil, err
	}
	resp, err := b.attempt(ctx, x, s)
	if err == nil && x.follows(s, resp) {
		resp, err = b.follow(ctx, x, s, resp)
	}
	if err != nil {
		return nil, err
	}
	return b.check(x, resp)
}

// prepare fills in the values of the call and settles what may go where.
func (b *Backend) prepare(x *exchange) (*sending, error) {
	req, err := x.call.Request(x.scope)
	if err != nil {
		kind := storage.Internal
		if errors.Is(err, mapping.ErrValue) {
			kind = x.unsendable()
		}
		return nil, x.fail(kind, err)
	}
	for name, value := range x.query {
		req.Query.Set(name, value)
	}
	s := &sending{Request: req}
	if s.url, s.own, err = b.up.address(req, x.next); err != nil {
		return nil, x.fail(storage.Internal, err)
	}
	x.strayed = x.strayed || !s.own
	if s.bare = x.next != "" && x.strayed; s.bare {
		return s, nil
	}
	if x.call.PathsOnly && req.URL != "" {
		return s, nil
	}
	var ok bool
	if s.creds, ok = b.caller.credentials(x.call.Security); !ok {
		return nil, x.fail(storage.Unauthenticated, fmt.Errorf("%w %s", errNoCredential, describe(x.call.Security)))
	}
	return s, nil
}

// unsendable is what it means that the API can have no such name.
func (x *exchange) unsendable() storage.Kind {
	switch x.op {
	case storage.OpWrite, storage.OpMakeDir, storage.OpRename:
		return storage.InvalidName
	}
	return storage.NotFound
}

// attempt sends the request, and again if new credentials may help a 401 and its
// body is still whole.
func (b *Backend) attempt(ctx context.Context, x *exchange, s *sending) (*http.Response, error) {
	resp, err := b.send(ctx, x, s)
	if err != nil {
		return nil, b.transportError(ctx, x, err)
	}
	if resp.StatusCode != http.StatusUnauthorized {
		return resp, nil
	}
	renewed, err := refresh(ctx, s.creds)
	if err != nil {
		discard(resp)
		return nil, x.fail(storage.LoginExpired, err)
	}
	if !renewed || x.upload != nil && !x.upload.rewind() {
		return resp, nil
	}
	discard(resp)
	if resp, err = b.send(ctx, x, s); err != nil {
		return nil, b.transportError(ctx, x, err)
	}
	return resp, nil
}

// check lets successful answers pass and turns the others into errors. Of content
// that broke off, the answer says nothing.
func (b *Backend) check(x *exchange, resp *http.Response) (*http.Response, error) {
	if x.call.OK.Has(resp.StatusCode) {
		return resp, nil
	}
	defer discard(resp)
	if x.upload != nil && x.upload.failure() != nil {
		return nil, x.fail(storage.CutShort, x.upload.failure())
	}
	defer expire(resp)()
	return nil, b.fromResponse(x, resp)
}

// send sends the request once, through the gate.
func (b *Backend) send(ctx context.Context, x *exchange, s *sending) (*http.Response, error) {
	done, leave, err := b.up.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	header := b.header(x, s)
	out := &outgoing{creds: s.creds}
	reqCtx, waiting := b.up.await(ctx, x.call.Timeout)
	release := func() {
		waiting.cancel()
		leave()
	}
	switch {
	case x.upload != nil:
		var settle func()
		reqCtx, x.upload.conn, settle = resettable(reqCtx)
		release = func() {
			settle()
			waiting.cancel()
			leave()
		}
		reqCtx = x.upload.attach(reqCtx, b.up, out, s.Request, header)
	case s.Content != nil:
		out.setBytes(s.Content)
	}
	x.requested = true
	start := time.Now()
	resp, err := b.up.roundTrip(reqCtx, s.Method, s.url, header, out)
	if x.upload != nil {
		x.upload.stop()
	}
	resp, err = waiting.end(resp, err)
	if s.own {
		done(x.outcome(ctx, resp, err))
	} else {
		done(errNotCounted) // it says nothing of the upstream
	}
	b.observe(x, Exchange{Method: s.Method, URL: shown(s.url, s.Request, x.next), Took: time.Since(start), Err: err}, resp)
	if err != nil {
		release()
		return nil, err
	}
	resp.Body = &slotBody{ReadCloser: resp.Body, release: release}
	return resp, nil
}

// setBytes makes a body that can be sent again and leaves in one write.
func (o *outgoing) setBytes(b []byte) {
	o.length = int64(len(b))
	o.again = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	if len(b) == 0 { // an empty reader would be sent in chunks
		o.again = func() (io.ReadCloser, error) { return http.NoBody, nil }
	}
	o.body, _ = o.again()
	o.copied = o.again
}

// header returns the headers of the request; those of the bridge win.
func (b *Backend) header(x *exchange, s *sending) http.Header {
	h := s.Header.Clone()
	maps.Copy(h, x.header)
	if s.bare {
		maps.DeleteFunc(h, func(name string, _ []string) bool { return !harmless(name) })
	}
	h.Set("User-Agent", b.up.opt.UserAgent)
	h.Set("X-Request-Id", b.caller.Session+"-"+strconv.FormatInt(b.number.Add(1), 10))
	h.Set("Traceparent", "00-"+b.trace+"-"+randomHex(8)+"-01")
	if h.Get("Accept") == "" { // resty would put the type of the request's body there
		h.Set("Accept", "*/*")
		if (x.call.Verb != mapping.Read || x.call.Render != nil) && x.call.Format <= mapping.JSON && x.plan.wantsJSON(x.call) {
			h.Set("Accept", "application/json, application/problem+json")
		}
	}
	if x.call.Verb == mapping.Write && s.Method == http.MethodPut && h.Get("Idempotency-Key") == "" {
		// Tells net/http, and not the upstream, that the request may be sent again
		// when a kept connection turns out to be closed (http.Transport).
		h["Idempotency-Key"] = []string{}
	}
	return h
}

// outcome tells the breaker how the request went.
func (x *exchange) outcome(ctx context.Context, resp *http.Response, err error) error {
	switch {
	case err == nil && upstreamFailed(resp.StatusCode):
		return errUpstream
	case err == nil:
		return nil
	case errors.Is(ctx.Err(), context.Canceled), x.upload != nil && x.upload.failure() != nil:
		return errNotCounted
	case x.upload != nil && ctx.Err() != nil && !x.upload.ended():
		return errNotCounted // the client may have been the slow one
	case errors.Is(err, errForbidden):
		return errNotCounted
	}
	if _, ours := errors.AsType[*credentialError](err); ours {
		return errNotCounted
	}
	return err
}

func (b *Backend) observe(x *exchange, e Exchange, resp *http.Response) {
	if b.up.opt.Observe == nil {
		return
	}
	e.Mount, e.Operation = b.up.opt.mount, x.call.Operation.Name()
	if resp != nil {
		e.Status = resp.StatusCode
	}
	b.up.opt.Observe(e)
}

// shown is the URL of a request for people: without its query where that may be signed.
func shown(url string, req *mapping.Request, next string) string {
	if req.URL != "" || next != "" {
		return cutQuery(url)
	}
	return url
}

// slotBody gives the slot of its request back when it is closed, which may happen
// twice and while it is read.
type slotBody struct {
	io.ReadCloser
	once    sync.Once
	release func()
}

func (s *slotBody) Close() error {
	err := s.ReadCloser.Close()
	s.once.Do(s.release)
	return err
}

const (
	// drainLimit is how much of an answer nobody wants is read, so that its
	// connection can be used again.
	drainLimit = 64 << 10
	// drainTime is for how long an answer may hold up its own outcome: its status
	// is known, only the rest of its body is not.
	drainTime = time.Second
)

// discard ends an answer whose body nobody wants.
func discard(resp *http.Response) {
	defer expire(resp)()
	_, _ = io.CopyN(io.Discard, resp.Body, drainLimit) // what is left costs a connection only
	_ = resp.Body.Close()
}

// expire closes the body of an answer after drainTime, unless it is called off.
func expire(resp *http.Response) (callOff func() bool) {
	if resp.ContentLength == 0 {
		return func() bool { return true }
	}
	return time.AfterFunc(drainTime, func() { _ = resp.Body.Close() }).Stop
}
