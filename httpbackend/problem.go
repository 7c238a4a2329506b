package httpbackend

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// problem is what is read of a problem document (RFC 9457, section 3.1).
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Status int    `json:"status"`
}

const (
	problemType = "application/problem+json"
	// maxProblem is how much of a problem document is read.
	maxProblem = 64 << 10
	// maxText is the longest text shown to a user, in characters.
	maxText = 200
)

// readProblem reads the problem document of an answer. What is not one, or is broken
// or too long, gives one that has the status only.
func readProblem(resp *http.Response) problem {
	p := problem{Status: resp.StatusCode}
	mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || mediaType != problemType {
		return p
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	if err != nil {
		return p
	}
	var read problem
	if json.Unmarshal(data, &read) != nil {
		return p
	}
	read.Status = resp.StatusCode // the header rules (RFC 9457, section 3.1.2)
	return read
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
	return map[string]any{"type": p.Type, "title": p.Title, "detail": p.Detail, "status": p.Status}
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
