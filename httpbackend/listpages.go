package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

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
	errLines    = fmt.Errorf("%w: lines of JSON, where the mapping looks into one document", errAnswer)

	// errEnough ends a listing of which the caller wants no more.
	errEnough = errors.New("enough")
)

// listing reads the items of one call, page by page.
type listing struct {
	b                  *Backend
	x                  *exchange
	use                func(*mapping.Listing, []byte) error
	doc                *docNode
	pages              pager
	maxPages, maxItems int
	items              int

	in    boundedReader
	json  *jsontext.Decoder
	buf   []byte  // of an item that is not in the answer as it stands
	found bool    // the page has had its items
	hal   halPart // of the page
	end   pageEnd
}

// eachItem calls use with every item of every page, as JSON that is valid until use
// returns. It ends with the first error of use.
func (b *Backend) eachItem(ctx context.Context, x *exchange, use func(*mapping.Listing, []byte) error) error {
	l := &listing{b: b, x: x, use: use, doc: newDocTree(x), maxPages: b.up.opt.MaxPages, maxItems: b.up.opt.MaxItems}
	l.pages = pager{page: x.call.Page}
	if x.call.MaxPages > 0 {
		l.maxPages = x.call.MaxPages
	}
	if x.call.MaxItems > 0 {
		l.maxItems = x.call.MaxItems
	}
	l.pages.first(x)
	for page := 1; ; page++ {
		if err := l.page(ctx); err != nil {
			return err
		}
		x.begun = true
		more, err := l.pages.next(x, &l.end, b.up.allowed)
		switch {
		case err != nil:
			return x.fail(storage.Internal, fmt.Errorf("page after %s: %w", x.call.Operation.Name(), err))
		case !more:
			return nil
		case page == l.maxPages:
			return x.fail(storage.Internal, errPages)
		}
	}
}

// page asks for one page and hands on its items.
func (l *listing) page(ctx context.Context) error {
	resp, err := l.b.do(ctx, l.x)
	if err != nil {
		return err
	}
	l.found, l.hal = false, 0
	l.end = pageEnd{header: resp.Header, url: resp.Request.URL, total: -1}
	l.b.noteResp(l.x, resp)
	if err := l.b.faultOf(l.x, resp); err != nil {
		discard(resp)
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

// read goes through one answer.
func (l *listing) read(resp *http.Response) error {
	if resp.StatusCode == http.StatusNoContent { // says itself that there is nothing
		return nil
	}
	l.in = boundedReader{r: resp.Body, left: maxItem}
	switch formatOf(l.x.call, resp) {
	case mapping.XML:
		return l.readXML(resp.Header.Get("Content-Type"))
	case mapping.NDJSON:
		return l.readLines()
	}
	return l.readJSON()
}

// item hands on one item.
func (l *listing) item(place *mapping.Listing, raw []byte) error {
	if l.items++; l.items > l.maxItems {
		return errItems
	}
	l.end.items++
	l.pages.note(raw)
	return l.use(place, raw)
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
