package mapping

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// SameOrigin stands among the origins of redirects for that of the server.
const SameOrigin = "same-origin"

// noAuth stands among credentials for none.
const noAuth = "none"

// readOperation finds the operation of a call, or makes it from http.
func (r *callReader) readOperation() bool {
	op, hasOp := r.o.take("op")
	http, hasHTTP := r.o.take("http")
	switch {
	case hasOp && hasHTTP:
		http.fault(`want "op" or "http", not both`)
	case hasOp:
		return r.readOp(op)
	case hasHTTP:
		return r.readHTTP(http)
	default:
		r.o.fault(`"op" is missing: which operation of the document is it? Without one, say http: {method, url}`)
	}
	return false
}

func (r *callReader) readOp(n node) bool {
	name, ok := n.text("op")
	if !ok {
		return false
	}
	doc := r.b.m.Document
	if doc == nil && r.b.m.documentName != "" {
		return false // why it could not be read has been said
	}
	if doc == nil {
		n.fault(`op: the mapping has no "openapi" document; say http: {method, url} instead`)
		return false
	}
	op, ok := doc.Operation(name)
	if !ok {
		n.fault("the document has no operation %q%s", name, didYouMean(name, doc.OperationNames()))
		return false
	}
	if op.Deprecated {
		n.warn("operation %s is deprecated", op.Name())
	}
	r.c.Operation = op
	r.c.url = newURLTemplate(op.Path)
	return true
}

func (r *callReader) readHTTP(n node) bool {
	o, ok := n.object("http")
	if !ok {
		return false
	}
	op := &openapi.Operation{OperationInfo: openapi.OperationInfo{Method: "GET", Pos: n.pos()}}
	if method, m, ok := o.takeText("method"); ok {
		if op.Method = method; !isToken(method) {
			m.fault("http: %q is no method such as GET", method)
		}
	}
	text, at, ok := o.require("url", "http", "a path after the server's URL, as in /files/{name}")
	o.finish("http")
	if !ok {
		return false
	}
	r.c.Operation = op
	if strings.HasPrefix(text, "=") {
		op.Path = text
		r.c.absolute = newValue(at, "url", r.env)
		at.wants(r.c.absolute, "url", textResult)
		return true
	}
	if !strings.HasPrefix(text, "/") {
		at.fault("url: want a path that begins with a slash, or an expression; the server's URL stands under server")
		return false
	}
	path, query, _ := strings.Cut(text, "?")
	op.Path = path
	r.c.url = newURLTemplate(path)
	for _, p := range r.c.url.names() {
		op.Parameters = append(op.Parameters, openapi.Parameter{
			Name: p.name, In: "path", Required: true, MultiSegment: p.multi,
		})
	}
	r.readQuery(at, query)
	return true
}

// readQuery reads the query of a URL. Its values may be templates.
func (r *callReader) readQuery(at node, query string) {
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			at.fault("url: %q is not encoded right; want %% and two hexadecimal digits", name)
			continue
		}
		if !placeholder.MatchString(value) {
			if value, err = url.QueryUnescape(value); err != nil {
				at.fault("url: %q is not encoded right; want %% and two hexadecimal digits", pair)
				continue
			}
		}
		if v := newTextValue(at, "url", value, r.env); v != nil {
			r.c.bindings = append(r.c.bindings, binding{in: "query", name: plain, value: v})
		}
	}
}

// readSecurity settles which credentials the call carries.
func (r *callReader) readSecurity() {
	m := r.b.m
	if n, ok := r.o.take("auth"); ok {
		names := n.texts("auth")
		if !slices.Equal(names, []string{noAuth}) {
			r.c.Security = [][]string{names}
		}
		return
	}
	if r.isHTTP() {
		r.c.PathsOnly = r.c.absolute != nil // a whole URL has its authority in itself
		if len(m.Auth) > 0 {
			r.c.Security = [][]string{slices.Sorted(maps.Values(m.Auth))}
		}
		return
	}
	for _, schemes := range r.c.Operation.Security {
		names := make([]string, len(schemes))
		for i, scheme := range schemes {
			names[i] = m.Credential(scheme)
		}
		r.c.Security = append(r.c.Security, names)
	}
}

// isHTTP reports whether the call has its operation from http.
func (r *callReader) isHTTP() bool {
	_, ok := r.o.peek("http")
	return ok
}

// checkOrigin checks an origin as in https://files.example or https://*.files.example:8443.
func checkOrigin(text string) error {
	u, err := url.Parse(strings.Replace(text, "://*.", "://", 1))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil ||
		strings.Contains(u.Host, "*") {
		return errOrigin
	}
	return nil
}

// isToken reports whether text can be a method (RFC 9110, section 9.1).
func isToken(text string) bool {
	for _, c := range text {
		if c <= ' ' || c >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) {
			return false
		}
	}
	return text != ""
}
