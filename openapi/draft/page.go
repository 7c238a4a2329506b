package draft

import (
	"slices"
	"strconv"

	"github.com/ftpbridge/bridge/openapi"
)

// pageSize is how many items the draft asks for at once, where the document does not
// tell what the service grants.
const pageSize = 100

var (
	cursors    = []string{"cursor", "pagetoken", "nexttoken", "continuationtoken", "continuation", "marker", "after", "startingafter", "startafter", "pagecursor", "nextcursor"}
	numbers    = []string{"page", "pagenumber", "pageno", "pageindex"}
	offsets    = []string{"offset", "skip", "$skip", "start", "startindex"}
	pageSizes  = []string{"perpage", "pagesize", "limit", "size", "maxresults", "count", "top", "$top", "maxkeys", "pagelimit", "itemsperpage"}
	nextFields = []string{"next", "nextcursor", "nextpagetoken", "nexttoken", "nextmarker", "cursor", "continuationtoken", "nextpagecursor", "continuation", "after", "endcursor"}
	around     = []string{"", "meta", "metadata", "pagination", "paging", "page", "pageInfo", "page_info", "links", "_links"}
)

// pageOf guesses how a list has pages; empty: it has one.
func pageOf(op *openapi.Operation) flow {
	if slices.ContainsFunc(op.Answers, func(a openapi.Answer) bool {
		return slices.ContainsFunc(a.Headers, func(name string) bool { return plain(name) == "link" })
	}) {
		return "link"
	}
	answer := op.AnswerSchema()
	if at, ok := nextURL(answer); ok {
		return flowMap("next", quote(at.String()))
	}
	if param, ok := query(op, cursors); ok {
		if at, ok := nextCursor(answer); ok {
			return flowMap("cursor", flowMap("param", quote(param), "from", quote(at.String())))
		}
	}
	sized := func(param string, more ...flow) flow {
		pairs := []flow{"param", quote(param)}
		if size, ok := sizeParam(op); ok {
			pairs = append(pairs, "size_param", quote(size.Name), "size", flow(strconv.Itoa(granted(size))))
		}
		return flowMap(append(pairs, more...)...)
	}
	if p, ok := queryParam(op, numbers); ok {
		if fromZero(p) {
			return flowMap("page", sized(p.Name, "first", "0"))
		}
		return flowMap("page", sized(p.Name))
	}
	if param, ok := query(op, offsets); ok {
		return flowMap("offset", sized(param))
	}
	return ""
}

// fromZero reports whether the document says that the first page has the number 0: by
// what is sent without one, else by the least that is allowed.
func fromZero(p openapi.Parameter) bool {
	if p.Default != nil {
		return *p.Default == 0
	}
	return p.Minimum != nil && *p.Minimum == 0
}

// granted is a size that the service will not cut down: a page with fewer items than
// were asked for is taken for the last.
func granted(size openapi.Parameter) int {
	switch {
	case size.Maximum != nil && *size.Maximum >= 1:
		return int(min(*size.Maximum, pageSize))
	case size.Maximum == nil && size.Default != nil && *size.Default >= 1:
		return int(min(*size.Default, pageSize))
	}
	return pageSize
}

// query finds a parameter of the query.
func query(op *openapi.Operation, names []string) (string, bool) {
	p, ok := queryParam(op, names)
	return p.Name, ok
}

func queryParam(op *openapi.Operation, names []string) (openapi.Parameter, bool) {
	for _, name := range names {
		for _, p := range op.Parameters {
			if p.In == "query" && (plain(p.Name) == name) {
				return p, true
			}
		}
	}
	return openapi.Parameter{}, false
}

// sizeParam finds the parameter that says how many items a page has.
func sizeParam(op *openapi.Operation) (openapi.Parameter, bool) {
	for _, name := range pageSizes {
		for _, p := range op.Parameters {
			if p.In == "query" && plain(p.Name) == name && (p.Type == "integer" || p.Type == "number") && len(p.Schema.Enum) == 0 {
				return p, true
			}
		}
	}
	return openapi.Parameter{}, false
}

// nextURL finds the URL of the next page: of OData, of HAL, of JSON:API, or a text
// that the schema calls one.
func nextURL(s *openapi.Schema) (place, bool) {
	for _, at := range []place{
		{"@odata.nextLink"}, {"odata.nextLink"}, {"_links", "next", "href"}, {"links", "next", "href"}, {"links", "next"},
	} {
		if p, ok := exactly(s, at); ok && (p == nil || p.Type == "" || p.Type == "string") {
			return at, true
		}
	}
	for _, name := range []string{"next", "next_url", "nextLink", "next_page_url", "nextPageUrl"} {
		if p, ok := exactly(s, place{name}); ok && p != nil && p.Type == "string" && (p.Format == "uri" || p.Format == "url" || name != "next") {
			return place{name}, true
		}
	}
	return nil, false
}

// nextCursor finds the cursor of the next page.
func nextCursor(s *openapi.Schema) (place, bool) {
	if s == nil {
		return nil, false
	}
	for _, outer := range around {
		in, at := s, place{}
		if outer != "" {
			p, ok := exactly(s, place{outer})
			if !ok || p == nil {
				continue
			}
			in, at = p, place{outer}
		}
		if property, ok := typed(in, nextFields, func(p *openapi.Schema) bool { return p.Type == "string" || p.Type == "integer" || p.Type == "" }); ok {
			return append(at, property), true
		}
	}
	return nil, false
}

// exactly follows names that the schema declares.
func exactly(s *openapi.Schema, at place) (*openapi.Schema, bool) {
	for _, name := range at {
		if s == nil || s.Type != "object" {
			return nil, false
		}
		p, ok := s.Properties[name]
		if !ok {
			return nil, false
		}
		s = p
	}
	return s, true
}
