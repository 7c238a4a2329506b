package httpbackend

import (
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// tree is what the routes of a mapping say of paths without a request: directories
// that are only on the way to others, files that are always there, and what may be
// done where.
type tree struct{ routes []treeRoute }

type treeRoute struct {
	*mapping.Route
	actions storage.Actions
	parent  *mapping.Template // of the directory; nil for the root
	entry   storage.Entry     // of a path without variables
	shown   bool              // such a path is listed
}

func newTree(m *mapping.Mapping) *tree {
	t := &tree{}
	for _, r := range m.Routes {
		tr := treeRoute{Route: r, actions: actionsOf(r)}
		tr.parent, _ = r.Template.Parent()
		tr.entry, tr.shown = fixedEntry(r)
		t.routes = append(t.routes, tr)
	}
	return t
}

// fixedEntry is the entry of a path without variables: a directory, or a file that
// can be read or described.
func fixedEntry(r *mapping.Route) (storage.Entry, bool) {
	e := storage.Entry{Size: storage.UnknownSize}
	if len(r.Template.Vars()) > 0 {
		return e, false
	}
	if r.Template.Dir {
		e.Type = storage.Dir
		return e, true
	}
	for _, c := range r.Calls[mapping.Read] {
		if c.Static != nil {
			e.Size = int64(len(c.Static.Content))
		}
	}
	return e, len(r.Calls[mapping.Read]) > 0 || len(r.Calls[mapping.Stat]) > 0
}

// entry returns what is at name if that follows from the routes alone.
func (t *tree) entry(name storage.Path) (storage.Entry, bool) {
	if name == storage.Root {
		return storage.Entry{Name: name.Base(), Type: storage.Dir, Size: storage.UnknownSize}, true
	}
	for e := range t.children(name.Dir()) {
		if e.Name == name.Base() {
			return e, true
		}
	}
	return storage.Entry{}, false
}

// children yields the entries of dir that follow from the routes alone, each once.
func (t *tree) children(dir storage.Path) func(yield func(storage.Entry) bool) {
	return func(yield func(storage.Entry) bool) {
		seen := map[string]bool{}
		for _, r := range t.routes {
			name, more, ok := r.Template.Child(string(dir))
			if !ok || seen[name] || name == "" {
				continue
			}
			e := storage.Entry{Name: name, Type: storage.Dir, Size: storage.UnknownSize}
			if !more {
				if !r.shown {
					continue
				}
				e = r.entry
				e.Name = name
			}
			seen[name] = true
			if !yield(e) {
				return
			}
		}
	}
}

// knows reports whether name is a path of some route, or on the way to one.
func (t *tree) knows(name storage.Path) bool {
	for _, r := range t.routes {
		if r.Template.Matches(string(name)) {
			return true
		}
	}
	return name == storage.Root || t.leadsOn(name)
}

// leadsOn reports whether a route lies below name.
func (t *tree) leadsOn(name storage.Path) bool {
	for _, r := range t.routes {
		if r.Template.Below(string(name)) {
			return true
		}
	}
	return false
}

// permitted tells which actions have a call at name. Those of the routes right
// below a directory count for it where they make or delete what is in it.
func (t *tree) permitted(name storage.Path) storage.Actions {
	const inside = storage.Write | storage.Mkdir | storage.DeleteFile
	var a storage.Actions
	for _, r := range t.routes {
		if !a.Has(r.actions) && r.Template.Matches(string(name)) {
			a |= r.actions
		}
		if in := r.actions & inside; !a.Has(in) && r.parent != nil && r.parent.Matches(string(name)) {
			a |= in
		}
	}
	if !a.Has(storage.ListDir) && (name == storage.Root || t.leadsOn(name)) {
		a |= storage.ListDir
	}
	return a
}

func actionsOf(r *mapping.Route) storage.Actions {
	var a storage.Actions
	for verb, calls := range r.Calls {
		if len(calls) == 0 {
			continue
		}
		switch verb {
		case mapping.List:
			a |= storage.ListDir
		case mapping.Read:
			a |= storage.Read
		case mapping.Write:
			a |= storage.Write | storage.Overwrite
		case mapping.Create:
			a |= storage.Write
		case mapping.Append:
			a |= storage.AppendTo
		case mapping.Delete:
			a |= storage.DeleteFile
		case mapping.MakeDir:
			a |= storage.Mkdir
		case mapping.RemoveDir:
			a |= storage.Rmdir
		case mapping.Rename:
			a |= storage.Move
		case mapping.SetTime:
			a |= storage.SetTime
		}
	}
	return a
}
