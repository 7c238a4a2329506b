package httpbackend

import (
	"bytes"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// cell is one value of an entry: JSON cut out of an item, or what an expression gave.
type cell struct {
	raw   []byte
	value any
}

// decoded returns the value as expressions see it.
func (c cell) decoded() any {
	if c.raw != nil {
		return decode(c.raw)
	}
	return c.value
}

// text returns the value as text; absent and null are empty.
func (c cell) text() string {
	switch {
	case c.raw == nil:
		return mapping.Text(c.value)
	case c.raw[0] == '"':
		return string(unquote(c.raw))
	}
	return mapping.Text(decode(c.raw))
}

// word is text without an allocation for the words of the contract.
func (c cell) word() string {
	switch string(c.raw) {
	case `"file"`:
		return "file"
	case `"dir"`:
		return "dir"
	}
	return c.text()
}

// size returns a number of bytes; text counts if it is one, as in APIs that write
// large numbers so.
func (c cell) size() int64 {
	digits := c.raw
	if digits == nil {
		return max(wholeNumber(c.value), storage.UnknownSize)
	}
	if digits[0] == '"' {
		digits = unquote(digits)
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		n = wholeNumber(decode(c.raw))
	}
	return max(n, storage.UnknownSize)
}

func wholeNumber(v any) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	}
	return storage.UnknownSize
}

// time returns a time given as RFC 3339 text, as an HTTP date (RFC 9110, section
// 5.6.7) or by an expression, else zero.
func (c cell) time() time.Time {
	if t, ok := c.value.(time.Time); ok {
		return t
	}
	text := unquote(c.raw)
	if s, ok := c.value.(string); ok {
		text = []byte(s)
	}
	if len(text) == 0 {
		return time.Time{}
	}
	var t time.Time
	if text[0] >= '0' && text[0] <= '9' {
		if t.UnmarshalText(text) != nil {
			return time.Time{}
		}
		return t.UTC()
	}
	t, err := http.ParseTime(string(text))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// actions returns the actions that a list of names permits. Unknown names permit nothing.
func (c cell) actions() storage.Actions {
	var a storage.Actions
	if c.raw != nil {
		elements(c.raw, func(name []byte) { a |= storage.ActionNamed(string(unquote(name))) })
		return a
	}
	list, _ := c.value.([]any)
	for _, name := range list {
		a |= storage.ActionNamed(mapping.Text(name))
	}
	return a
}

// appendJSON appends the value as compact JSON.
func (c cell) appendJSON(dst []byte) ([]byte, error) {
	b := bytes.NewBuffer(dst)
	if c.raw != nil {
		err := json.Compact(b, c.raw)
		return b.Bytes(), err
	}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	err := e.Encode(c.value)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// field returns the value as a field of CSV: objects and lists as JSON, numbers as
// the answer has them. What is not UTF-8 is replaced.
func (c cell) field() (string, error) {
	if len(c.raw) == 0 {
		switch c.value.(type) {
		case map[string]any, []any:
			b, err := c.appendJSON(nil)
			return string(b), err
		}
		return mapping.Text(c.value), nil
	}
	switch c.raw[0] {
	case '{', '[':
		if string(c.raw) == "{}" { // an empty element of XML
			return "", nil
		}
		b, err := c.appendJSON(nil)
		return string(b), err
	case '"':
		if text := unquote(c.raw); text != nil {
			return string(text), nil
		}
		text, _ := jsontext.AppendUnquote(nil, c.raw) // the error is of the encoding alone
		return string(text), nil
	case 'n':
		return "", nil
	}
	return string(c.raw), nil
}
