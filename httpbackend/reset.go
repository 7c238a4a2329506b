package httpbackend

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
)

// resetter breaks connections off loudly: when content breaks off, or its Put is given up, the
// connection is reset instead of closed. A service that takes the end of a connection
// for the end of a body, as some do, then has no end to take.
type resetter struct {
	mu   sync.Mutex
	conn net.Conn
}

// resettable makes the context of a request with content. It ends when ctx does, once
// the connection has been told to reset. release must be called when the answer has
// been read.
func resettable(ctx context.Context) (reqCtx context.Context, r *resetter, release func()) {
	r = &resetter{}
	reqCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if ctx.Err() != nil {
		cancel()
	}
	stop := context.AfterFunc(ctx, func() {
		r.reset()
		cancel()
	})
	reqCtx = httptrace.WithClientTrace(reqCtx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { r.use(i.Conn) }})
	return reqCtx, r, func() {
		stop()
		cancel()
	}
}

// use notes the connection that the request goes over: another one, if it is sent again.
func (r *resetter) use(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conn = c
}

// reset lets the closing of the connection be a reset (RFC 9293, section 3.5.2).
func (r *resetter) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.conn
	if t, ok := c.(*tls.Conn); ok {
		c = t.NetConn()
	}
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // it may be closed already
	}
}
