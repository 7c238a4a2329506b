package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Open implements storage.Backend. It returns once the headers of the answer are
// there. The context governs the reading of the content too.
//
// An upstream that answers 200 to a range has sent the whole file: what comes before
// the offset is read and dropped, which is slow and right.
func (b *Backend) Open(ctx context.Context, name storage.Path, offset int64) (io.ReadCloser, error) {
	t, err := b.resolve(storage.OpRead, mapping.Read, name)
	if err != nil {
		return nil, err
	}
	t.tell("offset", offset)
	var content io.ReadCloser
	err = t.try(ctx, func(x *exchange) error {
		content, err = b.open(ctx, x, offset)
		return err
	})
	return content, err
}

// open makes one call of a read.
func (b *Backend) open(ctx context.Context, x *exchange, offset int64) (io.ReadCloser, error) {
	switch {
	case x.call.Static != nil:
		return openStatic(x, offset)
	case x.call.Render != nil:
		return b.openRendered(ctx, x, offset)
	}
	if len(x.call.Steps) > 0 {
		var err error
		if x, err = b.stepsBefore(ctx, x); err != nil {
			return nil, err
		}
	}
	x.header = http.Header{"Accept-Encoding": {"identity"}}
	// skip is how much of the answer lies before the offset; nothing in an answer
	// shows that a parameter was obeyed.
	ranged, skip := false, offset
	switch {
	case offset == 0 || x.call.Range == mapping.NoRange:
	case x.call.Range == mapping.RangeInHeader:
		ranged = true
		x.header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	default:
		skip = 0
		x.query = map[string]string{x.call.RangeParam: strconv.FormatInt(offset, 10)}
	}
	resp, err := b.do(ctx, x)
	if err != nil {
		return b.notSatisfiable(ctx, x, offset, err)
	}
	c := &content{ctx: ctx, x: x, body: resp.Body, left: resp.ContentLength}
	if err := b.acceptContent(c, resp, skip, ranged); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// acceptContent applies what the mapping says of a successful answer, then checks
// that it is what was asked for. Values see its status and header: its body is content.
func (b *Backend) acceptContent(c *content, resp *http.Response, skip int64, ranged bool) error {
	b.noteResp(c.x, resp)
	if err := b.faultOf(c.x, resp); err != nil {
		return err
	}
	if err := c.accept(resp, skip, ranged); err != nil {
		return err
	}
	return b.keep(c.x)
}

// stepsBefore makes the steps of a read but the last, which has the content.
func (b *Backend) stepsBefore(ctx context.Context, x *exchange) (*exchange, error) {
	n := len(x.call.Steps) - 1
	c := &chain{b: b, x: x}
	if err := c.run(ctx, x.call.Steps[:n]); err != nil {
		return nil, err
	}
	last := x.step(x.call.Steps[n])
	if !holds(last.call.When, x.scope) {
		return nil, x.fail(storage.Unsupported, nil)
	}
	return last, nil
}

// openStatic is the content that the mapping itself has.
func openStatic(x *exchange, offset int64) (io.ReadCloser, error) {
	text := x.call.Static.Content
	if offset > int64(len(text)) {
		return nil, x.fail(storage.BadRestart, nil)
	}
	return io.NopCloser(strings.NewReader(text[offset:])), nil
}

// notSatisfiable gives an empty content if a 416 means that the offset is the size.
func (b *Backend) notSatisfiable(ctx context.Context, x *exchange, offset int64, err error) (io.ReadCloser, error) {
	se, ok := errors.AsType[*statusError](err)
	if !ok || se.status != http.StatusRequestedRangeNotSatisfiable {
		return nil, err
	}
	size := se.size
	if size < 0 {
		e, statErr := b.stat(ctx, storage.OpRead, x.name)
		if statErr != nil {
			return nil, err
		}
		size = e.Size
	}
	if size == offset {
		return http.NoBody, nil
	}
	return nil, err
}

// accept checks that the answer is what was asked for and drops what comes before the offset.
func (c *content) accept(resp *http.Response, offset int64, ranged bool) error {
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return c.x.fail(storage.Internal, fmt.Errorf("the content came encoded as %q", oneLine(enc)))
	}
	if resp.StatusCode != http.StatusPartialContent {
		return c.skip(offset)
	}
	if !ranged {
		return c.x.fail(storage.Internal, errors.New("a part was answered where the whole was asked for"))
	}
	text := resp.Header.Get("Content-Range")
	if c.left == 0 && text == fmt.Sprintf("bytes %d-%d/%d", offset, offset-1, offset) {
		return nil // how Azure says that the file ends at the offset; RFC 9110 has 416 for it
	}
	r, ok := parseContentRange(text)
	switch {
	case !ok || r.first != offset:
		return c.x.fail(storage.BadRestart, errors.New("the answer is another part of the file"))
	case r.size >= 0 && r.last+1 != r.size:
		return c.x.fail(storage.Internal, errors.New("the answer ends before the file does"))
	case c.left >= 0 && c.left != r.last-r.first+1:
		return c.x.fail(storage.Internal, errors.New("the answer's length is not that of its range"))
	}
	c.left = r.last - r.first + 1
	return nil
}

// skip drops what comes before the offset.
func (c *content) skip(offset int64) error {
	if offset == 0 {
		return nil
	}
	if c.left >= 0 && offset > c.left {
		return c.x.fail(storage.BadRestart, nil)
	}
	n, err := io.CopyN(io.Discard, c, offset)
	if err == io.EOF {
		return c.x.fail(storage.BadRestart, fmt.Errorf("the file has %d bytes", n))
	}
	return err
}

// content is the body of a read.
type content struct {
	ctx  context.Context
	x    *exchange
	body io.ReadCloser
	left int64 // bytes to come; -1: not known
}

// Read reads content. A body that is not as long as was said fails with CutShort.
func (c *content) Read(p []byte) (int, error) {
	n, err := c.body.Read(p)
	if c.left >= 0 {
		if int64(n) > c.left {
			return int(c.left), c.x.fail(storage.CutShort, errors.New("more content than was said"))
		}
		c.left -= int64(n)
	}
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF && c.left <= 0:
		return n, io.EOF
	case c.ctx.Err() != nil:
		return n, c.ctx.Err()
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	return n, c.x.fail(storage.CutShort, err)
}

// Close gives up what has not been read.
func (c *content) Close() error { return c.body.Close() }

// contentRange is a Content-Range (RFC 9110, section 14.4): bytes first to last of
// size. size is -1 if it is not told; first and last are -1 for "bytes */size".
type contentRange struct{ first, last, size int64 }

func parseContentRange(s string) (contentRange, bool) {
	r := contentRange{-1, -1, -1}
	s, ok := strings.CutPrefix(s, "bytes ")
	span, size, hasSize := strings.Cut(s, "/")
	if !ok || !hasSize {
		return r, false
	}
	if size != "*" {
		if r.size, ok = parseCount(size); !ok {
			return r, false
		}
	}
	if span == "*" {
		return r, r.size >= 0
	}
	first, last, _ := strings.Cut(span, "-")
	if r.first, ok = parseCount(first); !ok {
		return r, false
	}
	if r.last, ok = parseCount(last); !ok {
		return r, false
	}
	return r, r.first <= r.last && (r.size < 0 || r.last < r.size)
}

// parseCount reads digits, nothing else, as a number that has a successor.
func parseCount(s string) (int64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n < 1<<63-1
}
