package httpbackend

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"sync"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// renderChunk is how much of a rendered file is made at a time, in bytes.
const renderChunk = 32 << 10

// openRendered makes a file of the items of all pages. It returns once the first
// item is there, or once it is known that there is none; what is not read is not
// asked for. Such a file has no other way to begin at an offset than to be made from
// its start.
func (b *Backend) openRendered(ctx context.Context, x *exchange, offset int64) (io.ReadCloser, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &rendered{cancel: cancel}
	r.pull, r.stop = iter.Pull2(newRenderer(b, x).chunks(ctx))
	err := r.fill()
	if err == nil && offset > 0 {
		var n int64
		if n, err = io.CopyN(io.Discard, r, offset); err == io.EOF {
			err = x.fail(storage.BadRestart, fmt.Errorf("the file has %d bytes", n))
		}
	}
	if err != nil && err != io.EOF {
		_ = r.Close() // nothing has been given away
		return nil, err
	}
	return r, nil
}

// rendered is the content of such a file. It may be closed while it is read.
type rendered struct {
	cancel context.CancelFunc

	mu   sync.Mutex
	pull func() ([]byte, error, bool)
	stop func()
	rest []byte // of the chunk, valid until the next pull
	err  error
}

// fill gets the next chunk, if the one before has been read. io.EOF says that there
// is none.
func (r *rendered) fill() error {
	for len(r.rest) == 0 && r.err == nil {
		chunk, err, more := r.pull()
		if r.rest, r.err = chunk, err; !more {
			r.err = io.EOF
		}
	}
	if len(r.rest) > 0 {
		return nil
	}
	return r.err
}

// Read implements io.Reader. Its errors are those of a listing.
func (r *rendered) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.fill(); err != nil {
		return 0, err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Close ends the request that is running.
func (r *rendered) Close() error {
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stop()
	r.rest = nil
	if r.err == nil || r.err == io.EOF {
		r.err = io.ErrClosedPipe
	}
	return nil
}

// renderer makes the text of a file from items.
type renderer struct {
	b     *Backend
	x     *exchange
	form  *mapping.Render
	items *itemReader
	out   bytes.Buffer
	csv   *csv.Writer
	row   []string
	count int
}

func newRenderer(b *Backend, x *exchange) *renderer {
	r := &renderer{b: b, x: x, form: x.call.Render, items: newItemReader(x.plan.render, x.scope)}
	if r.form.Form == mapping.RenderCSV {
		r.csv = csv.NewWriter(&r.out)
		r.row = make([]string, len(r.form.Columns))
	}
	return r
}

// renderValues are the values of an item, in the order of the columns.
func renderValues(r *mapping.Render) []*mapping.Value {
	if r.Form != mapping.RenderCSV {
		return []*mapping.Value{r.Value}
	}
	values := make([]*mapping.Value, len(r.Columns))
	for i, c := range r.Columns {
		values[i] = c.Value
	}
	return values
}

// chunks yields the text piece by piece, the first as soon as there is an item. A
// piece is valid until the next one.
func (r *renderer) chunks(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		send := func() error {
			if r.out.Len() > 0 && !yield(r.out.Bytes(), nil) {
				return errEnough
			}
			r.out.Reset()
			return nil
		}
		err := r.head()
		if err == nil {
			err = r.b.eachItem(ctx, r.x, func(_ *mapping.Listing, raw []byte) error {
				if err := r.item(raw); err != nil {
					return err
				}
				if r.count++; r.count == 1 || r.out.Len() >= renderChunk {
					return send()
				}
				return nil
			})
		}
		if err == nil {
			r.tail()
			err = send()
		}
		if err != nil && err != errEnough {
			if r.count > 0 && r.out.Len() > 0 && !yield(r.out.Bytes(), nil) { // what is whole is given away
				return
			}
			yield(nil, err)
		}
	}
}

func (r *renderer) head() error {
	switch r.form.Form {
	case mapping.RenderJSON:
		r.out.WriteByte('[')
	case mapping.RenderCSV:
		for i, c := range r.form.Columns {
			r.row[i] = c.Head
		}
		return r.line()
	}
	return nil
}

func (r *renderer) tail() {
	if r.form.Form == mapping.RenderJSON {
		r.out.WriteString("]\n")
	}
}

// item writes the text of one item.
func (r *renderer) item(raw []byte) error {
	if r.csv != nil || r.form.Value != nil {
		r.items.open(raw)
		if err := r.items.read(raw); err != nil {
			return err
		}
	}
	if r.csv != nil {
		for i, c := range r.items.cells {
			var err error
			if r.row[i], err = c.field(); err != nil {
				return fmt.Errorf("%w: %w", errBadEntry, err)
			}
		}
		return r.line()
	}
	if r.form.Form == mapping.RenderJSON && r.count > 0 {
		r.out.WriteString(",\n")
	}
	value := cell{raw: raw}
	if r.form.Value != nil {
		value = r.items.cells[0]
	}
	text, err := value.appendJSON(r.out.AvailableBuffer())
	if err != nil {
		return fmt.Errorf("%w: %w", errBadEntry, err)
	}
	r.out.Write(text)
	if r.form.Form == mapping.RenderNDJSON {
		r.out.WriteByte('\n')
	}
	return nil
}

// line writes the row as a line of CSV, which ends in CR LF (RFC 4180, section 2).
// The library would put that into values too, so it does not know.
func (r *renderer) line() error {
	if len(r.row) == 1 && r.row[0] == "" { // an empty line would be none
		r.out.WriteString("\"\"\r\n")
		return nil
	}
	if err := r.csv.Write(r.row); err != nil {
		return err
	}
	r.csv.Flush()
	r.out.Truncate(r.out.Len() - 1)
	r.out.WriteString("\r\n")
	return r.csv.Error()
}
