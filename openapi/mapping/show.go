package mapping

import (
	"io"

	"github.com/ftpbridge/bridge/openapi"
)

// Show writes what a mapping is when its layers are laid over each other (presets and
// files that it builds on, x-ftp of its document, itself), as one mapping file. What
// comes from another file has its place in a comment. The error is that of [Parse].
func Show(name string, data []byte, w io.Writer) error {
	if _, err := Parse(name, data); err != nil {
		return err
	}
	top, _ := newReader(name).parseYAML(data) // it parses, as it just did
	o, _ := top.object("mapping")
	version, _ := o.peek("ftpmap")
	own := openapi.Position{File: name}
	fields := append([]merged{{"ftpmap", own, version}}, o.merge()...)
	p := &printer{own: name}
	p.fields(fields, 0)
	_, err := w.Write(p.b.Bytes())
	return err
}

// merged is a key of the result. Its value is a node, or what was put together: []merged
// for an object, [][]merged for a list of them, []node for another list.
type merged struct {
	key   string
	from  openapi.Position
	value any
}

// merge lays the layers of a mapping or mount over each other.
func (o *object) merge() []merged {
	m := &Mapping{}
	layers := append(o.below(), o)
	m.readDocument(o, layers)
	layers = append(layers[:len(layers)-1:len(layers)-1], append(m.carried(o), o)...)
	var out []merged
	out = append(out, m.mergedDocument(o, layers)...)
	out = append(out, mergedServer(layers)...)
	out = append(out, mergedLists(layers, "origins")...)
	out = append(out, mergedAuth(layers)...)
	var routes []*object
	for _, layer := range layers {
		routes = mergeRoutes(routes, layer)
	}
	if len(routes) > 0 {
		out = append(out, merged{"routes", o.pos(), mergedRoutes(routes)})
	}
	if mounts := mergedMounts(layers); len(mounts) > 0 {
		out = append(out, merged{"mounts", o.pos(), mounts})
	}
	return out
}

// mergedDocument is the document, by a name that is good from o's folder.
func (m *Mapping) mergedDocument(o *object, layers []*object) []merged {
	for i := len(layers) - 1; i >= 0; i-- {
		n, ok := layers[i].peek("openapi")
		if !ok {
			continue
		}
		if n.file != o.file {
			return []merged{{"openapi", n.pos(), n.made(m.documentName)}}
		}
		return []merged{{"openapi", n.pos(), n}}
	}
	return nil
}

func mergedServer(layers []*object) []merged {
	var server, variables []merged
	for _, layer := range layers {
		n, ok := layer.peek("server")
		if !ok {
			continue
		}
		s, _ := n.object("server")
		for _, f := range s.fields {
			if f.key != "variables" {
				server = put(server, merged{f.key, f.pos, f.value})
				continue
			}
			vars, _ := f.value.object("variables")
			for _, v := range vars.fields {
				variables = put(variables, merged{v.key, v.pos, v.value})
			}
		}
	}
	if len(variables) > 0 {
		server = append(server, merged{"variables", variables[0].from, variables})
	}
	if len(server) == 0 {
		return nil
	}
	return []merged{{"server", server[0].from, server}}
}

// mergedLists joins the lists of texts of a key, each text once.
func mergedLists(layers []*object, key string) []merged {
	var items []node
	seen := map[string]bool{}
	for _, layer := range layers {
		n, ok := layer.peek(key)
		if !ok {
			continue
		}
		for _, item := range n.list(key) {
			if text, _ := item.text(key); !seen[text] {
				items, seen[text] = append(items, item), true
			}
		}
	}
	if len(items) == 0 {
		return nil
	}
	return []merged{{key, items[0].pos(), items}}
}

// mergedAuth joins objects; anything else takes the place of what is below.
func mergedAuth(layers []*object) []merged {
	var out []merged
	for _, layer := range layers {
		n, ok := layer.peek("auth")
		if !ok {
			continue
		}
		if !n.isObject() {
			out = []merged{{"auth", n.pos(), n}}
			continue
		}
		var all []merged
		if len(out) > 0 {
			all, _ = out[0].value.([]merged)
		}
		a, _ := n.object("auth")
		for _, f := range a.fields {
			all = put(all, merged{f.key, f.pos, f.value})
		}
		out = []merged{{"auth", n.pos(), all}}
	}
	return out
}

// mergedRoutes leaves out the verbs that a layer has removed.
func mergedRoutes(routes []*object) [][]merged {
	var all [][]merged
	for _, r := range routes {
		var route []merged
		for _, f := range r.fields {
			if !f.value.isNull() {
				route = append(route, merged{f.key, f.pos, f.value})
			}
		}
		all = append(all, route)
	}
	return all
}

func mergedMounts(layers []*object) [][]merged {
	var all [][]merged
	for _, layer := range layers {
		n, ok := layer.peek("mounts")
		if !ok {
			continue
		}
		for _, item := range n.list("mounts") {
			mount, _ := item.object("mount")
			at, _ := mount.peek("at")
			all = append(all, append([]merged{{"at", at.pos(), at}}, mount.merge()...))
		}
	}
	return all
}

// put sets a key in a list of them.
func put(all []merged, m merged) []merged {
	for i := range all {
		if all[i].key == m.key {
			all[i] = m
			return all
		}
	}
	return append(all, m)
}
