package openapi

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

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

// Document is a checked OpenAPI document. Its fields and all that its methods return
// are not to be changed; it may be used concurrently.
type Document struct {
	// Version is that of the specification which the document follows, as in "3.0.3".
	Version string
	// Servers are in the order of the document; none: it is served where it came from.
	Servers []Server
	// SecuritySchemes by name, Schemes are the names, sorted.
	SecuritySchemes map[string]SecurityScheme
	Schemes         []string

	infos []*OperationInfo
	names map[string]*OperationInfo

	mu         sync.Mutex
	source     []byte
	kin        *openapi3.T // nil after Release
	schemas    *reducer
	operations map[*OperationInfo]*Operation
}

// Server is an address of the API.
type Server struct {
	// URL may have variables in braces, and may be relative to where the document
	// came from.
	URL       string
	Variables map[string]ServerVariable
}

// ServerVariable is a variable of a server's URL.
type ServerVariable struct {
	Default string
	// Enum are the values that it may have; none: any.
	Enum []string
}

// SecurityScheme says how a credential is sent.
type SecurityScheme struct {
	// Type is apiKey, http, oauth2, openIdConnect or mutualTLS.
	Type string
	// Scheme is that of http, as in "bearer" (RFC 9110, section 11.1).
	Scheme string
	// In is where an apiKey goes: query, header or cookie; Name is its name there.
	In, Name string
}

// OperationInfo is what can be had of every operation at little cost.
type OperationInfo struct {
	// ID is the operationId, empty if it has none.
	ID string
	// Method in capitals, and the path template, as in "/v1/files/{path}".
	Method, Path string
	Summary      string
	Tags         []string
	Deprecated   bool
	// Pos is where the operation stands, which may be in another file of the document.
	Pos Position
}

// Name is the ID, or "METHOD /path" without one.
func (o *OperationInfo) Name() string {
	if o.ID != "" {
		return o.ID
	}
	return o.Method + " " + o.Path
}

// Open loads the document that ref names: "builtin:" and a name, or a file, taken
// from dir when it is relative. References inside a file may lead to other files
// next to it or below, not to the network. The error is a [Problems] if the file
// could be read.
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
	ref = filepath.Clean(ref)
	data, err := os.ReadFile(ref)
	if err != nil {
		return nil, err
	}
	return load(ref, data, filesBelow(filepath.Dir(ref)))
}

// Parse reads a document that refers to no other file. The name goes into positions.
// The error is a [Problems].
func Parse(name string, data []byte) (*Document, error) {
	return load(name, data, noFiles)
}

// Operation finds what a mapping calls an operation: an operationId, or
// "METHOD /path" as the document writes it. After [Document.Release] only those are
// found that were asked for before.
func (d *Document) Operation(name string) (*Operation, bool) {
	info, ok := d.names[name]
	if !ok {
		return nil, false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	o, ok := d.operations[info]
	if !ok && d.kin != nil {
		o, ok = d.newOperation(info), true
		d.operations[info] = o
	}
	return o, ok
}

// Operations lists all operations by path and method.
func (d *Document) Operations() []*OperationInfo { return slices.Clone(d.infos) }

// OperationNames returns the names of all operations, sorted.
func (d *Document) OperationNames() []string {
	names := make([]string, 0, len(d.infos))
	for _, o := range d.infos {
		names = append(names, o.Name())
	}
	slices.Sort(names)
	return names
}

// Source returns the bytes of the document's first file if there is "x-ftp" in them,
// else nil.
func (d *Document) Source() []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source
}

// Release gives up everything that has not been asked for: the operations that
// [Document.Operation] has not returned yet, and the source. The names stay.
func (d *Document) Release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kin, d.schemas, d.source = nil, nil, nil
}
