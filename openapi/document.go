package openapi

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

//go:embed storage.v1.yaml
var storageV1 []byte

// builtinPrefix begins references to documents that come with the bridge, as in
// "builtin:storage.v1".
const builtinPrefix = "builtin:"

// Builtin returns the source of a document that comes with the bridge: "storage.v1".
func Builtin(name string) ([]byte, error) {
	if name == "storage.v1" {
		return bytes.Clone(storageV1), nil
	}
	return nil, fmt.Errorf("no built-in document %q; there is storage.v1", name)
}

// Document is a checked OpenAPI document. It is not changed after loading and may
// be used concurrently.
type Document struct {
	// Server is the URL of the first entry of servers; empty if there is none.
	Server string
	// Schemes are the names of the security schemes, sorted.
	Schemes []string

	operations []*Operation
}

// Open loads the document that ref names: "builtin:" and a name, or a file, taken
// from dir when it is relative. References inside a file may lead to other files
// next to it or below, not to the network.
func Open(dir, ref string) (*Document, error) {
	if name, ok := strings.CutPrefix(ref, builtinPrefix); ok {
		data, err := Builtin(name)
		if err != nil {
			return nil, err
		}
		return Parse(ref, data)
	}
	if !filepath.IsAbs(ref) {
		ref = filepath.Join(dir, ref)
	}
	data, err := os.ReadFile(ref)
	if err != nil {
		return nil, err
	}
	return load(ref, data, filesBelow(filepath.Dir(ref)))
}

// Parse reads a document that refers to no other file. The name goes into positions.
func Parse(name string, data []byte) (*Document, error) {
	return load(name, data, func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		return nil, fmt.Errorf("reference to another file: %s", at)
	})
}

func load(name string, data []byte, read openapi3.ReadFromURIFunc) (*Document, error) {
	l := openapi3.NewLoader()
	l.IncludeOrigin = true
	l.IsExternalRefsAllowed = true
	l.ReadFromURIFunc = read
	t, err := l.LoadFromDataWithPath(data, &url.URL{Path: filepath.ToSlash(name)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := t.Validate(context.Background(), openapi3.DisableExamplesValidation()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return reduce(name, t)
}

// filesBelow reads references that stay in dir.
func filesBelow(dir string) openapi3.ReadFromURIFunc {
	return func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		if at.Scheme != "" && at.Scheme != "file" {
			return nil, fmt.Errorf("reference to the network: %s", at)
		}
		rel, err := filepath.Rel(dir, filepath.FromSlash(at.Path))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, fmt.Errorf("reference leaves the document's folder: %s", at)
		}
		return os.ReadFile(filepath.Join(dir, rel))
	}
}

// Operation finds what a mapping calls an operation: an operationId, or
// "METHOD /path" as the document writes it.
func (d *Document) Operation(name string) (*Operation, bool) {
	for _, o := range d.operations {
		if o.ID == name && name != "" || o.Method+" "+o.Path == name {
			return o, true
		}
	}
	return nil, false
}

// OperationNames returns the names of all operations, sorted.
func (d *Document) OperationNames() []string {
	names := make([]string, 0, len(d.operations))
	for _, o := range d.operations {
		names = append(names, o.Name())
	}
	slices.Sort(names)
	return names
}
