package ftpfront

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// transfer is one use of a data connection. It runs in a goroutine of its own
// and reports through events: 150 when the storage has agreed, then its end.
// The session goroutine writes both replies.
type transfer struct {
	verb      string
	started   time.Time
	direction Direction
	path      string

	ctx    context.Context
	cancel context.CancelCauseFunc
	bytes  atomic.Int64 // content on the data connection so far
	moving atomic.Bool  // content may move now; else the storage is waited for
	bidden atomic.Bool  // QUIT waits: the control connection may end now
	deaf   atomic.Bool  // so much waits that no ABOR behind it would be heard
	events chan transferEvent
	open   func(context.Context) (*dataconn.Conn, error) // nil if no data connection is needed
	conn   *dataconn.Conn                                // what open gave; only the transfer's goroutine sees it
}

// transferEvent is a preliminary reply, or the outcome that ends a transfer.
type transferEvent struct {
	reply wire.Reply
	err   error
	ended bool
}

// work does a transfer. It calls t.begin once the storage has agreed, and gives
// the final reply or an error.
type work func(ctx context.Context, t *transfer) (wire.Reply, error)

// start starts a transfer with the prepared data connection.
func (s *session) start(dir Direction, path string, do work) (wire.Reply, error) {
	opener := s.opener
	if opener == nil {
		return wire.Reply{}, errNoOpener
	}
	s.opener = nil
	protect, guard := s.protect, s.dataGuard()
	t := &transfer{direction: dir, path: path, open: func(ctx context.Context) (*dataconn.Conn, error) {
		conn, err := s.srv.openData(ctx, opener)
		if err != nil {
			return nil, err
		}
		return s.srv.secured(ctx, conn, protect, guard)
	}}
	s.launch(t, func(ctx context.Context, t *transfer) (wire.Reply, error) {
		defer opener.Close() // harmless after Open
		return do(ctx, t)
	})
	return wire.Reply{}, nil
}

// startLocal starts work on content that takes as long as a transfer and needs
// no data connection. It is limited, told by STAT and cancelled by ABOR like a
// transfer; Events do not hear of it as one.
func (s *session) startLocal(what Direction, path string, do work) (wire.Reply, error) {
	s.launch(&transfer{direction: what, path: path}, do)
	return wire.Reply{}, nil
}

// launch runs a transfer beside the session.
func (s *session) launch(t *transfer, do work) {
	t.events = make(chan transferEvent, 2)
	t.ctx, t.cancel = context.WithCancelCause(s.ctx)
	limits := s.srv.opt.Limits
	s.transfer = t
	go func() {
		defer t.cancel(nil)
		stop := t.limit(limits)
		defer stop()
		reply, err := t.do(do)
		t.events <- transferEvent{reply: reply, err: err, ended: true}
	}()
}

// do runs the work; a panic is an error of this transfer only, and breaks its
// data connection off.
func (t *transfer) do(do work) (reply wire.Reply, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
			if t.conn != nil {
				t.conn.Abort()
			}
		}
	}()
	reply, err = do(t.ctx, t)
	if cause := (*protocolError)(nil); err != nil && errors.As(context.Cause(t.ctx), &cause) {
		err = errors.Join(cause, err) // why it was cancelled matters more than what that broke
	}
	return reply, err
}

// begin announces the data connection with 150 and opens it. It fails with 425
// or 522.
func (t *transfer) begin(text string) (*dataconn.Conn, error) {
	t.events <- transferEvent{reply: wire.Reply{Code: wire.AboutToOpen, Text: text}}
	conn, err := t.open(t.ctx)
	if err != nil {
		return nil, err
	}
	t.conn = conn
	context.AfterFunc(t.ctx, conn.Interrupt)
	t.moving.Store(true)
	return conn, nil
}

// openData opens a data connection.
func (srv *Server) openData(ctx context.Context, o dataconn.Opener) (*dataconn.Conn, error) {
	ctx, stop := withTimeout(ctx, srv.opt.Limits.DataOpen)
	defer stop()
	conn, err := o.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: open data connection: %w", errNoDataConn, err)
	}
	return conn, nil
}

// stallChecks is how often progress is looked at within Limits.Stall.
const stallChecks = 4

// limit cancels a transfer that stands still, or takes longer than allowed.
func (t *transfer) limit(l Limits) (stop func()) {
	stopStall, stopWhole := func() bool { return true }, func() bool { return true }
	if l.Stall > 0 {
		stopStall = t.watchProgress(l.Stall / stallChecks)
	}
	if l.MaxTransfer > 0 {
		stopWhole = time.AfterFunc(l.MaxTransfer, func() { t.cancel(errOverTime) }).Stop
	}
	return func() {
		stopStall()
		stopWhole()
	}
}

// watchProgress looks at the byte count once a period and cancels the transfer
// when it has stayed the same for stallChecks of them.
func (t *transfer) watchProgress(period time.Duration) (stop func() bool) {
	last, same := int64(-1), 0
	var timer *time.Timer
	timer = time.AfterFunc(time.Hour, func() {
		if t.ctx.Err() != nil {
			return
		}
		if n := t.bytes.Load(); n != last {
			last, same = n, 0
		} else if same++; same == stallChecks {
			t.cancel(t.stalled())
			return
		}
		timer.Reset(period)
	})
	timer.Reset(period) // only now, so that the function sees timer
	return timer.Stop
}

// stalled says who stands still: the client, or the storage that has yet to
// agree or to confirm.
func (t *transfer) stalled() error {
	if t.moving.Load() {
		return errStalled
	}
	return errNoAnswer
}

// attendTransfer waits for what happens first: an event of the transfer, or a
// line of the client.
func (s *session) attendTransfer() {
	var lines chan line
	if !s.roomToHold() {
		s.transfer.deaf.Store(true)
	} else if !s.lost && s.ctx.Err() == nil {
		if !s.ctl.asked {
			s.ctl.setReadDeadline(time.Time{})
			s.ctl.ask()
		}
		lines = s.ctl.lines
	}
	select {
	case l := <-lines:
		s.ctl.took()
		s.duringTransfer(l)
	case e := <-s.transfer.events:
		if !e.ended {
			s.reply(e.reply)
			return
		}
		s.transferEnded(e)
	}
}

// duringTransfer takes a line that came while a transfer runs.
func (s *session) duringTransfer(l line) {
	if l.err != nil && !errors.Is(l.err, wire.ErrLineTooLong) {
		if isTimeout(l.err) {
			s.draining = true // Shutdown woke the read, and lets the transfer end
			s.ctl.resume()    // unless the client gives it up
			return
		}
		s.loseControl()
		return
	}
	verb := wire.ParseCommand(l.text).Verb
	row := s.srv.commands[verb]
	if verb == "QUIT" {
		s.transfer.bidden.Store(true)
	}
	switch {
	case l.err == nil && row.during == now:
		s.command(l)
	case l.err == nil && row.during == cancel:
		s.transfer.cancel(errAborted)
		s.held = append(s.held, l)
	case s.draining && verb != "QUIT": // goodbye will answer it
	default:
		s.held = append(s.held, l)
	}
}

// foreclose tells a transfer that has just begun what was read before behind its
// command: ABOR, QUIT, or the end of the control connection.
func (s *session) foreclose() {
	others := false // a transfer that what follows is about
	for _, l := range s.held {
		verb := wire.ParseCommand(l.text).Verb
		row := s.srv.commands[verb]
		switch {
		case verb == "QUIT":
			s.transfer.bidden.Store(true)
		case row.data, row.local:
			others = true
		case row.during == cancel && !others:
			s.transfer.cancel(errAborted)
		}
	}
	if s.lost {
		s.loseControl()
	}
}

// loseControl notes that the control connection has ended, and with it the
// transfer and the commands behind it, unless QUIT has bidden that: what a dead
// client meant to follow an upload must not follow a part of it.
func (s *session) loseControl() {
	s.lost = true
	if s.transfer != nil && !s.transfer.bidden.Load() {
		s.transfer.cancel(errControlLost)
		s.held = nil
	}
}

// roomToHold reports whether one more command may wait behind the transfer.
func (s *session) roomToHold() bool {
	n := 0
	for _, l := range s.held {
		n += len(l.text) + heldOverhead
	}
	return n < maxHeldBytes
}

// transferEnded gives the transfer's final reply.
func (s *session) transferEnded(e transferEvent) {
	t := s.transfer
	s.transfer = nil
	r := e.reply
	if e.err != nil {
		r = s.failed(t.verb, e.err)
	}
	took := time.Since(t.started)
	if e.err == nil {
		s.log.Info("transfer", "verb", t.verb, "path", t.path, "bytes", t.bytes.Load(), "took", took)
	}
	s.finish(t.verb, t.started, r)
	if f := s.srv.opt.Events.TransferEnded; f != nil && t.open != nil {
		f(s.info(), TransferInfo{
			Direction: t.direction, Verb: t.verb, Path: t.path, Bytes: t.bytes.Load(),
			Took: took, Code: int(r.Code), Err: e.err,
		})
	}
}

// drain waits for a transfer that nobody attends any more.
func (t *transfer) drain() {
	t.cancel(errControlLost)
	for e := range t.events {
		if e.ended {
			return
		}
	}
}

// abor answers ABOR once the transfer it cancelled has had its 426 (RFC 959,
// section 4.1.3), or when there was none.
func (s *session) abor(context.Context, string) (wire.Reply, error) {
	s.dropOpener()
	return wire.Reply{Code: wire.DataClosing, Text: "Abort processed."}, nil
}
