package httpbackend

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errPage is the error of a document about a failure, or of a page for people, that
// comes with a status of success.
var errPage = fmt.Errorf("%w: an error or a web page in the place of a list", errAnswer)

// readXML reads a page that is an XML document. Places in it are the local names of
// the elements below its root, as in /Blobs/Blob: each such element is an item. None
// is an empty list, if the element that would hold them is there.
func (l *listing) readXML(contentType string) error {
	if formatOfType(contentType) != mapping.XML && strings.Contains(strings.ToLower(contentType), "html") {
		return errPage
	}
	dec := newXMLDecoder(&l.in)
	root, err := nextStart(dec)
	if err != nil {
		return err
	}
	switch strings.ToLower(root.Name.Local) {
	case "html", "error":
		return errPage
	}
	if err := l.walkXML(dec, root, l.doc, 0); err != nil {
		return err
	}
	l.in.left = maxItem
	if err := endXML(dec); err != nil {
		return err
	}
	if !l.found && len(l.x.call.Listings) == 1 {
		return errNoItems
	}
	return nil
}

// walkXML goes through the rest of an element that has begun. n is nil where nothing
// is looked for.
func (l *listing) walkXML(dec *xml.Decoder, start xml.StartElement, n *docNode, depth int) error {
	switch {
	case depth > maxXMLDepth:
		return errXML
	case n == nil:
	case n.items != nil && depth > 0:
		return l.itemXML(dec, start, n.items)
	case n.says != 0:
		v, err := xmlValue(dec, start, depth)
		if err != nil {
			return err
		}
		return l.end.tell(n.says, cell{value: v})
	case n.holder:
		l.found = true
	}
	if err := l.attributesXML(start, n); err != nil {
		return err
	}
	for {
		t, err := dec.Token()
		if err != nil {
			return xmlError(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			var kid *docNode
			if n != nil {
				kid = n.kids[t.Name.Local]
			}
			if err := l.walkXML(dec, t, kid, depth+1); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// attributesXML looks at what attributes say of the pages, as in /next/@href.
func (l *listing) attributesXML(start xml.StartElement, n *docNode) error {
	if n == nil || n.kids == nil {
		return nil
	}
	for _, a := range start.Attr {
		if kid := n.kids["@"+a.Name.Local]; kid != nil && kid.says != 0 {
			if err := l.end.tell(kid.says, cell{value: a.Value}); err != nil {
				return err
			}
		}
	}
	return nil
}

// itemXML hands on the element that has begun, as JSON.
func (l *listing) itemXML(dec *xml.Decoder, start xml.StartElement, place *mapping.Listing) error {
	l.found = true
	l.in.left = maxItem
	v, err := xmlValue(dec, start, 0)
	if err != nil {
		return err
	}
	l.in.left = maxItem
	b := bytes.NewBuffer(l.buf[:0])
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	l.buf = b.Bytes()
	return l.item(place, l.buf[:len(l.buf)-1])
}
