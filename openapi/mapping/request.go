package mapping

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Request is one call with its values filled in.
type Request struct {
	Method string
	// Path is percent-encoded, begins with a slash and goes after the server's URL.
	Path   string
	Query  url.Values
	Header http.Header
	// JSON is the body of a call whose Body is JSON.
	JSON []byte
}

// ErrValue is the error of Call.Request for a value that cannot stand where the
// mapping puts it, such as a name that a header cannot carry.
var ErrValue = errors.New("value cannot be sent")

// urlTemplate is the path of an operation: literal text and names in turns,
// beginning with text.
type urlTemplate []string

func newURLTemplate(path string) urlTemplate {
	var t urlTemplate
	for {
		before, rest, ok := strings.Cut(path, "{")
		if !ok {
			return append(t, path)
		}
		name, after, _ := strings.Cut(rest, "}")
		t, path = append(t, before, name), after
	}
}

// Request fills in the values of the call.
func (c *Call) Request(sc Scope) (*Request, error) {
	r := &Request{Method: c.Operation.Method, Query: url.Values{}, Header: http.Header{}}
	segments := map[string]string{}
	for _, b := range c.bindings {
		v, err := b.value.Eval(sc)
		if err != nil {
			return nil, err
		}
		switch text := Text(v); b.in {
		case "path":
			if segments[b.name], err = escape(text, b.multiSegment); err != nil {
				return nil, fmt.Errorf("path parameter %s: %w", b.name, err)
			}
		case "query":
			if v != nil {
				r.Query.Set(b.name, text)
			}
		case "header":
			if !headerSafe(text) {
				return nil, fmt.Errorf("header %s: %w", b.name, ErrValue)
			}
			if v != nil {
				r.Header.Set(b.name, text)
			}
		}
	}
	var path strings.Builder
	for i, text := range c.url {
		if i%2 == 1 {
			text = segments[text]
		}
		path.WriteString(text)
	}
	r.Path = path.String()
	if c.Body != NoBody {
		r.Header.Set("Content-Type", c.ContentType)
	}
	if c.json != nil {
		var err error
		if r.JSON, err = c.json.encode(sc); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// escape percent-encodes text as one segment, or as several with the slashes
// between them kept. A segment that servers would take for "here" or "up" is refused.
func escape(text string, multiSegment bool) (string, error) {
	if !multiSegment {
		if text == "" || text == "." || text == ".." {
			return "", ErrValue
		}
		return url.PathEscape(text), nil
	}
	if text == "" {
		return "", nil
	}
	segments := strings.Split(text, "/")
	for i, seg := range segments {
		if seg == "" || seg == "." || seg == ".." {
			return "", ErrValue
		}
		segments[i] = url.PathEscape(seg)
	}
	return strings.Join(segments, "/"), nil
}

// headerSafe reports whether text can be the value of a header as it is: printable
// ASCII only (RFC 9110, section 5.5).
func headerSafe(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] > 0x7e {
			return false
		}
	}
	return true
}
