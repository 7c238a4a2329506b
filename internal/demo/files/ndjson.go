package files

import (
	"bufio"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

const (
	ndjsonType = "application/x-ndjson"
	// listBuffer is how much of an answer is gathered before it is sent, in bytes.
	listBuffer = 64 << 10
)

// writeAll writes all entries, one JSON object a line. There are no pages, so
// limit and cursor have no meaning here. The end of the body is the end of the
// listing: one that fails on the way breaks the connection.
func (l *listing) writeAll(w *echo.Response) error {
	w.Header().Set("Content-Type", ndjsonType)
	buf := bufio.NewWriterSize(w, listBuffer)
	enc := json.NewEncoder(buf)
	err := l.names(func(name string) error {
		e, ok := l.entry(name)
		if !ok {
			return nil
		}
		return enc.Encode(e)
	})
	if err == nil {
		err = buf.Flush()
	}
	if err != nil && w.Committed {
		panic(http.ErrAbortHandler)
	}
	return err
}

// prefersNDJSON reports whether an Accept header names NDJSON and does not like
// JSON better. A "*/*" does not name it.
func prefersNDJSON(accept []string) bool {
	var ndjson, plain float64
	for _, field := range accept {
		for part := range strings.SplitSeq(field, ",") {
			kind, params, err := mime.ParseMediaType(part)
			if err != nil {
				continue
			}
			q := 1.0
			if v, err := strconv.ParseFloat(params["q"], 64); err == nil {
				q = v
			}
			switch kind {
			case ndjsonType, "application/ndjson":
				ndjson = max(ndjson, q)
			case "application/json":
				plain = max(plain, q)
			}
		}
	}
	return ndjson > 0 && ndjson >= plain
}
