package openapi

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// loading is one document on its way in: its files, as far as they have been read.
type loading struct {
	root  *source
	read  func(at *url.URL) ([]byte, error)
	files map[string]*source
	// last is the file that kin-openapi was given last.
	last *source
}

// load reads the document in data. Other files that it refers to come from read.
func load(name string, data []byte, read func(at *url.URL) ([]byte, error)) (*Document, error) {
	root, err := newSource(name, data)
	if err != nil {
		return nil, Problems{asProblem(name, err)}
	}
	at := &url.URL{Path: filepath.ToSlash(name)}
	l := &loading{root: root, read: read, last: root, files: map[string]*source{at.Path: root}}
	if err := l.checkVersion(); err != nil {
		return nil, Problems{err}
	}
	kin := openapi3.NewLoader()
	kin.IsExternalRefsAllowed = true // the next line says which
	kin.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		s, err := l.file(at)
		if err != nil {
			return nil, err
		}
		l.last = s
		return s.json, nil
	}
	t, err := kin.LoadFromDataWithPath(root.json, at)
	if err != nil {
		return nil, l.explain(err)
	}
	d, err := l.document(t, data)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// checkVersion tells what is no OpenAPI 3 document.
func (l *loading) checkVersion() *Problem {
	if version, ok := l.root.find("openapi"); ok {
		text := l.root.text(version.value)
		number := strings.SplitN(text, ".", 3)
		if len(number) >= 2 && number[0] == "3" && slices.Contains([]string{"0", "1", "2"}, number[1]) {
			return nil
		}
		if text == "" {
			return &Problem{l.root.position(version.key), `"openapi" must be text, as in openapi: "3.1.0"`}
		}
		return &Problem{l.root.position(version.key), fmt.Sprintf("OpenAPI %s cannot be read, only 3.0, 3.1 and 3.2", oneLine(text))}
	}
	if version, ok := l.root.find("swagger"); ok {
		return &Problem{l.root.position(version.key), "this is Swagger 2.0; convert it to OpenAPI 3 first"}
	}
	return &Problem{l.root.position(0), `this is not an OpenAPI document: "openapi" is missing`}
}

// file returns the file at a URL; each is read once.
func (l *loading) file(at *url.URL) (*source, error) {
	if s, ok := l.files[at.Path]; ok && !remote(at) {
		return s, nil
	}
	data, err := l.read(at)
	if err != nil {
		return nil, err
	}
	s, err := newSource(filepath.FromSlash(at.Path), data)
	if err != nil {
		return nil, err
	}
	l.files[at.Path] = s
	return s, nil
}

func remote(at *url.URL) bool { return at.Scheme != "" && at.Scheme != "file" || at.Host != "" }

// follow finds what a $ref in s leads to: a file, and the member in it; the whole
// file without a fragment.
func (l *loading) follow(s *source, ref string) (*source, member, error) {
	to, err := url.Parse(ref)
	if err != nil {
		return nil, member{}, errors.New("not a URL")
	}
	if to.Path != "" || remote(to) {
		at := *to
		if !remote(to) && !path.IsAbs(to.Path) {
			at.Path = path.Join(path.Dir(filepath.ToSlash(s.name)), to.Path)
		}
		at.Fragment = ""
		if s, err = l.file(&at); err != nil {
			return nil, member{}, err
		}
	}
	if to.Fragment == "" || to.Fragment == "/" {
		return s, member{}, nil
	}
	tokens := strings.Split(strings.TrimPrefix(to.Fragment, "/"), "/")
	for i, token := range tokens {
		tokens[i] = unescapeToken(token)
	}
	found, ok := s.find(tokens...)
	if !ok {
		return nil, member{}, fmt.Errorf("there is no such thing in %s", filepath.Base(s.name))
	}
	return s, found, nil
}

// unescapeToken decodes one token of a JSON Pointer (RFC 6901, section 4).
func unescapeToken(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// filesBelow reads references that stay in dir, symbolic links included.
func filesBelow(dir string) func(*url.URL) ([]byte, error) {
	return func(at *url.URL) ([]byte, error) {
		if remote(at) {
			return nil, errors.New("reference to the network")
		}
		rel, err := filepath.Rel(dir, filepath.FromSlash(at.Path))
		if err != nil || !filepath.IsLocal(rel) {
			return nil, errors.New("reference leaves the document's folder")
		}
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer func() { _ = root.Close() }() // nothing was written
		return root.ReadFile(rel)
	}
}

// noFiles reads nothing.
func noFiles(*url.URL) ([]byte, error) { return nil, errors.New("reference to another file") }
