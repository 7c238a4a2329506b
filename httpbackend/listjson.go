package httpbackend

import (
	"bytes"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func newDecoder(r io.Reader) *jsontext.Decoder {
	// A doubled name does no harm here, and one in a wrong encoding costs its own
	// entry, not the listing.
	return jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// docNode is a place in the answer on the way to its items or to what it says of
// its pages. The walks find these in whatever order they stand.
type docNode struct {
	items *mapping.Listing
	// keyed: an object at the place of the items is a list of its members.
	keyed bool
	// holder: the items lie right below.
	holder bool
	says   pageFact
	hal    halPart
	kids   map[string]*docNode
}

// halPart is a set of the reserved members of HAL (draft-kelly-json-hal-08, section 4.1),
// of which none must be there.
type halPart uint8

const (
	halEmbedded halPart = 1 << iota
	halLinks
)

func newDocTree(x *exchange) *docNode {
	root := &docNode{}
	for _, l := range x.call.Listings {
		n := root.at(l.Items)
		n.items, n.keyed = l, len(l.Rules) == 0
		for _, rule := range l.Rules {
			n.keyed = n.keyed || x.plan.rules[rule].usesMembers()
		}
		if len(l.Items) > 0 && l.Items[0] == "_embedded" {
			root.at(mapping.Pointer{"_embedded"}).hal = halEmbedded
			root.at(mapping.Pointer{"_links"}).hal = halLinks
		}
		if len(l.Items) > 0 {
			root.at(l.Items[:len(l.Items)-1]).holder = true
		}
	}
	if p := x.call.Page; p != nil {
		if p.Style == mapping.PageCursor || p.Style == mapping.PageNext {
			root.at(p.From).says |= saysNext
		}
		if p.More != nil {
			root.at(p.More).says |= saysMore
		}
		if p.Total != nil {
			root.at(p.Total).says |= saysTotal
		}
	}
	return root
}

func (n *docNode) at(p mapping.Pointer) *docNode {
	for _, token := range p {
		if n.kids == nil {
			n.kids = map[string]*docNode{}
		}
		if n.kids[token] == nil {
			n.kids[token] = &docNode{}
		}
		n = n.kids[token]
	}
	return n
}

// readJSON reads a page that is one JSON document. Where the mapping knows several
// places of items, an answer may lack any of them: services leave out empty lists. In
// HAL, one with links and nothing embedded has no items.
func (l *listing) readJSON() error {
	dec := l.decoder(&l.in)
	object := dec.PeekKind() == '{'
	if err := l.walk(dec, l.doc); err != nil {
		return err
	}
	l.in.left = maxItem
	if _, err := dec.ReadToken(); err != io.EOF {
		if err == nil {
			err = errTrailing
		}
		return err
	}
	if !l.found && l.hal != halLinks && (len(l.x.call.Listings) == 1 || !object) {
		return errNoItems
	}
	return nil
}

// decoder returns the decoder of the listing, which keeps its buffer from page to page.
func (l *listing) decoder(r io.Reader) *jsontext.Decoder {
	if l.json == nil {
		l.json = newDecoder(r)
		return l.json
	}
	l.json.Reset(r, l.json.Options())
	return l.json
}

// walk goes through the value that comes next.
func (l *listing) walk(dec *jsontext.Decoder, n *docNode) error {
	kind := dec.PeekKind()
	l.hal |= n.hal
	switch {
	case n.items != nil:
		return l.readItems(dec, n)
	case n.says != 0:
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		return l.end.tell(n.says, cell{raw: raw})
	case n.kids != nil && kind == '{':
		return l.walkObject(dec, n)
	case n.kids != nil && kind == '[':
		return l.walkArray(dec, n)
	}
	return dec.SkipValue()
}

func (l *listing) walkObject(dec *jsontext.Decoder, n *docNode) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != '}' {
		key, err := dec.ReadValue()
		if err != nil {
			return err
		}
		kid := n.kids[string(unquote(key))]
		switch {
		case kid != nil:
			err = l.walk(dec, kid)
		case n.items != nil:
			err = l.readMember(dec, n.items, key)
		default:
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

func (l *listing) walkArray(dec *jsontext.Decoder, n *docNode) error {
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() != ']'; i++ {
		var err error
		if kid := n.kids[strconv.Itoa(i)]; kid != nil {
			err = l.walk(dec, kid)
		} else {
			err = dec.SkipValue()
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.ReadToken()
	return err
}

// readItems reads a list of items, or an object whose members are items.
func (l *listing) readItems(dec *jsontext.Decoder, n *docNode) error {
	switch kind := dec.PeekKind(); {
	case kind == '[':
		l.found = true
	case kind == '{' && n.keyed:
		l.found = true
		return l.walkObject(dec, n)
	case kind == 'n': // null is how some servers write an empty list
		l.found = true
		return dec.SkipValue()
	case kind == 0:
		return dec.SkipValue() // reports the fault
	default:
		return errNoItems
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	for dec.PeekKind() != ']' {
		l.in.left = maxItem
		raw, err := dec.ReadValue()
		if err != nil {
			return err
		}
		if err := l.item(n.items, raw); err != nil {
			return err
		}
	}
	l.in.left = maxItem
	_, err := dec.ReadToken()
	return err
}

// readMember reads the member of an object as the item {"key": its name, "value":
// its value}.
func (l *listing) readMember(dec *jsontext.Decoder, place *mapping.Listing, key []byte) error {
	l.buf = append(l.buf[:0], `{"key":`...)
	l.buf = append(l.buf, key...)
	l.buf = append(l.buf, `,"value":`...)
	l.in.left = maxItem
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	l.buf = append(append(l.buf, value...), '}')
	return l.item(place, l.buf)
}

// readLines reads a page of which each line is an item (NDJSON), or each text of a
// sequence (RFC 7464). There is no place in it for anything else.
func (l *listing) readLines() error {
	if l.doc.items == nil || l.doc.kids != nil {
		return errLines
	}
	dec := l.decoder(recordReader{&l.in})
	for {
		l.in.left = maxItem
		raw, err := dec.ReadValue()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.item(l.doc.items, raw); err != nil {
			return err
		}
	}
}

// recordReader turns the marks before the texts of a JSON sequence (RFC 7464,
// section 2.2) into space. In a text itself they cannot stand.
type recordReader struct{ r io.Reader }

func (r recordReader) Read(p []byte) (int, error) {
	const recordMark = 0x1e
	n, err := r.r.Read(p)
	for i := 0; i < n; i++ {
		at := bytes.IndexByte(p[i:n], recordMark)
		if at < 0 {
			break
		}
		i += at
		p[i] = ' '
	}
	return n, err
}
