package draft

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

func (s *sheet) line(format string, args ...any) {
	fmt.Fprintf(&s.out, format+"\n", args...)
}

// at is the number of the line that comes next.
func (s *sheet) at() int { return bytes.Count(s.out.Bytes(), []byte("\n")) + 1 }

// write writes the draft.
func (s *sheet) write() []byte {
	s.out.Reset()
	s.spans = nil
	s.line("# A draft, made by bridge init from the shapes of the document. Read it, change it, and try it:")
	s.line("#   bridge check FILE    bridge explain --mapping FILE 'LIST /'    bridge verify --mapping FILE --server URL")
	s.line("# Every path, name and guess may be changed: docs/mapping.md.")
	s.line("ftpmap: 1")
	s.line("openapi: %s", quote(s.ref))
	s.server()
	s.auth()
	s.line("routes:")
	slices.SortStableFunc(s.routes, func(a, b *route) int { return strings.Compare(a.path, b.path) })
	wrote := false
	for _, r := range s.routes {
		wrote = s.route(r) || wrote
	}
	if !wrote {
		s.line("  # Nothing in the document looks like files. This is one, to begin with:")
		s.line("  - path: /README.txt")
		s.line(`    read: {static: "Nothing is mapped yet.\n"}`)
	}
	s.rest()
	return bytes.Clone(s.out.Bytes())
}

// server says where the requests go.
func (s *sheet) server() {
	switch servers := s.doc.Servers; {
	case len(servers) == 0:
		s.line("# The document names no server; say it here, or as backend.server.url in bridge.yaml:")
		s.line(`# server: {url: "https://api.example.com"}`)
	case !strings.Contains(servers[0].URL, "://"):
		s.line("# The document says no more than %s of its server; say all of it here, or as", remark(fmt.Sprintf("%q", servers[0].URL)))
		s.line("# backend.server.url in bridge.yaml:")
		s.line(`# server: {url: "https://api.example.com"}`)
	default:
		s.line("# server: {url: %s}", quote(remark(servers[0].URL)))
	}
}

// auth names a credential for each security scheme.
func (s *sheet) auth() {
	if len(s.doc.Schemes) == 0 {
		return
	}
	s.line("# Security scheme of the document: name of a credential in bridge.yaml, under backend.credentials.")
	s.line("auth:")
	for _, name := range s.doc.Schemes {
		s.line("  %s: %s   # %s", quote(name), quote(credentialName(name)), credentialFor(s.doc.SecuritySchemes[name]))
	}
}

// credentialName is a name that bridge.yaml and the environment can have.
func credentialName(scheme string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, scheme)
	if name = strings.Trim(name, "-"); name == "" {
		return "credential"
	}
	return name
}

// credentialFor says which kind of credential a scheme wants.
func credentialFor(sc openapi.SecurityScheme) string {
	switch {
	case sc.Type == "http" && strings.EqualFold(sc.Scheme, "basic"):
		return "basic: {user: …, password: …}, or login_password: {as: basic} for the user's own"
	case sc.Type == "http" && strings.EqualFold(sc.Scheme, "bearer"):
		return "session-jwt (signed by the bridge), session-token (of the login), or static: {value: …}"
	case sc.Type == "apiKey" && sc.In == "header":
		return remark("static: {header: " + string(quote(sc.Name)) + ", value: …}")
	case sc.Type == "apiKey" && sc.In == "query":
		return remark("static: {query: " + string(quote(sc.Name)) + ", value: …}")
	case sc.Type == "oauth2":
		return "client_credentials: {token_url: …, client_id: …, client_secret: …}, or token_exchange"
	case sc.Type == "openIdConnect":
		return "session-token (of the login), or token_exchange"
	}
	return remark("no credential of the bridge is like " + sc.Type + " " + sc.In)
}

// route writes a route, and reports whether it did; one whose calls are all comments
// becomes one, unless others lead to it.
func (s *sheet) route(r *route) bool {
	live := slices.ContainsFunc(r.calls, func(c *call) bool { return c.off == "" })
	if !live && !s.leadsTo(r.id) {
		for _, c := range r.calls {
			s.line("  # %s, as %s of %s, is left out: %s", remark(c.name()), c.verb, remark(r.path), remark(c.off))
		}
		return false
	}
	if !bytes.HasSuffix(s.out.Bytes(), []byte("routes:\n")) {
		s.line("")
	}
	first := s.at()
	if r.note != "" {
		s.line("  # %s", r.note)
	}
	s.line("  - path: %s", quote(r.path))
	if r.tree {
		s.line("    tree: true")
	}
	if r.id != "" && s.leadsTo(r.id) {
		s.line("    id: %s", quote(r.id))
	}
	s.spans = append(s.spans, span{first: first, last: s.at() - 1, route: r})
	for _, c := range r.calls {
		s.call(r, c)
	}
	return true
}

// leadsTo reports whether a list has entries that are paths of a route.
func (s *sheet) leadsTo(id string) bool {
	if id == "" {
		return false
	}
	return slices.ContainsFunc(s.routes, func(r *route) bool {
		return slices.ContainsFunc(r.calls, func(c *call) bool { return c.off == "" && c.leads == id })
	})
}

// call writes a call, or why it is not there.
func (s *sheet) call(r *route, c *call) {
	first := s.at()
	if c.off != "" {
		s.line("    # %s of %s is left out: %s", c.verb, remark(c.name()), remark(c.off))
		return
	}
	if text, ok := c.short(); ok {
		s.line("    %s: %s", c.verb, text)
		s.spans = append(s.spans, span{first: first, last: first, route: r, call: c})
		return
	}
	s.line("    %s:", c.verb)
	if c.note != "" {
		s.line("      # %s", remark(c.note))
	}
	if c.op != nil {
		s.line("      op: %s%s", quote(c.op.Name()), summary(c.op))
	}
	for _, k := range c.keys {
		if len(k.list) == 0 {
			s.line("      %s: %s", k.name, k.value)
			continue
		}
		s.line("      %s:", k.name)
		for _, item := range k.list {
			s.line("        - %s", item)
		}
	}
	s.spans = append(s.spans, span{first: first, last: s.at() - 1, route: r, call: c})
}

// short is a call on one line, if it is a small one.
func (c *call) short() (flow, bool) {
	const most = 100
	if c.op == nil || c.note != "" {
		return "", false
	}
	pairs := []flow{"op", quote(c.op.Name())}
	for _, k := range c.keys {
		if len(k.list) > 0 {
			return "", false
		}
		pairs = append(pairs, flow(k.name), k.value)
	}
	text := flowMap(pairs...)
	return text + flow(summary(c.op)), len(text) <= most
}

// name is the name of the operation.
func (c *call) name() string {
	if c.op == nil {
		return "fixed entries"
	}
	return c.op.Name()
}

// summary is what the document says of an operation, as a comment behind it.
func summary(op *openapi.Operation) string {
	const most = 60
	text := remark(op.Summary)
	if short := []rune(text); len(short) > most {
		text = strings.TrimSpace(string(short[:most])) + "…"
	}
	if op.Deprecated {
		text = strings.TrimSuffix("deprecated; "+text, "; ")
	}
	if text == "" {
		return ""
	}
	return "   # " + text
}

// rest lists the operations that have no place.
func (s *sheet) rest() {
	if len(s.left) == 0 {
		return
	}
	s.line("")
	s.line("# Left out:")
	slices.SortStableFunc(s.left, func(a, b left) int {
		return strings.Compare(a.op.Path+" "+a.op.Method, b.op.Path+" "+b.op.Method)
	})
	for _, l := range s.left {
		name := l.op.Method + " " + l.op.Path
		if l.op.ID != "" {
			name = l.op.ID + " (" + name + ")"
		}
		s.line("#   %s: %s", remark(name), remark(l.why))
	}
}
