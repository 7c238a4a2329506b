package draft

import (
	"slices"
	"strconv"

	"github.com/ftpbridge/bridge/openapi"
)

// pageSize is how many items the draft asks for at once.
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
	size, hasSize := sizeParam(op)
	sized := func(param string) flow {
		pairs := []flow{"param", quote(param)}
		if hasSize {
			pairs = append(pairs, "size_param", quote(size), "size", flow(strconv.Itoa(pageSize)))
		}
		return flowMap(pairs...)
	}
	if param, ok := query(op, numbers); ok {
		return flowMap("page", sized(param))
	}
	if param, ok := query(op, offsets); ok {
		return flowMap("offset", sized(param))
	}
	return ""
}

// query finds a parameter of the query.
func query(op *openapi.Operation, names []string) (string, bool) {
	for _, name := range names {
		for _, p := range op.Parameters {
			if p.In == "query" && (plain(p.Name) == name) {
				return p.Name, true
			}
		}
	}
	return "", false
}

// sizeParam finds the parameter that says how many items a page has.
func sizeParam(op *openapi.Operation) (string, bool) {
	for _, name := range pageSizes {
		for _, p := range op.Parameters {
			if p.In == "query" && plain(p.Name) == name && (p.Type == "integer" || p.Type == "number") && len(p.Schema.Enum) == 0 {
				return p.Name, true
			}
		}
	}
	return "", false
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
