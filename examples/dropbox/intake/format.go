package intake

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
)

// inspector looks at a document while it passes. Its error is a Problem that names
// the line, or that of the reader.
type inspector func(r io.Reader) error

// inspectorOf chooses by the end of the name.
func inspectorOf(filename string) (inspector, error) {
	switch strings.ToLower(path.Ext(filename)) {
	case ".csv":
		return inspectCSV, nil
	case ".xml":
		return inspectXML, nil
	}
	return nil, problem(http.StatusUnsupportedMediaType, "Unknown kind", "Documents are .csv or .xml, not %.80q.", filename)
}

// inspectCSV wants a header line with a name for each column, and as many fields in
// every row (RFC 4180).
func inspectCSV(r io.Reader) error {
	c := csv.NewReader(withoutMark(r))
	c.ReuseRecord = true
	header, err := c.Read()
	if errors.Is(err, io.EOF) {
		return unfit("CSV without header", "line 1: the document is empty; it must begin with a header line.")
	}
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(name)
		if name == "" || seen[name] {
			return unfit("CSV without header", "line 1: column %d is named %.40q; every column needs a name of its own.", i+1, name)
		}
		seen[name] = true
	}
	columns := len(header)
	for err == nil {
		_, err = c.Read()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	fault, ok := errors.AsType[*csv.ParseError](err)
	switch {
	case !ok:
		return err
	case errors.Is(fault, csv.ErrFieldCount):
		return unfit("Wrong number of columns", "line %d: want %d columns, as in the header.", fault.Line, columns)
	}
	return unfit("Not CSV", "line %d: %s.", fault.Line, fault.Err)
}

// inspectXML wants one well-formed element, in UTF-8 (XML 1.0, section 2.1).
func inspectXML(r io.Reader) error {
	d := xml.NewDecoder(withoutMark(r))
	d.CharsetReader = func(encoding string, _ io.Reader) (io.Reader, error) {
		return nil, unfit("Not XML", "line 1: the encoding is %.40q; want UTF-8.", encoding)
	}
	depth, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return xmlProblem(err)
		}
		line, _ := d.InputPos()
		switch t := token.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			if roots > 1 {
				return unfit("Not XML", "line %d: a second root element <%.40s>.", line, t.Name.Local)
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return unfit("Not XML", "line %d: text outside of the root element.", line)
			}
		}
	}
	if roots == 0 {
		line, _ := d.InputPos()
		return unfit("Not XML", "line %d: there is no element.", line)
	}
	return nil
}

// xmlProblem says where the document is not well formed. Other errors are those of
// the reader.
func xmlProblem(err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if fault, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return unfit("Not XML", "line %d: %s.", fault.Line, fault.Msg)
	}
	return err
}

// inspectNothing takes any document.
func inspectNothing(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// withoutMark leaves out a byte order mark, which spreadsheets write.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3) // it was there a moment ago
	}
	return b
}
