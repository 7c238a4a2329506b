package mapping

// Page says how an answer is one of several.
type Page struct {
	Style PageStyle
	// Param is the query parameter that takes the cursor, number or offset;
	// SizeParam the one that takes Size, the items on a page. 0: not said.
	Param, SizeParam string
	Size             int
	// First is the number of the first page.
	First int
	// From is where the answer has the cursor or the URL of the next page.
	From Pointer
	// Header has it instead.
	Header string
	// More, if not nil, is where the answer says whether there are more pages,
	// Total where it has the number of all items.
	More, Total Pointer
}

// PageStyle is how the next page is asked for.
type PageStyle uint8

// The styles of paging.
const (
	// PageCursor: by a cursor in the answer's body.
	PageCursor PageStyle = iota
	// PageNumber: by the number of the page.
	PageNumber
	// PageOffset: by the number of items so far.
	PageOffset
	// PageNext: by a URL in the answer's body.
	PageNext
	// PageLink: by the header Link (RFC 8288).
	PageLink
	// PageHeader: by another header, which has a cursor if there is a Param,
	// otherwise a URL.
	PageHeader
)

func (r *callReader) readPage(n node) *Page {
	if !n.isObject() {
		n.isWord("page", "link")
		return &Page{Style: PageLink}
	}
	o, ok := n.object("page")
	if !ok {
		return nil
	}
	var p *Page
	count := 0
	for _, style := range []struct {
		key  string
		read func(node) *Page
	}{
		{"cursor", r.readCursor}, {"page", r.readNumber}, {"offset", r.readOffset},
		{"next", func(n node) *Page { return &Page{Style: PageNext, From: readPointer(n, "next")} }},
		{"header", func(n node) *Page {
			name, _ := n.text("header")
			return &Page{Style: PageHeader, Header: name}
		}},
	} {
		if value, ok := o.take(style.key); ok {
			count++
			p = style.read(value)
		}
	}
	if count != 1 {
		o.fault("page: want link, or one of cursor, page, offset, next and header")
	}
	if param, ok := o.take("param"); ok {
		name := r.queryParam(param, "param")
		if p != nil && p.Style == PageHeader {
			p.Param = name
		} else {
			param.fault("page: param belongs to header")
		}
	}
	o.finish("page")
	return p
}

func (r *callReader) readCursor(n node) *Page {
	o, ok := n.object("cursor")
	if !ok {
		return nil
	}
	p := &Page{Style: PageCursor, Param: r.takeParam(o, "cursor")}
	if from, ok := o.take("from"); ok {
		p.From = readPointer(from, "from")
		r.checkThere(from, "from", p.From)
	} else {
		o.fault(`cursor: "from" is missing: where in the answer is the next cursor?`)
	}
	p.More = r.takePointer(o, "more")
	o.finish("cursor")
	return p
}

func (r *callReader) readNumber(n node) *Page {
	o, ok := n.object("page")
	if !ok {
		return nil
	}
	p := &Page{Style: PageNumber, Param: r.takeParam(o, "page"), First: 1}
	r.takeSize(o, p)
	if first, ok := o.take("first"); ok {
		if v, _ := first.scalar(); v == int64(0) {
			p.First = 0
		} else {
			p.First = first.positive("first")
		}
	}
	p.More = r.takePointer(o, "more")
	o.finish("number")
	return p
}

func (r *callReader) readOffset(n node) *Page {
	o, ok := n.object("offset")
	if !ok {
		return nil
	}
	p := &Page{Style: PageOffset, Param: r.takeParam(o, "offset")}
	r.takeSize(o, p)
	p.Total = r.takePointer(o, "total")
	o.finish("offset")
	return p
}

func (r *callReader) takeSize(o *object, p *Page) {
	if n, ok := o.take("size_param"); ok {
		p.SizeParam = r.queryParam(n, "size_param")
	}
	if n, ok := o.take("size"); ok {
		p.Size = n.positive("size")
		r.checkSize(n, p)
	} else if p.SizeParam != "" {
		o.fault(`size_param: "size" is missing: how many items?`)
	}
}

// checkSize reports a page that is larger than the API makes them: each would look
// like the last one.
func (r *callReader) checkSize(n node, p *Page) {
	for _, param := range r.c.Operation.Parameters {
		if param.In == "query" && param.Name == p.SizeParam && param.Maximum != nil && float64(p.Size) > *param.Maximum {
			n.fault("size: parameter %s of operation %s is %s at most", param.Name, r.c.Operation.Name(), Text(*param.Maximum))
		}
	}
}

func (r *callReader) takePointer(o *object, key string) Pointer {
	n, ok := o.take(key)
	if !ok {
		return nil
	}
	p := readPointer(n, key)
	r.checkThere(n, key, p)
	return p
}

// checkThere reports a pointer to what the answer's schema does not have.
func (r *callReader) checkThere(n node, what string, p Pointer) {
	if _, ok := r.bodySchema().At(p); !ok {
		n.fault("%s: the answer of %s has no %s%s", what, r.c.Operation.Name(), p, pointerHint(r.bodySchema(), p))
	}
}

func (r *callReader) takeParam(o *object, what string) string {
	n, ok := o.take("param")
	if !ok {
		o.fault(`%s: "param" is missing: which query parameter takes it?`, what)
		return ""
	}
	return r.queryParam(n, "param")
}

// queryParam reads the name of a query parameter of the operation.
func (r *callReader) queryParam(n node, what string) string {
	name, ok := n.text(what)
	if !ok || r.isHTTP() {
		return name
	}
	var names []string
	for _, p := range r.c.Operation.Parameters {
		if p.In == "query" {
			if p.Name == name {
				return name
			}
			names = append(names, p.Name)
		}
	}
	n.fault("operation %s has no query parameter %q%s", r.c.Operation.Name(), name, didYouMean(name, names))
	return name
}
