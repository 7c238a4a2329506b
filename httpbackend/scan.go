package httpbackend

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// The functions of this file walk through JSON that jsontext has found to be valid.
// They cut a value into the parts that are wanted without decoding the others.

// skipSpace returns the index of the first byte from i on that is not space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString returns the index after the string that begins at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// skipValue returns the index after the value that begins at i.
func skipValue(b []byte, i int) int {
	switch {
	case i >= len(b):
		return i
	case b[i] == '"':
		return skipString(b, i)
	case b[i] != '{' && b[i] != '[':
		for i < len(b) && b[i] != ',' && b[i] != '}' && b[i] != ']' && b[i] > ' ' {
			i++
		}
		return i
	}
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = skipString(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return i
}

// members calls f with the name and the value of each member of an object; other
// values have none. A name without escapes comes without its quotes.
func members(b []byte, f func(name, value []byte)) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return
	}
	for i = skipSpace(b, i+1); i < len(b) && b[i] == '"'; i = skipSpace(b, i) {
		end := skipString(b, i)
		name := unquote(b[i:end])
		i = skipSpace(b, end)
		i = skipSpace(b, i+1) // the colon
		end = skipValue(b, i)
		f(name, b[i:end])
		i = skipSpace(b, end)
		if i < len(b) && b[i] == ',' {
			i++
		}
	}
}

// elements calls f with each element of an array; other values have none.
func elements(b []byte, f func(value []byte)) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '[' {
		return
	}
	for i = skipSpace(b, i+1); i < len(b) && b[i] != ']'; i = skipSpace(b, i) {
		end := skipValue(b, i)
		f(b[i:end])
		i = skipSpace(b, end)
		if i < len(b) && b[i] == ',' {
			i++
		}
		if end == len(b) {
			return
		}
	}
}

// unquote returns the text of a string. It allocates only if there are escapes.
// Text that is not valid UTF-8 comes back nil.
func unquote(b []byte) []byte {
	if len(b) < 2 || b[0] != '"' {
		return nil
	}
	for _, c := range b {
		if c == '\\' || c >= utf8.RuneSelf {
			if out, err := jsontext.AppendUnquote(nil, b); err == nil {
				return out
			}
			return nil
		}
	}
	return b[1 : len(b)-1]
}

// decode returns the value as mappings see it: objects as map[string]any, whole
// numbers exact as int64 where they fit.
func decode(b []byte) any {
	switch {
	case len(b) == 0:
		return nil
	case b[0] == '"':
		return string(unquote(b))
	case b[0] == '{':
		m := map[string]any{}
		members(b, func(name, value []byte) { m[string(name)] = decode(value) })
		return m
	case b[0] == '[':
		list := []any{}
		elements(b, func(value []byte) { list = append(list, decode(value)) })
		return list
	case b[0] == 't':
		return true
	case b[0] == 'f':
		return false
	case b[0] == 'n':
		return nil
	}
	if i, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return i
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || isWhole(b) { // too large to be exact: kept as its digits
		return json.Number(b).String()
	}
	return f
}

func isWhole(b []byte) bool {
	for _, c := range b {
		if c == '.' || c == 'e' || c == 'E' {
			return false
		}
	}
	return true
}
