package ftpfront

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// stor answers STOR; behind a REST it goes on at the offset (RFC 3659,
// section 5).
func (s *session) stor(_ context.Context, arg string) (wire.Reply, error) {
	offset, err := s.offset()
	if err != nil {
		return wire.Reply{}, err
	}
	opt := storage.PutOptions{}
	if offset > 0 {
		opt.Mode, opt.Offset = storage.Resume, offset
	}
	return s.upload(arg, opt, "")
}

// appe answers APPE. A restart marker means nothing to it.
func (s *session) appe(_ context.Context, arg string) (wire.Reply, error) {
	return s.upload(arg, storage.PutOptions{Mode: storage.Append}, "")
}

// stou answers STOU: the name is made up here, from the argument if there is
// one, and told in 150 as "FILE: name" (RFC 1123, section 4.1.2.9).
func (s *session) stou(_ context.Context, arg string) (wire.Reply, error) {
	prefix := strings.TrimSpace(arg)
	if prefix == "" {
		prefix = "ftp"
	}
	name := prefix + "-" + strings.ToLower(rand.Text()[:12])
	return s.upload(name, storage.PutOptions{Mode: storage.Create}, "FILE: "+name)
}

// upload starts a transfer into the storage.
func (s *session) upload(arg string, opt storage.PutOptions, text string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if text == "" {
		text = "Ready for the data."
	}
	if s.rangeEnd > 0 {
		return wire.Reply{}, errRangeUpload
	}
	if opt.Size = s.allocated; s.convertsLineEnds() {
		opt.Size = 0 // ALLO counts bytes as sent, which are not those stored
	}
	u := uploadBody{
		size: s.allocated, limit: s.maxFile(), deflated: s.deflate,
		policy: s.srv.opt.UploadEnd, control: s.ctl.raw,
	}
	files, ascii := s.files, s.convertsLineEnds()
	pace := s.up

	return s.start(Upload, string(name), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		conn, err := t.begin(text)
		if err != nil {
			return wire.Reply{}, err
		}
		body := &u
		body.t, body.conn, body.pace, body.opened = t, conn, pace, time.Now()
		var content io.Reader = body
		if body.deflated {
			content = &inflated{body: body, r: wire.Inflate(body)}
		}
		if ascii {
			content = wire.FromNetwork(content)
		}
		receipt, err := files.Put(ctx, name, content, opt)
		if err = body.verdict(err); err != nil {
			conn.Abort()
			return wire.Reply{}, err
		}
		conn.Finish() // the content is stored, whatever becomes of the connection
		if receipt.Text == "" {
			receipt.Text = "Transfer complete."
		}
		return wire.Reply{Code: wire.DataClosing, Text: receipt.Text}, nil
	})
}

// convertsLineEnds reports whether content is converted now.
func (s *session) convertsLineEnds() bool { return s.ascii && !s.srv.opt.KeepLineEnds }

// uploadBody is the content of an upload as the backend reads it: io.EOF only
// when the client has ended it, any other error when it was cut short. FTP
// marks the end of a file by closing the data connection, which is also what a
// client that dies does; so the end is believed only under UploadEnd's policy.
type uploadBody struct {
	t       *transfer
	conn    *dataconn.Conn
	control net.Conn // looked at when the content ends
	policy  UploadEnd
	size    int64 // ALLO; 0 is not known
	limit   int64 // 0 is none
	pace    paces
	opened  time.Time // when the data connection was
	// deflated content (MODE Z) has an end mark of its own; what the size and
	// the limit count is looked at behind this: see inflated.
	deflated bool

	ended bool  // io.EOF was given
	err   error // what cut the content short
}

func (u *uploadBody) Read(p []byte) (int, error) {
	if u.err != nil {
		return 0, u.err
	}
	p = u.pace.portion(p)
	n, err := u.conn.Read(p)
	total := u.t.bytes.Add(int64(n))
	if u.limit > 0 && total > u.limit && !u.deflated {
		u.err = errFileTooBig
		return 0, u.err
	}
	if n > 0 {
		if err := u.pace.wait(u.t.ctx, n); err != nil {
			u.err = errors.Join(errAborted, err)
			return 0, u.err
		}
	}
	switch {
	case err == io.EOF:
		if u.err = u.cut(total); u.err != nil {
			return 0, u.err
		}
		u.ended = true
		u.t.moving.Store(false)
	case err != nil:
		u.err = fmt.Errorf("%w: %w", errCutShort, err)
		err = u.err
	}
	return n, err
}

// cut decides whether a closed data connection is the end of the file. It
// returns nil if so.
func (u *uploadBody) cut(total int64) error {
	proved := u.conn.EndProved() || u.deflated || u.size > 0 && total == u.size
	switch {
	case u.policy == EndLenient:
		return nil
	case u.policy == EndStrict && !proved, u.conn.Protected() && !u.conn.EndProved():
		return errCutShort
	case !proved && u.clientDied():
		return errors.Join(errCutShort, context.Cause(u.t.ctx))
	}
	return nil
}

const (
	// longestWake is the longest wait for the control connection of a dead
	// client to end. On one machine it follows the data connection within
	// 0.1 ms; a network adds its jitter.
	longestWake = 5 * time.Millisecond
	// wakeShare is the share of an upload's time that is waited, one part in
	// so many: what took long is likelier to be what a kill fell into, and
	// small files pay next to nothing.
	wakeShare = 8
)

// clientDied reports whether the control connection ends together with the data
// connection, as it does when a process dies: its sockets close one after the
// other. The session watches the control connection and cancels the transfer; where
// it has stopped reading, an ABOR or the end may lie unread, and the content is not
// taken for whole.
func (u *uploadBody) clientDied() bool {
	timer := time.NewTimer(min(time.Since(u.opened)/wakeShare, longestWake))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-u.t.ctx.Done():
	}
	return u.t.ctx.Err() != nil || u.t.deaf.Load() || !u.t.bidden.Load() && gone(u.control)
}

// verdict is the outcome of the upload, given Put's. What cut the content short
// comes first; a Put that succeeded without the whole content did not.
func (u *uploadBody) verdict(err error) error {
	switch {
	case u.err != nil:
		return errors.Join(u.err, err)
	case err != nil:
		return err
	case !u.ended:
		return errUnread
	}
	return nil
}
