package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"slices"
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

	// errEnough ends a listing of which the caller wants no more.
	errEnough = errors.New("enough")

	errCursor = errors.New("the cursor of the next page comes again")
	errPages  = errors.New("too many pages")
)

// List implements storage.Backend: the items of the API, then what follows from the
// routes alone. Pages are asked for one by one, as the caller goes on; items are
// decoded as they come.
func (b *Backend) List(ctx context.Context, name storage.Path) iter.Seq2[storage.Entry, error] {
	return func(yield func(storage.Entry, error) bool) {
		l := &lister{b: b, yield: yield, fixed: map[string]storage.Entry{}}
		for e := range b.up.tree.children(name) {
			l.fixed[e.Name] = e
		}
		if err := l.run(ctx, name); err != nil && !l.stopped {
			yield(storage.Entry{}, err)
		}
	}
}

// lister is one run of List.
type lister struct {
	b       *Backend
	x       *exchange
	yield   func(storage.Entry, error) bool
	fixed   map[string]storage.Entry // of the routes alone, not yet yielded
	seen    *listed
	fields  rawFields
	stopped bool // the caller wants no more
	leftOut leftOut
}

func (l *lister) run(ctx context.Context, name storage.Path) error {
	t, err := l.b.resolve(storage.OpList, mapping.List, name)
	if err != nil {
		if len(l.fixed) == 0 && name != storage.Root {
			return err
		}
		return l.rest()
	}
	err = t.try(ctx, func(x *exchange) error {
		l.x, l.seen = x, l.b.cache.collect(name, x.call.Cache)
		if x.call.Static != nil {
			return l.static(x.call.Static)
		}
		return l.b.eachItem(ctx, x, l.item)
	})
	if err != nil {
		return err
	}
	if err := l.rest(); err != nil {
		return err
	}
	l.seen.done()
	l.leftOut.log(l.b.up.opt.Logger, l.b.caller.Session, name)
	return nil
}

func (l *lister) static(s *mapping.Static) error {
	for _, e := range s.Entries {
		entry := storage.Entry{Name: e.Name, Size: e.Size, ModTime: e.ModTime}
		if e.Dir {
			entry.Type = storage.Dir
		}
		if err := l.emit(entry, nil); err != nil {
			return err
		}
	}
	return nil
}

// rest yields what follows from the routes alone and the API has not listed.
func (l *lister) rest() error {
	for _, name := range slices.Sorted(maps.Keys(l.fixed)) {
		if err := l.emit(l.fixed[name], nil); err != nil {
			return err
		}
	}
	return nil
}

// emit yields one entry. errEnough says that the caller wants no more.
func (l *lister) emit(e storage.Entry, saved map[string]any) error {
	if l.seen != nil {
		l.seen.add(e, saved)
	}
	delete(l.fixed, e.Name)
	if l.stopped = !l.yield(e, nil); l.stopped {
		return errEnough
	}
	return nil
}

// item yields the entry that the first fitting rule makes of one item.
func (l *lister) item(place *mapping.Listing, raw []byte) error {
	for _, rule := range place.Rules {
		plan := l.x.plan.rules[rule]
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
		return l.emit(e, nil)
	}
	return nil
}

// listing reads the items of one call, page by page.
type listing struct {
	b                  *Backend
	x                  *exchange
	use                func(*mapping.Listing, []byte) error
	doc                *docNode
	maxPages, maxItems int

	in    *boundedReader
	found bool   // the page has had its items
	next  string // cursor of the next page
	items int
}

// eachItem calls use with every item of every page, as JSON that is valid until use
// returns. It ends with the first error of use.
func (b *Backend) eachItem(ctx context.Context, x *exchange, use func(*mapping.Listing, []byte) error) error {
	l := &listing{b: b, x: x, use: use, doc: newDocTree(x.call), maxPages: b.up.opt.MaxPages, maxItems: b.up.opt.MaxItems}
	if x.call.MaxPages > 0 {
		l.maxPages = x.call.MaxPages
	}
	if x.call.MaxItems > 0 {
		l.maxItems = x.call.MaxItems
	}
	var loop cycle
	for page := 1; ; page++ {
		err := l.page(ctx)
		switch {
		case err != nil:
			return err
		case l.next == "":
			return nil
		case page == l.maxPages:
			return l.x.fail(storage.Internal, errPages)
		case loop.repeats(l.next):
			return l.x.fail(storage.Internal, errCursor)
		}
		l.x.query = map[string]string{l.x.call.Page.Param: l.next}
	}
}

// page asks for one page and hands on its items.
func (l *listing) page(ctx context.Context) error {
	l.found, l.next = false, ""
	resp, err := l.b.do(ctx, l.x)
	if err != nil {
		return err
	}
	if err := l.read(resp); err != nil {
		_ = resp.Body.Close() // what is left may be long
		if err == errEnough || err == errFound {
			return err
		}
		return l.b.bodyError(ctx, l.x, err)
	}
	discard(resp)
	return nil
}

func (l *listing) read(resp *http.Response) error {
	l.in = &boundedReader{r: resp.Body, left: maxItem}
	dec := newDecoder(l.in)
	if err := l.walk(dec, l.doc); err != nil {
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
	items  *mapping.Listing
	cursor bool
	kids   map[string]*docNode
}

func newDocTree(c *mapping.Call) *docNode {
	root := &docNode{}
	for _, l := range c.Listings {
		root.at(l.Items).items = l
	}
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
	case n.items != nil:
		return l.readItems(dec, n.items)
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
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (l *listing) readItems(dec *jsontext.Decoder, place *mapping.Listing) error {
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
		if l.items++; l.items > l.maxItems {
			return errItems
		}
		if err := l.use(place, raw); err != nil {
			return err
		}
	}
	l.in.left = maxItem
	_, err := dec.ReadToken()
	return err
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
