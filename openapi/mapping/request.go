package mapping

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Request is one call with its values filled in.
type Request struct {
	Method string
	// Path is percent-encoded, begins with a slash and goes after the server's URL.
	Path string
	// URL is the whole URL of a call that computes it; Path is then empty.
	URL    string
	Query  url.Values
	Header http.Header
	// Content is the body of a call whose Body is Made.
	Content []byte
	// Before and After stand around the content of the file in a call whose Body is
	// Multipart.
	Before, After []byte
}

// ErrValue is the error of Call.Request for a value that cannot stand where the
// mapping puts it, such as a name that a header cannot carry.
var ErrValue = errors.New("value cannot be sent")

// errOrigin is the error of checkOrigin.
var errOrigin = errors.New("want an origin such as https://files.example or https://*.files.example:8443")

// urlTemplate is the path of an operation: literal text and names in turns,
// beginning with text. A name that ends in dots stands for several segments.
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

// urlName is a name in a URL.
type urlName struct {
	name  string
	multi bool
}

func (t urlTemplate) names() []urlName {
	var names []urlName
	for i, text := range t {
		if i%2 == 1 {
			name, multi := strings.CutSuffix(text, "...")
			names = append(names, urlName{name, multi})
		}
	}
	return names
}

func (t urlTemplate) plainNames() []string {
	var names []string
	for _, n := range t.names() {
		names = append(names, n.name)
	}
	return names
}

// Request fills in the values of the call.
func (c *Call) Request(sc Scope) (*Request, error) {
	r := &Request{Method: c.Operation.Method, Query: url.Values{}, Header: http.Header{}}
	segments := map[string]string{}
	for _, b := range c.bindings {
		if err := r.bind(b, sc, segments); err != nil {
			return nil, err
		}
	}
	if err := r.locate(c, sc, segments); err != nil {
		return nil, err
	}
	if c.Body != NoBody {
		r.Header.Set("Content-Type", c.ContentType)
	}
	if c.IdempotencyKey != nil {
		key, err := c.IdempotencyKey.Eval(sc)
		if err != nil {
			return nil, err
		}
		if !headerSafe(Text(key)) {
			return nil, fmt.Errorf("idempotency_key: %w", ErrValue)
		}
		r.Header.Set("Idempotency-Key", Text(key))
	}
	return r, c.fill(r, sc)
}

// bind puts the value of one parameter where it belongs.
func (r *Request) bind(b binding, sc Scope, segments map[string]string) error {
	v, err := b.value.Eval(sc)
	if err != nil {
		return err
	}
	switch text := Text(v); b.in {
	case "path":
		if v == nil { // the URL would be that of something else, a folder above perhaps
			return fmt.Errorf("path parameter %s has no value: %w", b.name, ErrValue)
		}
		if segments[b.name], err = escape(text, b.multiSegment); err != nil {
			return fmt.Errorf("path parameter %s: %w", b.name, err)
		}
	case "query":
		if v != nil {
			r.Query.Set(b.name, text)
		}
	case "header":
		if !headerSafe(text) {
			return fmt.Errorf("header %s: %w", b.name, ErrValue)
		}
		if v != nil {
			r.Header.Set(b.name, text)
		}
	case "cookie":
		if v != nil {
			cookie := b.name + "=" + url.QueryEscape(text)
			if before := r.Header.Get("Cookie"); before != "" {
				cookie = before + "; " + cookie
			}
			r.Header.Set("Cookie", cookie)
		}
	}
	return nil
}

// locate makes the path, or the whole URL where it is computed.
func (r *Request) locate(c *Call, sc Scope, segments map[string]string) error {
	if c.absolute != nil {
		v, err := c.absolute.Eval(sc)
		if err != nil {
			return err
		}
		text := Text(v)
		if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") {
			r.Path = text
			return checkPath(text)
		}
		r.URL = text
		if u, err := url.Parse(text); err != nil || u.Host == "" || u.User != nil {
			return fmt.Errorf("url: %w", ErrValue)
		}
		return nil
	}
	r.Path = c.url.fill(segments)
	return nil
}

// checkPath refuses a computed path that is none, that leads upwards, or of which a part
// would not be sent.
func checkPath(text string) error {
	u, err := url.Parse(text)
	if err != nil || strings.Contains(text, "#") {
		return fmt.Errorf("url: %w", ErrValue)
	}
	for seg := range strings.SplitSeq(u.EscapedPath(), "/") {
		if plain, err := url.PathUnescape(seg); err != nil || plain == "." || plain == ".." {
			return fmt.Errorf("url: %w", ErrValue)
		}
	}
	return nil
}

// fill puts percent-encoded values into a URL. A value that is empty, the root of a
// tree, takes the slash behind it along.
func (t urlTemplate) fill(segments map[string]string) string {
	var path []byte
	for i, text := range t {
		if i%2 == 1 {
			text = segments[strings.TrimSuffix(text, "...")]
		} else if i > 0 && len(path) > 0 && path[len(path)-1] == '/' {
			text = strings.TrimPrefix(text, "/")
		}
		path = append(path, text...)
	}
	return string(path)
}

// fill makes the body, or what stands around the content of the file.
func (c *Call) fill(r *Request, sc Scope) error {
	var err error
	switch {
	case c.json != nil:
		r.Content, err = c.json.encode(sc)
	case c.form != nil:
		form := url.Values{}
		for _, p := range c.form {
			v, err := p.value.Eval(sc)
			if err != nil {
				return err
			}
			if v != nil {
				form.Set(p.name, Text(v))
			}
		}
		r.Content = []byte(form.Encode())
	case c.text != nil:
		var v any
		v, err = c.text.Eval(sc)
		r.Content = []byte(Text(v))
	case c.multipart != nil:
		err = c.multipart.fill(r, sc)
		if c.Body == Made {
			r.Content, r.Before, r.After = append(r.Before, r.After...), nil, nil
		}
	}
	return err
}

// escape percent-encodes text as one segment, or as several with the slashes
// between them kept. A segment that servers would take for "here" or "up" is refused.
func escape(text string, multiSegment bool) (string, error) {
	if !multiSegment {
		if text == "" || text == "." || text == ".." {
			return "", ErrValue
		}
		return escapeSegment(text), nil
	}
	text = strings.TrimPrefix(text, "/")
	if text == "" {
		return "", nil
	}
	end := ""
	if strings.HasSuffix(text, "/") { // a directory in APIs that say it so
		text, end = text[:len(text)-1], "/"
	}
	segments := strings.Split(text, "/")
	for i, seg := range segments {
		if seg == "" || seg == "." || seg == ".." {
			return "", ErrValue
		}
		segments[i] = escapeSegment(seg)
	}
	return strings.Join(segments, "/") + end, nil
}

// escapeSegment percent-encodes everything but unreserved characters (RFC 3986,
// section 2.3). More than a path needs, and what signatures over URLs ask for.
func escapeSegment(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
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

// encode computes the document.
func (v *jsonValue) encode(sc Scope) ([]byte, error) {
	doc, err := v.eval(sc)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

func (v *jsonValue) eval(sc Scope) (any, error) {
	switch {
	case v.leaf != nil:
		value, err := v.leaf.Eval(sc)
		if text, ok := value.(string); ok && !utf8.ValidString(text) {
			return nil, ErrValue // JSON would make one name of several
		}
		return value, err
	case v.list != nil:
		list := make([]any, len(v.list))
		for i, item := range v.list {
			var err error
			if list[i], err = item.eval(sc); err != nil {
				return nil, err
			}
		}
		return list, nil
	}
	object := make(map[string]any, len(v.object))
	for key, member := range v.object {
		var err error
		if object[key], err = member.eval(sc); err != nil {
			return nil, err
		}
	}
	return object, nil
}
