package mapping

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
)

// functions are what expressions may call beyond the built-in ones of the library.
// All are pure. One of text that gets nil gives empty text, so that a field which
// an answer lacks does no harm.
func functions() []expr.Option {
	return []expr.Option{
		expr.Function("iso", func(args ...any) (any, error) {
			return args[0].(time.Time).UTC().Format(time.RFC3339Nano), nil
		}, new(func(time.Time) string)),
		expr.Function("unix", func(args ...any) (any, error) {
			return args[0].(time.Time).Unix(), nil
		}, new(func(time.Time) int64)),
		expr.Function("unixms", func(args ...any) (any, error) {
			return args[0].(time.Time).UnixMilli(), nil
		}, new(func(time.Time) int64)),
		expr.Function("parseTime", parseTime, new(func(any, string) time.Time)),
		textFunction("urlenc", escapeSegment),
		textFunction("urlpath", urlPath),
		textFunction("urldec", urlDecode),
		textFunction("hrefPath", hrefPath),
		textFunction("b64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }),
		textFunction("hex", func(s string) string { return hex.EncodeToString([]byte(s)) }),
		textFunction("basename", func(s string) string { return path.Base("/" + strings.TrimRight(s, "/")) }),
		textFunction("ext", func(s string) string { return strings.TrimPrefix(path.Ext(s), ".") }),
		textFunction("trimTemplate", trimTemplate),
		expr.Function("number", number, new(func(any) int64)),
		expr.Function("many", many, new(func(any) []any)),
	}
}

func textFunction(name string, f func(string) string) expr.Option {
	return expr.Function(name, func(args ...any) (any, error) { return f(Text(args[0])), nil }, new(func(any) string))
}

// urlPath percent-encodes a path, keeping its slashes.
func urlPath(s string) string {
	segments := strings.Split(s, "/")
	for i, seg := range segments {
		segments[i] = escapeSegment(seg)
	}
	return strings.Join(segments, "/")
}

// urlDecode undoes percent-encoding; text that is not encoded right stays as it is.
func urlDecode(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}

// hrefPath is the decoded path of a URL, or of a reference that begins with a slash,
// as WebDAV has them (RFC 4918, section 8.3); anything else is empty.
func hrefPath(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	return u.Path
}

// trimTemplate cuts the query part off a URI template (RFC 6570, section 3.2.8), as in
// https://uploads.example/assets{?name,label}.
func trimTemplate(s string) string {
	before, _, _ := strings.Cut(s, "{")
	return before
}

// number reads digits as a whole number; nil and other text is -1, which means not told.
func number(args ...any) (any, error) {
	switch v := args[0].(type) {
	case int64:
		return v, nil
	case int:
		return int64(v), nil
	case float64:
		return int64(v), nil
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
			return n, nil
		}
	}
	return int64(-1), nil
}

// many makes a list of what XML has once, several times or not at all.
func many(args ...any) (any, error) {
	switch v := args[0].(type) {
	case nil:
		return []any{}, nil
	case []any:
		return v, nil
	}
	return []any{args[0]}, nil
}

// parseTime reads a time by a Go layout, or as "unix", "unixms" or "http". A value
// that is nil gives the zero time, which says nothing.
func parseTime(args ...any) (any, error) {
	layout := args[1].(string)
	switch v := args[0].(type) {
	case nil:
		return time.Time{}, nil
	case string:
		switch layout {
		case "unix", "unixms":
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("parseTime: no number in %q", v)
			}
			return parseTime(n, layout)
		case "http":
			return http.ParseTime(v)
		}
		return time.Parse(layout, v)
	case int64:
		switch layout {
		case "unix":
			return time.Unix(v, 0).UTC(), nil
		case "unixms":
			return time.UnixMilli(v).UTC(), nil
		}
	case float64:
		switch layout {
		case "unix":
			return time.UnixMilli(int64(v * 1000)).UTC(), nil
		case "unixms":
			return time.UnixMilli(int64(v)).UTC(), nil
		}
	}
	return nil, fmt.Errorf("parseTime: no time in a %T by %q", args[0], layout)
}
