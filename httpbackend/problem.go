package httpbackend

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// problem is what is read of a problem document (RFC 9457, section 3.1).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Status int    `json:"status"`

	members []byte // the whole document, with the extensions that mappings may use
}

const (
	problemType = "application/problem+json"
	// maxProblem is how much of a problem document is read.
	maxProblem = 64 << 10
	// maxText is the longest text shown to a user, in characters.
	maxText = 200
)

// readProblem reads the problem document of an answer. What is not one, or is broken
// or too long, gives one that has the status only. The body comes back as JSON where
// the mapping looks into it.
func (b *Backend) readProblem(x *exchange, resp *http.Response) (problem, []byte) {
	p := problem{Status: resp.StatusCode}
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // none is no problem document
	if mediaType != problemType && !x.plan.respBody && !x.plan.item {
		return p, nil
	}
	in := io.LimitReader(resp.Body, maxProblem)
	if mediaType != problemType && formatOf(x.call, resp) == mapping.XML {
		body, err := xmlToJSON(in)
		if err != nil {
			return p, nil
		}
		return p, body
	}
	data, err := io.ReadAll(in)
	if err != nil || !json.Valid(data) {
		return p, nil
	}
	if mediaType != problemType {
		return p, data
	}
	var read problem
	if json.Unmarshal(data, &read) != nil {
		return p, data
	}
	read.Status, read.members = resp.StatusCode, data // the header rules (RFC 9457, section 3.1.2)
	return read, data
}

// text is what a user may see: the detail, or else the title.
func (p problem) text() string {
	if t := oneLine(p.Detail); t != "" {
		return t
	}
	return oneLine(p.Title)
}

// scope is p as mappings see it.
func (p problem) scope() map[string]any {
	m, ok := decode(p.members).(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	m["type"], m["title"], m["detail"], m["status"] = p.Type, p.Title, p.Detail, p.Status
	return m
}

// oneLine makes text fit for one line of a reply: runs of space become one blank,
// what is not printable (controls, formatting marks that reorder text, broken
// UTF-8) goes, and it ends after maxText characters.
func oneLine(text string) string {
	var b strings.Builder
	n, blank := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) {
			blank = n > 0
			continue
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			continue
		}
		if blank {
			if n+1 >= maxText { // no room for what follows it
				break
			}
			b.WriteByte(' ')
			n, blank = n+1, false
		}
		if n == maxText {
			break
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
