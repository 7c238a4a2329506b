package httpbackend

import (
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

var (
	errCursor   = errors.New("the cursor of the next page comes again")
	errSamePage = errors.New("the same page comes again")
	errPages    = errors.New("too many pages")
	errNoCursor = errors.New("the answer says that there are more pages, and not how to get them")
	errShort    = errors.New("an empty page, where the answer says that there are more items")
	errMethod   = fmt.Errorf("%w: only GET goes to the origin of the next page", errForbidden)
)

// pager asks for one page after the other.
type pager struct {
	page *mapping.Page // nil: there is one page
	loop cycle
	// number of the page, in the style that has numbers.
	number int
	// items before this page.
	items int
	// hash of the items of this page and of the one before, in the styles that
	// count: services that ignore the number answer the same page for ever.
	seed         maphash.Seed
	hash, before uint64
}

// counts reports whether pages are asked for by number or by offset.
func (p *pager) counts() bool {
	return p.page != nil && (p.page.Style == mapping.PageNumber || p.page.Style == mapping.PageOffset)
}

// first adds to the request what the first page is asked for with.
func (p *pager) first(x *exchange) {
	if !p.counts() {
		return
	}
	p.seed, p.number = maphash.MakeSeed(), p.page.First
	p.ask(x, p.number)
}

// ask asks for a page by its number, or by the items before it.
func (p *pager) ask(x *exchange, number int) {
	x.query = map[string]string{p.page.Param: strconv.Itoa(number)}
	if p.page.SizeParam != "" {
		x.query[p.page.SizeParam] = strconv.Itoa(p.page.Size)
	}
}

// note sees an item of the page.
func (p *pager) note(raw []byte) {
	if p.counts() {
		p.hash = p.hash*31 + maphash.Bytes(p.seed, raw)
	}
}

// next adds to x what the page after the one that has ended is asked for with, if
// there is one. Next pages are on the server or at an origin that the mapping allows.
func (p *pager) next(x *exchange, end *pageEnd, allowed origins) (bool, error) {
	if p.page == nil {
		return false, nil
	}
	if p.counts() {
		return p.nextCounted(x, end)
	}
	next, err := p.following(end)
	switch {
	case err != nil:
		return false, err
	case end.more == no:
		return false, nil
	case next == "" && end.more == yes:
		return false, errNoCursor
	case next == "":
		return false, nil
	}
	if p.page.Param == "" {
		if next, err = nextURL(x, end.url, next, allowed); err != nil {
			return false, err
		}
		x.next = next
	} else {
		x.query = map[string]string{p.page.Param: next}
	}
	if p.loop.repeats(next) {
		return false, errCursor
	}
	return true, nil
}

// following is the cursor or the URL of the next page, empty if there is none.
func (p *pager) following(end *pageEnd) (string, error) {
	switch p.page.Style {
	case mapping.PageLink:
		return nextLink(end.header.Values("Link"))
	case mapping.PageHeader:
		return strings.TrimSpace(end.header.Get(p.page.Header)), nil
	}
	return end.next, nil
}

// nextCounted decides in the styles that count. What the answer says of more pages
// goes before what its size tells.
func (p *pager) nextCounted(x *exchange, end *pageEnd) (bool, error) {
	p.items += end.items
	switch {
	case end.more == no, end.total >= 0 && int64(p.items) >= end.total:
		return false, nil
	case end.items == 0 && (end.more == yes || end.total >= 0):
		return false, errShort
	case end.more == notTold && end.total < 0 && (end.items == 0 || end.items < p.page.Size):
		return false, nil
	case p.hash == p.before:
		return false, errSamePage
	}
	p.before, p.hash = p.hash, 0
	p.number++
	at := p.number
	if p.page.Style == mapping.PageOffset {
		at = p.items
	}
	p.ask(x, at)
	return true, nil
}

// nextURL resolves the URL of the next page against that of this one.
func nextURL(x *exchange, from *url.URL, next string, allowed origins) (string, error) {
	u, err := from.Parse(next)
	if err != nil {
		return "", fmt.Errorf("%w: the URL of the next page is none", errAnswer)
	}
	u.Fragment, u.RawFragment = "", ""
	switch {
	case !allowed.allows(u):
		return "", fmt.Errorf("%w: %s", errForbidden, oneLine(originOf(u)))
	case !allowed.isOwn(u) && x.call.Operation.Method != http.MethodGet:
		return "", errMethod
	}
	return u.String(), nil
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
