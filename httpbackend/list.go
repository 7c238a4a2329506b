package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// maxItem bounds one item of a listing, and all that is around the items, in bytes.
const maxItem = 1 << 20

var (
	// errAnswer is the error of an answer that the mapping makes nothing of.
	errAnswer   = errors.New("unexpected answer")
	errNoItems  = fmt.Errorf("%w: no list where the mapping looks for it", errAnswer)
	errTrailing = fmt.Errorf("%w: something follows its document", errAnswer)
	errItems    = fmt.Errorf("%w: too many items", errAnswer)
	errItem     = fmt.Errorf("%w: an item is too large", errAnswer)
	errBadEntry = fmt.Errorf("%w: an item makes no entry", errAnswer)

	errCursor = errors.New("the cursor of the next page comes again")
	errPages  = errors.New("too many pages")
)

// List implements storage.Backend. Pages are asked for one by one, as the caller
// goes on; items are decoded as they come.
func (b *Backend) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		x, err := b.resolve(storage.OpList, mapping.List, name)
		if err != nil {
			yield(storage.Entry{}, err)
			return
		}
		l := &listing{b: b, x: x, yield: yield, doc: newDocTree(x.call), seen: b.cache.collect(name)}
		l.maxPages, l.maxItems = b.up.opt.MaxPages, b.up.opt.MaxItems
		if x.call.MaxPages > 0 {
			l.maxPages = x.call.MaxPages
		}
		if x.call.MaxItems > 0 {
			l.maxItems = x.call.MaxItems
		}
		l.run(ctx)
	}
}

// listing is one run of List.
type listing struct {
	b                  *Backend
	x                  *exchange
	yield              func(storage.Entry, error) bool
	doc                *docNode
	seen               *listed
	maxPages, maxItems int

	in      *boundedReader
	fields  rawFields
	found   bool   // the page has had its items
	next    string // cursor of the next page
	items   int
	stopped bool // the caller wants no more
	leftOut leftOut
}

func (l *listing) run(ctx context.Context) {
	var loop cycle
	for page := 1; ; page++ {
		err := l.page(ctx)
		if l.stopped {
			return
		}
		switch {
		case err != nil:
		case l.next == "":
			l.seen.done()
			l.leftOut.log(l.b.up.opt.Logger, l.b.caller.Session, l.x.name)
			return
		case page == l.maxPages:
			err = l.x.fail(storage.Internal, errPages)
		case loop.repeats(l.next):
			err = l.x.fail(storage.Internal, errCursor)
		}
		if err != nil {
			l.yield(storage.Entry{}, err)
			return
		}
		l.x.cursor = l.next
	}
}

// page asks for one page and yields its entries.
func (l *listing) page(ctx context.Context) error {
	l.found, l.next = false, ""
	resp, err := l.b.do(ctx, l.x)
	if err != nil {
		return err
	}
	err = l.read(resp)
	if err != nil || l.stopped {
		_ = resp.Body.Close() // what is left may be long
		return l.b.bodyError(ctx, l.x, err)
	}
	discard(resp)
	return nil
}

func (l *listing) read(resp *http.Response) error {
	l.in = &boundedReader{r: resp.Body, left: maxItem}
	dec := newDecoder(l.in)
	if err := l.walk(dec, l.doc); err != nil || l.stopped {
		return err
	}
	if _, err := dec.ReadToken(); err != io.EOF {
		if err == nil {
			err = errTrailing
		}
		return err
	}
	if !l.found {
		return errNoItems
	}
	return nil
}

func newDecoder(r io.Reader) *jsontext.Decoder {
	// A doubled name does no harm here, and one in a wrong encoding costs its own
	// entry, not the listing.
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// docNode is a place in the answer on the way to its items or its cursor.
type docNode struct {
	items, cursor bool
	kids          map[string]*docNode
}

func newDocTree(c *mapping.Call) *docNode {
	root := &docNode{}
	root.at(c.Items).items = true
	if c.Page != nil {
		root.at(c.Page.From).cursor = true
	}
	return root
}

func (n *docNode) at(p mapping.Pointer) *docNode {
	for _, token := range p {
		if n.kids == nil {
			n.kids = map[string]*docNode{}
		}
		if n.kids[token] == nil {
			n.kids[token] = &docNode{}
		}
		n = n.kids[token]
	}
	return n
}

// walk goes through the value that comes next, looking for the items and the cursor
// in whatever order they stand.
func (l *listing) walk(dec *jsontext.Decoder, n *docNode) error {
	switch {
	case n.items:
		return l.readItems(dec)
	case n.cursor:
		raw, err := dec.ReadValue()
		l.next = cell{raw: raw}.text()
		return err
	case dec.PeekKind() != '{':
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		key, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if kid := n.kids[string(unquote(key))]; kid != nil {
			err = l.walk(dec, kid)
		} else {
			err = dec.SkipValue()
		}
		if err != nil || l.stopped {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (l *listing) readItems(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case '[':
		l.found = true
	case 'n': // null is how some servers write an empty list
		l.found = true
		return dec.SkipValue()
	case 0:
		return dec.SkipValue() // reports the fault
	default:
		return errNoItems
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		l.in.left = maxItem
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if err := l.item(raw); err != nil || l.stopped {
			return err
		}
	}
	l.in.left = maxItem
	_, err := dec.ReadToken()
	return err
}

// item yields the entry that the first fitting rule makes of one item.
func (l *listing) item(raw jsontext.Value) error {
	if l.items++; l.items > l.maxItems {
		return errItems
	}
	for _, rule := range l.x.call.Each {
		plan := l.b.up.plans[rule]
		fits, err := plan.read(raw, l.x.scope, &l.fields)
		if err != nil {
			return err
		}
		if !fits {
			continue
		}
		e, ok := plan.entry(&l.fields)
		if !ok || !storage.ValidName(e.Name) {
			l.leftOut.add(e.Name)
			return nil
		}
		l.seen.add(e)
		l.stopped = !l.yield(e, nil)
		return nil
	}
	return nil
}

// leftOut counts the items that cannot be shown.
type leftOut struct {
	count   int
	example string
}

func (l *leftOut) add(name string) {
	if l.count == 0 {
		l.example = name
	}
	l.count++
}

func (l *leftOut) log(logger *slog.Logger, session string, dir storage.Path) {
	if l.count > 0 {
		logger.Warn("names left out of a listing", "session", session, "path", dir, "count", l.count,
			"example", strconv.QuoteToASCII(l.example[:min(len(l.example), 100)]))
	}
}

// cycle finds repeated cursors in constant memory (Brent's algorithm): a cursor is
// kept for twice as long each time, and every new one compared with it.
type cycle struct {
	kept        string
	steps, span int
}

func (c *cycle) repeats(cursor string) bool {
	if cursor == c.kept {
		return true
	}
	if c.steps++; c.steps > c.span {
		c.kept, c.steps, c.span = cursor, 0, max(1, 2*c.span)
	}
	return false
}

// boundedReader fails when more than left bytes are read before left is set again.
type boundedReader struct {
	r    io.Reader
	left int
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errItem
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// bodyError turns the failure to read an answer into an error.
func (b *Backend) bodyError(ctx context.Context, x *exchange, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	kind := storage.Unavailable
	_, syntax := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		kind = storage.CutShort
	case syntax, errors.Is(err, errAnswer):
		kind = storage.Internal
	}
	return x.fail(kind, fmt.Errorf("read answer of %s: %w", x.call.Operation.Name(), err))
}

// as gives an error to the operation on whose behalf the request was made.
func (x *exchange) as(op storage.Op, err error) error {
	if e, ok := err.(*storage.Error); ok {
		e.Op = op
	}
	return err
}
