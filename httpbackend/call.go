package httpbackend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// do makes the call. It returns a successful answer with its body open; anything
// else is an error: *storage.Error, or the context's.
func (b *Backend) do(ctx context.Context, x *exchange) (*http.Response, error) {
	req, err := x.call.Request(x.scope)
	if err != nil {
		kind := storage.Internal
		if errors.Is(err, mapping.ErrValue) {
			kind = storage.InvalidName
		}
		return nil, x.fail(kind, err)
	}
	for name, value := range x.query {
		req.Query.Set(name, value)
	}
	creds, ok := b.caller.credentials(x.call.Security)
	if !ok {
		return nil, x.fail(storage.Unauthenticated, errNoCredential)
	}
	resp, err := b.send(ctx, x, req, creds)
	if err != nil {
		return nil, b.transportError(ctx, x, err)
	}
	if resp.StatusCode == http.StatusUnauthorized {
		return b.again(ctx, x, req, creds, resp)
	}
	return b.check(x, resp)
}

// again deals with a 401: new credentials, and the request once more if its body
// is still whole.
func (b *Backend) again(ctx context.Context, x *exchange, req *mapping.Request, creds []Credential, resp *http.Response) (*http.Response, error) {
	renewed, err := refresh(ctx, creds)
	if err != nil {
		discard(resp)
		return nil, x.fail(storage.LoginExpired, err)
	}
	if !renewed || x.upload != nil && !x.upload.rewind() {
		return b.check(x, resp)
	}
	discard(resp)
	if resp, err = b.send(ctx, x, req, creds); err != nil {
		return nil, b.transportError(ctx, x, err)
	}
	return b.check(x, resp)
}

// check lets successful answers pass and turns the others into errors.
func (b *Backend) check(x *exchange, resp *http.Response) (*http.Response, error) {
	if x.call.OK.Has(resp.StatusCode) {
		return resp, nil
	}
	defer discard(resp)
	defer expire(resp)()
	return nil, b.fromResponse(x, resp)
}

// send sends the request once, through the gate.
func (b *Backend) send(ctx context.Context, x *exchange, req *mapping.Request, creds []Credential) (*http.Response, error) {
	url, err := b.up.address(req, x.next)
	if err != nil {
		return nil, err
	}
	done, leave, err := b.up.gate.enter(ctx)
	if err != nil {
		return nil, err
	}
	header := b.header(x, req)
	out := &outgoing{creds: creds}
	switch {
	case x.upload != nil:
		ctx = x.upload.attach(ctx, b.up, out, header)
	case req.Content != nil:
		out.setBytes(req.Content)
	}
	start := time.Now()
	resp, err := b.up.roundTrip(ctx, req.Method, url, header, out)
	if x.upload != nil {
		x.upload.stop()
	}
	done(x.outcome(ctx, resp, err))
	b.observe(x, Exchange{Method: req.Method, URL: shown(url, req, x.next), Took: time.Since(start), Err: err}, resp)
	if err != nil {
		leave()
		return nil, err
	}
	resp.Body = &slotBody{ReadCloser: resp.Body, leave: leave}
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
}

// header returns the headers of the request; those of the bridge win.
func (b *Backend) header(x *exchange, req *mapping.Request) http.Header {
	h := req.Header.Clone()
	maps.Copy(h, x.header)
	h.Set("User-Agent", b.up.opt.UserAgent)
	h.Set("X-Request-Id", b.caller.Session+"-"+strconv.FormatInt(b.number.Add(1), 10))
	h.Set("Traceparent", "00-"+b.trace+"-"+randomHex(8)+"-01")
	if h.Get("Accept") == "" { // resty would put the type of the request's body there
		h.Set("Accept", "*/*")
		if x.call.Verb != mapping.Read && x.call.Format != mapping.XML && x.plan.wantsJSON(x.call) {
			h.Set("Accept", "application/json, application/problem+json")
		}
	}
	if x.call.Verb == mapping.Write && req.Method == http.MethodPut {
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
	e.Operation = x.call.Operation.Name()
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
	once  sync.Once
	leave func()
}

func (s *slotBody) Close() error {
	err := s.ReadCloser.Close()
	s.once.Do(s.leave)
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
