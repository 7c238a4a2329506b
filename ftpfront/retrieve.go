package ftpfront

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/internal/dataconn"
	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// retr answers RETR. The storage is asked before 150, so that a missing file is
// a plain 550.
func (s *session) retr(_ context.Context, arg string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	offset, err := s.offset()
	if err != nil {
		return wire.Reply{}, err
	}
	files, ascii := s.files, s.convertsLineEnds()
	end, deflate, level := s.rangeEnd, s.deflate, s.level
	pace := s.down

	return s.start(Download, string(name), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		content, err := files.Open(ctx, name, offset)
		if err != nil {
			return wire.Reply{}, err
		}
		defer content.Close() // read to its end, or given up
		conn, err := t.begin("Here comes the file.")
		if err != nil {
			return wire.Reply{}, err
		}
		var r io.Reader = content
		if end > 0 {
			r = io.LimitReader(r, end-offset)
		}
		if ascii {
			r = wire.ToNetwork(r)
		}
		if deflate {
			r = wire.Deflate(r, level)
		}
		if err := s.srv.send(t, conn, r, pace, name); err != nil {
			conn.Abort()
			return wire.Reply{}, err
		}
		if err := conn.Finish(); err != nil {
			return wire.Reply{}, errors.Join(errDataLost, err)
		}
		return wire.Reply{Code: wire.DataClosing, Text: "Transfer complete."}, nil
	})
}

// send copies content to the data connection.
func (srv *Server) send(t *transfer, conn *dataconn.Conn, r io.Reader, pace paces, name storage.Path) error {
	buf := srv.buffers.Get().(*[transferBuffer]byte)
	defer srv.buffers.Put(buf)
	for {
		n, err := r.Read(pace.portion(buf[:]))
		if n > 0 {
			k, werr := conn.Write(buf[:n])
			t.bytes.Add(int64(k))
			if werr != nil {
				return fmt.Errorf("%w: %w", errDataLost, werr)
			}
			if err := pace.wait(t.ctx, n); err != nil {
				return errors.Join(errAborted, err)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return contentError(name, err)
		}
	}
}

// contentError is the error of a content that broke off while it was sent.
func contentError(name storage.Path, err error) error {
	if se := (*storage.Error)(nil); errors.As(err, &se) {
		return err
	}
	return &storage.Error{Kind: storage.CutShort, Op: storage.OpRead, Path: name, Err: err}
}
