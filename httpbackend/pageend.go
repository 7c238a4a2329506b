package httpbackend

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

var (
	errBadCursor = fmt.Errorf("%w: the cursor of the next page is neither text nor a number", errAnswer)
	errBadTotal  = fmt.Errorf("%w: the number of all items is no number", errAnswer)
	errBadMore   = fmt.Errorf("%w: whether there are more pages is neither true nor false", errAnswer)
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
	case map[string]any:
		return "", len(v) == 0 // an empty element of XML
	case []any:
		return "", false
	case string: // of XML, where white space is for people
		return strings.TrimSpace(v), true
	}
	return c.text(), true
}
