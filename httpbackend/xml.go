package httpbackend

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxXMLDepth bounds how deep elements lie in each other.
const maxXMLDepth = 64

var errXML = fmt.Errorf("%w: the XML is broken or too deep", errAnswer)

// xmlToJSON reads an XML document as mappings see it: what is in its root element.
// An element with text alone is that text, an empty one an empty object, whose text is
// empty too; any other is an object of its elements
// by their local names, a list where there are several of a name, with attributes
// as "@name" and text beside elements as "#text".
func xmlToJSON(r io.Reader) ([]byte, error) {
	dec := newXMLDecoder(r)
	start, err := nextStart(dec)
	if err != nil {
		return nil, err
	}
	v, err := xmlValue(dec, start, 0)
	if err != nil {
		return nil, err
	}
	if err := endXML(dec); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

// newXMLDecoder makes a decoder that resolves no entities but the five of XML
// itself, so that a document cannot grow.
func newXMLDecoder(r io.Reader) *xml.Decoder {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "us-ascii") || strings.EqualFold(charset, "utf-8") {
			return input, nil
		}
		return nil, fmt.Errorf("%w: charset %s", errXML, oneLine(charset))
	}
	return d
}

// nextStart skips to the root element. Nothing but comments and the like may stand
// before it (XML 1.0, section 2.8).
func nextStart(dec *xml.Decoder) (xml.StartElement, error) {
	for {
		t, err := dec.Token()
		if err != nil {
			return xml.StartElement{}, xmlError(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return t, nil
		case xml.CharData:
			if !blank(t) {
				return xml.StartElement{}, errXML
			}
		}
	}
}

// endXML reads what follows the root element, which must be nothing that counts.
func endXML(dec *xml.Decoder) error {
	for {
		t, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return xmlError(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			return errTrailing
		case xml.CharData:
			if !blank(t) {
				return errTrailing
			}
		}
	}
}

// blank reports whether text is white space, or a byte order mark.
func blank(text []byte) bool {
	return len(bytes.TrimSpace(bytes.TrimPrefix(text, []byte("\ufeff")))) == 0
}

// xmlValue reads the rest of an element that has begun.
func xmlValue(dec *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth > maxXMLDepth {
		return nil, errXML
	}
	var text strings.Builder
	var m map[string]any
	add := func(name string, v any) {
		if m == nil {
			m = map[string]any{}
		}
		switch old := m[name].(type) {
		case nil:
			m[name] = v
		case []any:
			m[name] = append(old, v)
		default:
			m[name] = []any{old, v}
		}
	}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			add("@"+a.Name.Local, a.Value)
		}
	}
	for {
		t, err := dec.Token()
		if err != nil {
			return nil, xmlError(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			v, err := xmlValue(dec, t, depth+1)
			if err != nil {
				return nil, err
			}
			add(t.Name.Local, v)
		case xml.EndElement:
			switch {
			case m == nil && text.Len() == 0:
				return map[string]any{}, nil
			case m == nil:
				return text.String(), nil
			}
			if s := strings.TrimSpace(text.String()); s != "" {
				add("#text", s)
			}
			return m, nil
		}
	}
}

// xmlError tells broken XML from a broken connection.
func xmlError(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if strings.Contains(syntax.Msg, "unexpected EOF") {
			return io.ErrUnexpectedEOF
		}
		return fmt.Errorf("%w: %w", errXML, err)
	}
	return err
}
