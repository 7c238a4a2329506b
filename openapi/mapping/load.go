package mapping

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// Load reads a mapping file and the document that it names, which is looked for
// next to it. The error is an [openapi.Problems] if the file could be read.
func Load(file string) (*Mapping, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse is [Load] for a mapping that has been read already. Positions are prefixed
// with name; a document is looked for in name's folder.
func Parse(name string, data []byte) (*Mapping, error) {
	r := &reader{file: name}
	m := &Mapping{Name: name}
	if top, ok := r.parseYAML(data); ok {
		m.read(top)
	}
	if err := r.faults.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Mapping) read(top node) {
	o, ok := top.object("mapping")
	if !ok {
		return
	}
	if version, ok := o.take("ftpmap"); !ok {
		top.fault(`want "ftpmap: 1" first, to say which language this is`)
	} else if v, _ := version.scalar(); v != int64(1) {
		version.fault("this version reads ftpmap: 1 only")
	}
	m.readDocument(o)
	m.readServer(o)
	m.readAuth(o)
	if routes, ok := o.take("routes"); !ok {
		top.fault(`"routes" is missing`)
	} else {
		for _, n := range routes.list("routes") {
			if r := m.readRoute(n); r != nil {
				m.Routes = append(m.Routes, r)
			}
		}
	}
	o.done([]string{"ftpmap", "openapi", "server", "auth", "routes"}, nil)
	m.order(top)
}

func (m *Mapping) readDocument(o *object) {
	ref, ok := o.take("openapi")
	if !ok {
		o.fault(`"openapi" is missing; mappings without a document are not supported by this version`)
		return
	}
	text, ok := ref.text("openapi")
	if !ok {
		return
	}
	doc, err := openapi.Open(filepath.Dir(m.Name), text)
	if err != nil {
		ref.fault("openapi: %s", err)
		return
	}
	m.Document, m.Server = doc, doc.Server
}

func (m *Mapping) readServer(o *object) {
	n, ok := o.take("server")
	if !ok {
		return
	}
	server, ok := n.object("server")
	if !ok {
		return
	}
	if url, ok := server.take("url"); ok {
		m.Server, _ = url.text("server.url")
	}
	server.done([]string{"url"}, []string{"variables"})
}

func (m *Mapping) readAuth(o *object) {
	n, ok := o.take("auth")
	if !ok {
		return
	}
	auth, ok := n.object("auth")
	if !ok {
		return
	}
	m.Auth = map[string]string{}
	for i := range auth.fields {
		f := &auth.fields[i]
		if m.Document != nil && !slices.Contains(m.Document.Schemes, f.key) {
			o.faults.Add(f.pos, "the document has no security scheme %q%s", f.key, didYouMean(f.key, m.Document.Schemes))
			continue
		}
		m.Auth[f.key], _ = f.value.text("auth." + f.key)
	}
}

// routeKeys and laterRouteKeys are the keys of a route that are not verbs.
var (
	routeKeys      = []string{"path", "tree"}
	laterRouteKeys = []string{"id", "parent", "lookup"}
)

func (m *Mapping) readRoute(n node) *Route {
	o, ok := n.object("route")
	if !ok {
		return nil
	}
	r := &Route{Pos: n.pos(), Calls: map[Verb]*Call{}}
	path, ok := o.take("path")
	if !ok {
		n.fault(`"path" is missing`)
		return nil
	}
	src, ok := path.text("path")
	if !ok {
		return nil
	}
	var err error
	if r.Template, err = ParseTemplate(src); err != nil {
		pos := path.pos()
		if te, ok := errors.AsType[*TemplateError](err); ok && pos.Line > 0 {
			pos.Column += te.Offset
			if path.isQuoted() {
				pos.Column++
			}
		}
		path.faults.Add(pos, "path: %s", err)
		return nil
	}
	r.Pos = path.pos()
	if tree, ok := o.take("tree"); ok {
		v, _ := tree.scalar()
		if r.Tree, ok = v.(bool); !ok {
			tree.fault("tree: want true or false")
		} else if r.Tree && r.Template.rest == "" {
			tree.fault("tree: the path must end with a rest, as in /{path...}")
		}
	}
	known := slices.Clone(routeKeys)
	for _, verb := range verbs() {
		known = append(known, string(verb))
		if call, ok := o.take(string(verb)); ok && m.Document != nil {
			if c := m.readCall(call, verb, r.Template); c != nil {
				r.Calls[verb] = c
			}
		}
	}
	o.done(known, laterRouteKeys)
	return r
}

// order sorts the routes so that the most specific come first, and reports those
// of which neither is. A file and a directory may have the same path.
func (m *Mapping) order(top node) {
	slices.SortStableFunc(m.Routes, func(a, b *Route) int { return Compare(a.Template, b.Template) })
	for i, r := range m.Routes {
		for _, earlier := range m.Routes[:i] {
			if r.Template.Dir != earlier.Template.Dir || !Ambiguous(earlier.Template, r.Template) {
				continue
			}
			example, _ := Overlap(earlier.Template, r.Template)
			if example != "" {
				example = ", as " + example + " shows"
			}
			top.faults.Add(r.Pos, "path %s matches the same as %s at %s%s", r.Template, earlier.Template, earlier.Pos, example)
		}
	}
}
