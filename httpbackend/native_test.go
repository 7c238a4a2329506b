package httpbackend_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// native is a small service that keeps the native storage contract in memory.
type native struct {
	token string // if set, what Authorization must bear

	mu    sync.Mutex
	nodes map[string]*nativeNode // by absolute path
}

type nativeNode struct {
	dir      bool
	data     []byte
	modified time.Time
	version  int
}

func newNative() *native {
	return &native{nodes: map[string]*nativeNode{"/": {dir: true}}}
}

// refusal is a problem document.
type refusal struct {
	status      int
	kind, title string
}

func (s *native) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.token != "" && r.Header.Get("Authorization") != "Bearer "+s.token {
		refuse(w, &refusal{401, "", "Unauthorized"})
		return
	}
	var err *refusal
	family, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v1/"), "/")
	name = "/" + name
	switch family {
	case "stat":
		err = s.stat(w, name)
	case "list":
		err = s.list(w, r, name)
	case "files":
		err = s.file(w, r, name)
	case "directories":
		err = s.directory(w, r, name)
	case "rename":
		err = s.rename(w, r)
	case "space":
		err = s.space(w, name)
	default:
		err = &refusal{404, "", "No such route"}
	}
	if err != nil {
		refuse(w, err)
	}
}

func refuse(w http.ResponseWriter, e *refusal) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(e.status)
	doc := map[string]any{"title": e.title, "status": e.status}
	if e.kind != "" {
		doc["type"] = "/problems/" + e.kind
	}
	_ = json.NewEncoder(w).Encode(doc)
}

func (s *native) find(name string) (*nativeNode, *refusal) {
	if n := s.nodes[name]; n != nil {
		return n, nil
	}
	return nil, &refusal{404, "", "No such file"}
}

// parent refuses a name that has no directory to be in.
func (s *native) parent(name string) *refusal {
	p, err := s.find(path.Dir(name))
	if err == nil && !p.dir {
		err = &refusal{409, "not-directory", "The parent is a file"}
	}
	return err
}

func (n *nativeNode) entry(name string) map[string]any {
	e := map[string]any{"name": path.Base(name), "type": "dir", "modified": n.modified.UTC().Format(time.RFC3339Nano)}
	if !n.dir {
		e["type"], e["size"], e["etag"] = "file", len(n.data), fmt.Sprintf(`"v%d"`, n.version)
	}
	return e
}

func (s *native) stat(w http.ResponseWriter, name string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(name)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(n.entry(name))
	return nil
}

func (s *native) space(w http.ResponseWriter, name string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(name); err != nil {
		return err
	}
	_, _ = io.WriteString(w, `{"free":1000,"total":2000}`)
	return nil
}

func (s *native) list(w http.ResponseWriter, r *http.Request, name string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.find(name)
	if err != nil {
		return err
	}
	if !n.dir {
		return &refusal{409, "not-directory", "Not a directory"}
	}
	var names []string
	for p := range s.nodes {
		if p != "/" && path.Dir(p) == name {
			names = append(names, p)
		}
	}
	slices.Sort(names)
	after := r.URL.Query().Get("cursor")
	i, _ := slices.BinarySearch(names, after)
	if after != "" && i < len(names) && names[i] == after {
		i++
	}
	limit := 3 // small, so that pages are followed
	page := map[string]any{"entries": []any{}}
	for ; i < len(names) && limit > 0; i, limit = i+1, limit-1 {
		page["entries"] = append(page["entries"].([]any), s.nodes[names[i]].entry(names[i]))
		if limit == 1 && i+1 < len(names) {
			page["next"] = names[i]
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(page)
	return nil
}

func (s *native) file(w http.ResponseWriter, r *http.Request, name string) *refusal {
	var body []byte
	if r.Method == http.MethodPut {
		s.mu.Lock()
		err := s.parent(name)
		s.mu.Unlock()
		if err != nil {
			return err // without reading the content
		}
	}
	if r.Method == http.MethodPut || r.Method == http.MethodPatch {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return &refusal{400, "", "The content broke off"}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n, missing := s.find(name)
	if n != nil && n.dir {
		return &refusal{409, "is-directory", "Is a directory"}
	}
	if r.Method == http.MethodPut {
		return s.put(w, r, name, n, body)
	}
	if missing != nil {
		return missing
	}
	switch r.Method {
	case http.MethodGet:
		w.Header().Set("Etag", fmt.Sprintf(`"v%d"`, n.version))
		w.Header().Set("Content-Type", "application/octet-stream")
		http.ServeContent(w, r, "", n.modified, bytes.NewReader(n.data))
	case http.MethodPatch:
		return n.patch(w, r, body)
	case http.MethodDelete:
		delete(s.nodes, name)
		w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

func (s *native) put(w http.ResponseWriter, r *http.Request, name string, n *nativeNode, body []byte) *refusal {
	if err := s.parent(name); err != nil {
		return err
	}
	if n != nil && r.Header.Get("If-None-Match") == "*" {
		return &refusal{412, "", "There is such a file"}
	}
	status := http.StatusNoContent
	if n == nil {
		n, status = &nativeNode{}, http.StatusCreated
		s.nodes[name] = n
	}
	n.data, n.modified, n.version = body, time.Now(), n.version+1
	w.WriteHeader(status)
	return nil
}

func (n *nativeNode) patch(w http.ResponseWriter, r *http.Request, body []byte) *refusal {
	if r.Header.Get("Content-Type") == "application/merge-patch+json" {
		var doc struct{ Modified time.Time }
		if json.Unmarshal(body, &doc) != nil {
			return &refusal{400, "", "No time"}
		}
		n.modified = doc.Modified
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	offset, err := strconv.Atoi(r.Header.Get("Upload-Offset"))
	if err != nil || offset < 0 || offset > len(n.data) {
		return &refusal{409, "bad-offset", "The offset does not fit"}
	}
	n.data = append(n.data[:offset:offset], body...)
	n.modified, n.version = time.Now(), n.version+1
	w.Header().Set("Upload-Offset", strconv.Itoa(len(n.data)))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *native) directory(w http.ResponseWriter, r *http.Request, name string) *refusal {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, missing := s.find(name)
	if r.Method == http.MethodPut {
		if err := s.parent(name); err != nil {
			return err
		}
		if n != nil {
			return &refusal{409, "exists", "The name is taken"}
		}
		s.nodes[name] = &nativeNode{dir: true, modified: time.Now()}
		w.WriteHeader(http.StatusCreated)
		return nil
	}
	if missing != nil {
		return missing
	}
	if !n.dir {
		return &refusal{409, "not-directory", "Not a directory"}
	}
	for p := range s.nodes {
		if p != "/" && path.Dir(p) == name {
			return &refusal{409, "not-empty", "The directory is not empty"}
		}
	}
	delete(s.nodes, name)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *native) rename(w http.ResponseWriter, r *http.Request) *refusal {
	var move struct{ From, To string }
	if json.NewDecoder(r.Body).Decode(&move) != nil {
		return &refusal{400, "", "No names"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.find(move.From); err != nil {
		return err
	}
	if err := s.parent(move.To); err != nil {
		return err
	}
	if n := s.nodes[move.To]; n != nil && n.dir {
		return &refusal{409, "exists", "There is a directory of this name"}
	}
	if strings.HasPrefix(move.To, move.From+"/") {
		return &refusal{422, "", "A directory cannot be moved into itself"}
	}
	for p, n := range maps.Clone(s.nodes) {
		if p == move.From || strings.HasPrefix(p, move.From+"/") {
			delete(s.nodes, p)
			s.nodes[move.To+p[len(move.From):]] = n
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// store puts a file there without asking.
func (s *native) store(name string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nodes[name] = &nativeNode{data: data, modified: time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC), version: 1}
}

// content returns a file's content, false if it is not there.
func (s *native) content(name string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.nodes[name]
	if !ok {
		return nil, false
	}
	return n.data, true
}
