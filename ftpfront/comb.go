package ftpfront

import (
	"context"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// comb answers COMB "<target> <part> <part> …", with which clients that upload a
// file in parts at once put it together: the parts are added to the target, or
// make it, and are deleted. Their content goes through here; it is one upload to
// the storage, so that the target never has some of the parts.
func (s *session) comb(_ context.Context, arg string) (wire.Reply, error) {
	words, ok := wire.SplitWords(arg)
	if !ok || len(words) < 2 {
		return wire.Reply{}, errSyntax
	}
	names := make([]storage.Path, len(words))
	for i, w := range words {
		name, err := s.path(w)
		if err != nil {
			return wire.Reply{}, err
		}
		if i > 0 && name == names[0] {
			return wire.Reply{}, errSyntax
		}
		names[i] = name
	}
	target, parts := names[0], names[1:]
	files, limit := s.files, s.maxFile()
	return s.startLocal(combining, string(target), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		opt, err := putOptions(ctx, files, target)
		if err != nil {
			return wire.Reply{}, err
		}
		body := &joined{ctx: ctx, files: files, t: t, parts: parts, limit: limit}
		_, err = files.Put(ctx, target, body, opt)
		body.close()
		if body.err != io.EOF && body.err != nil {
			return wire.Reply{}, body.err
		}
		if err != nil {
			return wire.Reply{}, err
		}
		if body.err == nil {
			return wire.Reply{}, errUnread
		}
		for _, part := range parts {
			if err := files.Delete(ctx, part); err != nil {
				return wire.Reply{Code: wire.FileActionDone, Text: "Combined; some parts could not be deleted."}, nil
			}
		}
		return wire.Reply{Code: wire.FileActionDone, Text: "Combined."}, nil
	})
}

// putOptions says how to put something behind what may be at name.
func putOptions(ctx context.Context, files storage.Backend, name storage.Path) (storage.PutOptions, error) {
	_, err := files.Stat(ctx, name)
	if err == nil {
		return storage.PutOptions{Mode: storage.Append}, nil
	}
	if storage.KindOf(err) == storage.NotFound {
		return storage.PutOptions{Mode: storage.Create}, nil
	}
	return storage.PutOptions{}, err
}

// joined is the content of files, one behind the other.
type joined struct {
	ctx   context.Context
	files storage.Backend
	t     *transfer
	parts []storage.Path // not yet opened
	limit int64          // in bytes; 0 is none

	name    storage.Path
	content io.ReadCloser // of name; nil between parts
	err     error         // why reading ended; io.EOF for all of it
}

func (j *joined) Read(p []byte) (int, error) {
	for j.err == nil {
		if j.content == nil && !j.next() {
			break
		}
		n, err := j.content.Read(p)
		if total := j.t.bytes.Add(int64(n)); j.limit > 0 && total > j.limit {
			j.err = errFileTooBig
			break
		}
		if err == io.EOF {
			j.close()
		} else if err != nil {
			j.err = contentError(j.name, err)
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, j.err
}

// next opens the next part; it reports false and sets err if there is none.
func (j *joined) next() bool {
	if len(j.parts) == 0 {
		j.err = io.EOF
		return false
	}
	j.name, j.parts = j.parts[0], j.parts[1:]
	j.content, j.err = j.files.Open(j.ctx, j.name, 0)
	return j.err == nil
}

func (j *joined) close() {
	if j.content != nil {
		j.content.Close() // read to its end, or given up
		j.content = nil
	}
}
