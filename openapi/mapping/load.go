package mapping

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
	"github.com/ftpbridge/bridge/openapi/preset"
)

// Load reads a mapping file and what it names: its document and other mapping
// files, which are looked for next to it, and presets. The error is an
// [openapi.Problems] if the file could be read.
func Load(file string) (*Mapping, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse is [Load] for a mapping that has been read already. Positions are prefixed
// with name; what the mapping names is looked for in name's folder.
func Parse(name string, data []byte) (*Mapping, error) {
	m, faults, _ := Check(name, data)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

// Check is [Parse] for people who write a mapping: it tells the warnings also where
// there are faults. Both are in the order of their positions.
func Check(name string, data []byte) (m *Mapping, faults, warnings openapi.Problems) {
	r := newReader(name)
	m = &Mapping{Name: name}
	if top, ok := r.parseYAML(data); ok {
		m.readFile(top)
	}
	_, _ = r.faults.Err(), r.warnings.Err() // they sort
	m.Warnings = *r.warnings
	return m, *r.faults, *r.warnings
}

// Preset returns the compiled mapping of a preset. Positions in it begin with "preset:".
func Preset(name string) (*Mapping, error) {
	data, err := preset.Source(name)
	if err != nil {
		return nil, err
	}
	return Parse(presetPrefix+name, data)
}

const presetPrefix = "preset:"

func (m *Mapping) readFile(top node) {
	o, ok := top.object("mapping")
	if !ok {
		return
	}
	checkVersion(top, o)
	m.read(o)
	o.finish("mapping")
}

func checkVersion(top node, o *object) {
	if version, ok := o.take("ftpmap"); !ok {
		top.fault(`want "ftpmap: 1" first, to say which language this is`)
	} else if v, _ := version.scalar(); v != int64(1) {
		version.fault("this version reads ftpmap: 1 only")
	}
}

// read reads a mapping or a mount: the layers below it, then its own.
func (m *Mapping) read(o *object) {
	before := len(*o.faults)
	m.ServerPos = o.pos()
	layers := append(o.below(), o)
	m.readDocument(o, layers)
	layers = slices.Insert(layers, len(layers)-1, m.carried(o)...)
	var routes []*object
	for _, layer := range layers {
		m.readServer(layer)
		m.readAuth(layer)
		if n, ok := layer.take("origins"); ok {
			m.readOrigins(n)
		}
		routes = mergeRoutes(routes, layer)
		m.readMounts(layer)
	}
	for _, layer := range layers {
		if layer != o {
			layer.finish("mapping")
		}
	}
	m.newRouteBuilder().readRoutes(routes)
	if len(m.Mounts) == 0 && len(routes) == 0 && len(*o.faults) == before {
		o.fault(`"routes" is missing: what do the paths stand for?`)
	}
	m.order(o)
	if m.Document != nil {
		m.Document.Release()
	}
}

// below returns the layers that a mapping or mount stands on, the lowest first.
func (o *object) below() []*object {
	var layers []*object
	if file, n, ok := o.takeText("mapping"); ok {
		layers = append(layers, o.layersOf(n, "mapping", filepath.Join(filepath.Dir(o.file), file), os.ReadFile)...)
	}
	if name, n, ok := o.takeText("preset"); ok {
		layers = append(layers, o.layersOf(n, "preset", presetPrefix+name, func(string) ([]byte, error) { return preset.Source(name) })...)
	}
	return layers
}

// maxBelow bounds mappings that name each other.
const maxBelow = 8

func (o *object) layersOf(n node, what, name string, source func(string) ([]byte, error)) []*object {
	data, err := source(name)
	if err != nil {
		n.fault("%s: cannot read it: %s", what, err)
		return nil
	}
	r := o.other(name)
	if r.depth = o.depth + 1; r.depth > maxBelow {
		n.fault("%s: the mappings name each other", what)
		return nil
	}
	top, ok := r.parseYAML(data)
	if !ok {
		return nil
	}
	below, ok := top.object("mapping")
	if !ok {
		return nil
	}
	checkVersion(top, below)
	return append(below.below(), below)
}

// readDocument opens the document that the highest layer names.
func (m *Mapping) readDocument(o *object, layers []*object) {
	for _, layer := range slices.Backward(layers) {
		text, n, ok := layer.takeText("openapi")
		if !ok || m.Document != nil {
			continue
		}
		m.documentName = documentName(n, text)
		doc, err := openapi.Open(filepath.Dir(n.file), text)
		if err != nil {
			o.documentFault(n, err)
			break
		}
		m.Document = doc
	}
	if m.Document != nil && len(m.Document.Servers) > 0 {
		s := m.Document.Servers[0]
		m.Server, m.ServerPos = s.URL, openapi.Position{File: m.documentName}
		for name, v := range s.Variables {
			m.setVariable(name, v.Default)
		}
	}
}

// documentName is what positions in a document are prefixed with.
func documentName(n node, ref string) string {
	if filepath.IsAbs(ref) || strings.HasPrefix(ref, "builtin:") {
		return ref
	}
	return filepath.Join(filepath.Dir(n.file), ref)
}

// documentFault reports what is wrong with a document at its own place where that is known.
func (o *object) documentFault(n node, err error) {
	if ps, ok := err.(openapi.Problems); ok {
		*o.faults = append(*o.faults, ps...)
		return
	}
	n.fault("openapi: cannot read it: %s", err)
}

func (m *Mapping) setVariable(name, value string) {
	if m.Variables == nil {
		m.Variables = map[string]string{}
	}
	m.Variables[name] = value
}

func (m *Mapping) readServer(o *object) {
	server, ok := o.takeObject("server")
	if !ok {
		return
	}
	m.ServerPos = server.pos()
	if url, at, ok := server.takeText("url"); ok {
		m.Server, m.ServerPos = url, at.pos()
		if holdsUser(url) {
			at.fault("server.url: holds a user or password; take it out, and give it as a credential")
		}
	}
	if variables, ok := server.takeObject("variables"); ok {
		for i := range variables.fields {
			f := &variables.fields[i]
			if f.taken = true; f.key == "url" || f.key == "path" {
				o.faults.Add(f.pos, "server: %q is a reserved name; choose another", f.key)
				continue
			}
			if v, ok := f.value.scalar(); ok {
				m.setVariable(f.key, Text(v))
			} else {
				f.value.fault("server.variables.%s: want one value, such as text", f.key)
			}
		}
	}
	server.finish("server")
}

// holdsUser reports whether a URL, which may have variables, has a user before its host.
func holdsUser(text string) bool {
	_, rest, _ := strings.Cut(text, "://")
	authority, _, _ := strings.Cut(rest, "/")
	return strings.Contains(authority, "@")
}

func (m *Mapping) readOrigins(n node) {
	for _, item := range n.list("origins") {
		text, ok := item.text("origins")
		if !ok {
			continue
		}
		if err := checkOrigin(text); err != nil {
			item.fault("origins: %s", err)
			continue
		}
		m.Origins = append(m.Origins, text)
	}
}

// readAuth reads the credentials by scheme, or without a document their names.
func (m *Mapping) readAuth(o *object) {
	n, ok := o.take("auth")
	if !ok {
		return
	}
	if m.Auth == nil || !n.isObject() {
		m.Auth = map[string]string{} // a list takes the place of what is below
	}
	if !n.isObject() {
		for _, name := range n.texts("auth") {
			m.Auth[name] = name
		}
		return
	}
	auth, ok := n.object("auth")
	if !ok {
		return
	}
	for i := range auth.fields {
		f := &auth.fields[i]
		if m.Document != nil && !slices.Contains(m.Document.Schemes, f.key) {
			o.faults.Add(f.pos, "the document has no security scheme %q%s", f.key, didYouMean(f.key, m.Document.Schemes))
			continue
		}
		m.Auth[f.key], _ = f.value.text("auth." + f.key)
	}
}

func (m *Mapping) readMounts(o *object) {
	n, ok := o.take("mounts")
	if !ok {
		return
	}
	for _, item := range n.list("mounts") {
		mo, ok := item.object("mount")
		if !ok {
			continue
		}
		at, pos, ok := mo.require("at", "mount", "which folder is it?")
		if !ok {
			continue
		}
		if at == "/" || !clean(at) {
			pos.fault("at: want a folder such as /crm, not %q", at)
			continue
		}
		mount := &Mount{Pos: pos.pos(), At: at, Mapping: &Mapping{Name: fmt.Sprintf("%s (mount %s)", m.Name, at)}}
		mount.Mapping.read(mo)
		if len(mount.Mapping.Mounts) > 0 {
			pos.fault("mount %s: its mapping has mounts, and they cannot lie in each other; name them all here", at)
		}
		mo.finish("mount")
		m.addMount(mount, pos)
	}
}

func (m *Mapping) addMount(mount *Mount, n node) {
	for _, other := range m.Mounts {
		if other.At == mount.At || isBelow(other.At, mount.At) || isBelow(mount.At, other.At) {
			n.fault("mount %s and that at %s lie in each other; choose another folder", mount.At, other.Pos)
			return
		}
	}
	m.Mounts = append(m.Mounts, mount)
}
