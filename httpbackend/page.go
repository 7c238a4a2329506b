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
	errCursor    = errors.New("the cursor of the next page comes again")
	errSamePage  = errors.New("the same page comes again")
	errPages     = errors.New("too many pages")
	errNoCursor  = errors.New("the answer says that there are more pages, and not how to get them")
	errShort     = errors.New("an empty page, where the answer says that there are more items")
	errBadCursor = fmt.Errorf("%w: the cursor of the next page is neither text nor a number", errAnswer)
	errBadTotal  = fmt.Errorf("%w: the number of all items is no number", errAnswer)
	errBadMore   = fmt.Errorf("%w: whether there are more pages is neither true nor false", errAnswer)
	errMethod    = fmt.Errorf("%w: only GET goes to the origin of the next page", errForbidden)
)

// pageFact is what a place in an answer says of the pages.
type pageFact uint8

const (
	saysNext  pageFact = 1 << iota // the cursor or the URL of the next page
	saysMore                       // whether there is one
	saysTotal                      // the number of all items
)

// pageEnd is what an answer has told of the pages when it has been read.
type pageEnd struct {
	next   string
	more   answerTo
	total  int64 // -1: not told
	items  int   // on this page
	header http.Header
	url    *url.URL // of the request
}

// answerTo is yes, no or nothing.
type answerTo int8

const (
	notTold answerTo = iota
	yes
	no
)

// tell notes the value at a place of the answer.
func (e *pageEnd) tell(says pageFact, c cell) error {
	text, ok := c.scalar()
	if says&saysNext != 0 {
		if !ok || text == "true" {
			return errBadCursor
		}
		if e.next = text; text == "false" { // how some write that there is none
			e.next = ""
		}
	}
	if says&saysMore != 0 {
		if e.more, ok = parseAnswer(text, ok); !ok {
			return errBadMore
		}
	}
	if says&saysTotal != 0 && (text != "" || !ok) {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 0 {
			return errBadTotal
		}
		e.total = n
	}
	return nil
}

// parseAnswer reads true and false, as JSON or as text.
func parseAnswer(text string, scalar bool) (a answerTo, ok bool) {
	switch strings.ToLower(text) {
	case "true", "1":
		return yes, true
	case "false", "0":
		return no, true
	}
	return notTold, scalar && text == ""
}

// scalar returns the value as text, unless it is an object or a list.
func (c cell) scalar() (string, bool) {
	if len(c.raw) > 0 && (c.raw[0] == '{' || c.raw[0] == '[') {
		return "", false
	}
	switch v := c.value.(type) {
	case map[string]any: // an empty one is an empty element of XML
		return "", len(v) == 0
	case []any:
		return "", false
	case string: // of XML, where white space is for people
		return strings.TrimSpace(v), true
	}
	return c.text(), true
}

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
