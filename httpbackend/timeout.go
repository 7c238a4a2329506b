package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errSlow is the error of an answer whose headers did not come in time.
var errSlow = errors.New("no answer in time")

// longestWait is the longest time that a call of the mapping waits for headers. The
// transport itself bounds it; calls that wait less are bounded by a headerWait.
func longestWait(o Options) time.Duration {
	longest := o.AnswerTimeout
	o.Mapping.Each(func(c *mapping.Call) { longest = max(longest, c.Timeout) })
	return longest
}

// headerWait bounds the wait for the headers of one answer. The time begins when the
// request has been sent, so that a long upload may take its own. A nil one bounds
// nothing: the transport's time is the right one.
type headerWait struct {
	limit time.Duration
	stop  context.CancelFunc

	mu    sync.Mutex
	over  bool
	timer *time.Timer
}

// await makes the context of a request whose headers must come within limit; 0 stands
// for Options.AnswerTimeout. cancel must be called when the answer has been read.
func (u *Upstream) await(ctx context.Context, limit time.Duration) (context.Context, *headerWait) {
	if limit == 0 {
		limit = u.opt.AnswerTimeout
	}
	if limit == u.transport.ResponseHeaderTimeout {
		return ctx, nil
	}
	ctx, stop := context.WithCancel(ctx)
	w := &headerWait{limit: limit, stop: stop}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { w.begin() }}), w
}

// begin is called when the request has been sent: again, if it is sent again.
func (w *headerWait) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	if w.timer != nil {
		w.timer.Stop()
	}
	w.timer = time.AfterFunc(w.limit, w.stop)
}

// end is called with what came of the request. An answer that came just too late is none.
func (w *headerWait) end(resp *http.Response, err error) (*http.Response, error) {
	if w == nil {
		return resp, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer == nil || w.timer.Stop() {
		return resp, err
	}
	if err == nil {
		_ = resp.Body.Close()
	}
	return nil, errSlow
}

// cancel gives up what is held for the request.
func (w *headerWait) cancel() {
	if w != nil {
		w.stop()
	}
}
