package httpbackend

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errFault is the cause of an error that the mapping made of a successful status.
var errFault = errors.New("the mapping calls this answer a failure")

// ask makes the call and reads its answer as far as the mapping wants it: item and
// resp come into the scope. The answer's body is closed when it returns.
func (b *Backend) ask(ctx context.Context, x *exchange) (*http.Response, error) {
	resp, err := b.do(ctx, x)
	if err != nil {
		return nil, err
	}
	return b.settle(ctx, x, resp)
}

// settle reads a successful answer as far as the mapping wants it, and closes it.
func (b *Backend) settle(ctx context.Context, x *exchange, resp *http.Response) (*http.Response, error) {
	defer discard(resp)
	if err := b.readAnswer(ctx, x, resp); err != nil {
		return nil, err
	}
	return resp, b.keep(x)
}

// readAnswer reads the answer of a call that is not a stream.
func (b *Backend) readAnswer(ctx context.Context, x *exchange, resp *http.Response) error {
	if x.plan.whole(x.call) && resp.Request.Method != http.MethodHead && resp.StatusCode != http.StatusNoContent {
		var err error
		x.raw, err = b.readWhole(x, resp)
		// Beside successes the mapping may take a 404 or the like for one: its body
		// is a page for people as often as not.
		if err != nil && !x.plan.lax && resp.StatusCode < http.StatusMultipleChoices {
			return b.bodyError(ctx, x, err)
		}
	}
	if x.plan.item {
		x.scope["item"] = decode(x.raw)
	}
	b.noteResp(x, resp)
	return b.faultOf(x, resp)
}

// noteResp puts resp into the scope, if a value asks for it.
func (b *Backend) noteResp(x *exchange, resp *http.Response) {
	if !x.plan.resp {
		return
	}
	r := map[string]any{"status": int64(resp.StatusCode), "header": headerScope(resp.Header)}
	if x.plan.respBody {
		r["body"] = decode(x.raw)
	}
	x.scope["resp"] = r
}

// headerScope is a header as values see it: names in lower case, the first value.
func headerScope(h http.Header) map[string]any {
	m := make(map[string]any, len(h))
	for name, values := range h {
		if len(values) > 0 {
			m[strings.ToLower(name)] = values[0]
		}
	}
	return m
}

// readWhole reads an answer as one JSON value, whatever its format.
func (b *Backend) readWhole(x *exchange, resp *http.Response) ([]byte, error) {
	in := &boundedReader{r: resp.Body, left: maxItem}
	if formatOf(x.call, resp) == mapping.XML {
		return xmlToJSON(in)
	}
	raw, err := newDecoder(in).ReadValue()
	if err == io.EOF { // no body at all: nothing is known of it
		return nil, nil
	}
	return raw.Clone(), err
}

// formatOf is how an answer is written.
func formatOf(c *mapping.Call, resp *http.Response) mapping.Format {
	if c.Format != mapping.AnyFormat {
		return c.Format
	}
	return formatOfType(resp.Header.Get("Content-Type"))
}

// formatOfType goes by a media type; what is not known is JSON.
func formatOfType(contentType string) mapping.Format {
	mediaType, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	switch mediaType = strings.TrimSpace(mediaType); {
	case mediaType == "application/xml", mediaType == "text/xml", strings.HasSuffix(mediaType, "+xml"):
		return mapping.XML
	case mediaType == "application/x-ndjson", mediaType == "application/ndjson", mediaType == "application/jsonl",
		mediaType == "application/json-seq":
		return mapping.NDJSON
	}
	return mapping.JSON
}

// faultOf applies the rows of the mapping that make a failure of a success. A row whose
// condition cannot be computed may be what keeps a later step from deleting something,
// so such an answer is no success.
func (b *Backend) faultOf(x *exchange, resp *http.Response) error {
	for _, f := range x.call.Faults {
		if !f.Status.Has(resp.StatusCode) {
			continue
		}
		if f.When != nil {
			if _, err := f.When.Eval(x.scope); err != nil {
				return x.fail(storage.Internal, err)
			}
		}
		if holds(f.When, x.scope) {
			e := &storage.Error{Op: x.op, Path: x.name, Err: &statusError{
				operation: x.call.Operation.Name(), status: resp.StatusCode, problem: problem{Title: errFault.Error()}, size: -1,
			}}
			apply(f, e, x.scope)
			return e
		}
	}
	return nil
}

// keep evaluates what the call saves: for what comes after it in this operation and
// for later operations on the same path.
func (b *Backend) keep(x *exchange) error {
	if len(x.call.Save) == 0 {
		return nil
	}
	saved, err := evaluate(x.call.Save, x.scope)
	if err != nil {
		return x.fail(storage.Internal, err)
	}
	if x.saved == nil {
		x.saved = map[string]any{}
	}
	for name, v := range saved {
		x.scope[name], x.saved[name] = v, v
	}
	x.keep = max(x.keep, x.call.Cache)
	b.cache.keepSaved(x.since, x.name, saved, x.call.Cache)
	return nil
}

func evaluate(names []mapping.Saved, sc mapping.Scope) (map[string]any, error) {
	values := make(map[string]any, len(names))
	for _, s := range names {
		v, err := s.Value.Eval(sc)
		if err != nil {
			return nil, err
		}
		values[s.Name] = v
	}
	return values, nil
}
