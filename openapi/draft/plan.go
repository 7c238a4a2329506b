package draft

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// planner makes routes of the tree.
type planner struct {
	routes []*route
	left   []left
	trees  []tree
	used   map[*openapi.Operation]bool
}

// plan makes the routes of n and of what is below it.
func (p *planner) plan(n *node) {
	switch list, isList := n.listing(); {
	case n.multi:
		p.tree(n)
	case n.variable:
		// The items of a directory are planned with it; here is what has none.
		if !n.parent.listsItems() {
			p.item(n)
		}
	case isList && n.item(false) != nil:
		p.directory(n, list)
	case isList:
		p.rendered(n, list)
	default:
		p.single(n)
	}
	for _, c := range n.children {
		p.plan(c)
	}
	p.rest(n)
}

// listing finds the list that n answers, if it is a collection.
func (n *node) listing() (collection, bool) {
	op := n.ops[http.MethodGet]
	if op == nil || n.variable {
		return collection{}, false
	}
	c, ok := listOf(op, n.segment)
	item := n.item(false) != nil
	paged := pageOf(op) != ""
	if !ok || !item && !c.sure || !item && !paged && !(c.named && len(c.at) > 0) && len(c.at) > 0 {
		return collection{}, false
	}
	return c, ok
}

// listsItems reports whether the items below n are those of a directory.
func (n *node) listsItems() bool {
	_, ok := n.listing()
	return ok && n.item(false) != nil
}

// isFolder reports whether the items of a collection are folders: there is more below them.
func (n *node) isFolder() bool { return len(n.children) > 0 }

// fileName is what the file of an item is called in the directory of items, or in
// its own folder.
func (n *node) fileName() string {
	end := ".json"
	if n.isContent() {
		end = ""
	}
	if !n.isFolder() {
		return n.text() + end
	}
	name := "item"
	if !n.parent.variable && n.parent.parent != nil {
		name = singular(n.parent.segment)
	}
	return name + end
}

// isContent reports whether the file of n is one of content.
func (n *node) isContent() bool {
	if op := n.ops[http.MethodGet]; op != nil {
		return hasFiles(op)
	}
	return hasFiles(n.ops[http.MethodPut])
}

// filePath is the template of the item's file.
func (n *node) filePath() string {
	if n.isFolder() {
		return n.dir() + n.fileName()
	}
	return n.parent.dir() + n.fileName()
}

// directory makes the routes of a collection with items.
func (p *planner) directory(n *node, list collection) {
	item := n.item(false)
	op := n.ops[http.MethodGet]
	r := &route{path: n.dir(), id: n.id()}
	p.routes = append(p.routes, r)
	c := newCall("list", op, n, false)
	p.used[op] = true
	c.keys = append(c.keys, key{name: "items", value: itemsAt(list.at)})
	if page := pageOf(op); page != "" {
		c.keys = append(c.keys, key{name: "page", value: page})
	}
	property, sure, ok := identity(list.items, item.segment, n.segment)
	if !ok {
		c.off = "no field of its items is the {" + item.segment + "} of their path; say it under bind"
	}
	if !sure {
		c.note = "a guess: is this field the {" + item.segment + "} of the path?"
	}
	c.leads = item.id()
	pairs := []flow{"route", quote(item.id()), "bind", flowMap(quote(item.segment), quote(field("item", property)))}
	if size, ok := sizeOf(list.items); ok && item.isContent() && !item.isFolder() {
		pairs = append(pairs, "size", quote(field("item", size)))
	}
	if at, ok := timeOf(list.items); ok {
		pairs = append(pairs, "mtime", quote(field("item", at)))
	}
	c.keys = append(c.keys, key{name: "each", list: []flow{flowMap(pairs...)}})
	r.add(c)
	p.item(item)
}

func itemsAt(at place) flow {
	if len(at) == 0 {
		return `""`
	}
	return quote(at.String())
}

// item makes the routes of an item: a file, or a folder with a file in it.
func (p *planner) item(n *node) {
	file := &route{path: n.filePath()}
	p.content(n, file)
	if !n.isFolder() {
		file.id = n.id()
		p.post(n.parent, file)
		if len(file.calls) > 0 || n.parent.listsItems() {
			p.routes = append(p.routes, file)
		}
		return
	}
	folder := &route{path: n.dir(), id: n.id()}
	if get := n.ops[http.MethodGet]; get != nil {
		stat := newCall("stat", get, n, false)
		stat.times(get.AnswerSchema())
		folder.add(stat)
	}
	if len(file.calls) > 0 {
		name, _ := strings.CutPrefix(file.path, n.dir())
		folder.add(&call{verb: "list", keys: []key{{name: "static", list: []flow{flowMap("name", quote(name))}}}})
		p.routes = append(p.routes, folder, file)
	} else {
		p.routes = append(p.routes, folder)
	}
	p.drop(n.parent)
}

// times adds when the answer of a stat says that it was changed.
func (c *call) times(s *openapi.Schema) {
	if at, ok := timeOf(s); ok {
		c.keys = append(c.keys, key{name: "mtime", value: quote(field("item", at))})
	}
}

// content adds the calls of a file to its route.
func (p *planner) content(n *node, r *route) {
	get, put, remove, head := n.ops[http.MethodGet], n.ops[http.MethodPut], n.ops[http.MethodDelete], n.ops[http.MethodHead]
	if head != nil && n.isContent() {
		c := newCall("stat", head, n, false)
		c.keys = append(c.keys, key{name: "size", value: quote("=resp.header['content-length']")}, key{name: "mtime", value: quote("=resp.header['last-modified']")})
		r.add(c)
		p.used[head] = true
	} else if get != nil && !n.isContent() && n.variable && !n.isFolder() && !n.parent.listsItems() {
		c := newCall("stat", get, n, false)
		c.times(get.AnswerSchema())
		r.add(c)
	}
	if get != nil {
		r.add(readable(get, n))
		p.used[get] = true
	}
	if put != nil {
		r.add(upload("write", put, n))
		p.used[put] = true
	}
	if remove != nil && !n.isFolder() {
		r.add(newCall("delete", remove, n, false))
		p.used[remove] = true
	}
}

// post adds the POST of a collection to the route of its items: as their write, or as
// create where a PUT writes them.
func (p *planner) post(n *node, r *route) {
	op := n.ops[http.MethodPost]
	if op == nil || p.used[op] {
		return
	}
	verb := "write"
	if slices.ContainsFunc(r.calls, func(c *call) bool { return c.verb == "write" && c.off == "" }) {
		verb = "create"
	}
	c := upload(verb, op, n)
	c.note = "the service may give the new item another name"
	r.add(c)
	p.used[op] = true
}

// drop makes a place for uploads by POST where the items are folders, or where there
// are none.
func (p *planner) drop(n *node) {
	op := n.ops[http.MethodPost]
	if op == nil || p.used[op] || len(op.BodyTypes) == 0 {
		return
	}
	name := n.freeName("name")
	path := n.dir() + "{" + name + "}"
	if !hasFiles(op) && !slices.Contains(op.BodyTypes, "multipart/form-data") {
		path += ".json"
	}
	r := &route{path: path, note: "what is put here is handed over"}
	r.add(upload("write", op, n))
	p.used[op] = true
	p.routes = append(p.routes, r)
}

// rendered makes a file of a collection whose items have no path: all pages of it.
func (p *planner) rendered(n *node, list collection) {
	op := n.ops[http.MethodGet]
	p.used[op] = true
	r := &route{path: strings.TrimSuffix(n.dir(), "/") + ".json"}
	if n.parent == nil {
		r.path = "/index.json"
	}
	c := readable(op, n)
	if page := pageOf(op); page != "" {
		c.keys = append(c.keys, key{name: "items", value: itemsAt(list.at)}, key{name: "page", value: page},
			key{name: "render", value: "{json: true}"})
	}
	r.add(c)
	p.routes = append(p.routes, r)
	p.drop(n)
}

// single makes a file of a resource that is alone at its path.
func (p *planner) single(n *node) {
	r := &route{path: strings.TrimSuffix(n.dir(), "/")}
	if n.parent == nil {
		r.path = "/index"
	}
	if !n.isContent() {
		r.path += ".json"
	}
	if n.ops[http.MethodGet] != nil {
		p.content(n, r)
		p.routes = append(p.routes, r)
	}
	if n.item(false) == nil {
		p.drop(n)
	}
}

// tree makes the route of files to any depth.
func (p *planner) tree(n *node) {
	r := &route{path: n.dir()[:len(n.dir())-1], tree: true}
	get := n.ops[http.MethodGet]
	if get != nil && !hasFiles(get) {
		if list, ok := listOf(get, n.segment); ok && list.sure && list.named {
			p.treeList(n, r, list)
			get = nil
		}
	}
	if get != nil || n.ops[http.MethodPut] != nil {
		p.content(n, r)
	}
	if len(r.calls) > 0 {
		p.routes = append(p.routes, r)
		p.trees = append(p.trees, tree{n, r})
	}
}

// tree is the route of a node with files to any depth.
type tree struct {
	n *node
	r *route
}

// join moves the list of a tree that has nothing else to the only tree with content:
// many APIs list at one path and read at another.
func (p *planner) join() {
	var lists, contents []tree
	for _, t := range p.trees {
		switch onlyList := len(t.r.calls) == 1 && t.r.calls[0].verb == "list"; {
		case onlyList:
			lists = append(lists, t)
		case t.n.isContent():
			contents = append(contents, t)
		}
	}
	if len(lists) != 1 || len(contents) != 1 || len(lists[0].n.variables()) != len(contents[0].n.variables()) {
		return
	}
	from, to := lists[0].r, contents[0]
	c := newCall("list", from.calls[0].op, to.n, false)
	for _, k := range from.calls[0].keys {
		if k.name != "params" {
			c.keys = append(c.keys, k)
		}
	}
	to.r.calls = slices.Insert(to.r.calls, 0, c)
	p.routes = slices.DeleteFunc(p.routes, func(r *route) bool { return r == from })
}

// treeList makes the list of a tree.
func (p *planner) treeList(n *node, r *route, list collection) {
	op := n.ops[http.MethodGet]
	c := newCall("list", op, n, false)
	p.used[op] = true
	c.keys = append(c.keys, key{name: "items", value: itemsAt(list.at)})
	if page := pageOf(op); page != "" {
		c.keys = append(c.keys, key{name: "page", value: page})
	}
	property, _, ok := identity(list.items, "name", "")
	if !ok {
		c.off = "which field of its items is the name?"
	}
	pairs := []flow{"name", quote(field("item", property))}
	if list.items != nil {
		if kind, ok := typed(list.items, []string{"type", "kind"}, func(s *openapi.Schema) bool { return slices.Contains(s.Enum, "dir") && slices.Contains(s.Enum, "file") }); ok {
			pairs = append(pairs, "type", quote(field("item", kind)))
		}
	}
	if size, ok := sizeOf(list.items); ok {
		pairs = append(pairs, "size", quote(field("item", size)))
	}
	if at, ok := timeOf(list.items); ok {
		pairs = append(pairs, "mtime", quote(field("item", at)))
	}
	c.keys = append(c.keys, key{name: "each", list: []flow{flowMap(pairs...)}})
	r.add(c)
}

// reasons say why an operation has no place, by its method.
var reasons = map[string]string{
	http.MethodPatch:   "it changes a part, and files are written whole; mtime or rename may be what it is",
	http.MethodPost:    "it is an action rather than a file; a write may be made of it",
	http.MethodPut:     "it stores something that cannot be read back here",
	http.MethodDelete:  "it would delete with all that is below; write it as rmdir if the service refuses what is not empty",
	http.MethodHead:    "the list tells as much",
	http.MethodGet:     "what it answers is neither a list of items with a path nor a file",
	http.MethodOptions: "no verb of files is like it",
	http.MethodTrace:   "no verb of files is like it",
}

// rest notes what has no place in the draft.
func (p *planner) rest(n *node) {
	for _, op := range n.ops {
		if p.used[op] {
			continue
		}
		why, ok := reasons[op.Method]
		if !ok {
			why = "no verb of files is like it"
		}
		if op.Method == http.MethodDelete && !n.isFolder() {
			why = "there is no file here that it could delete"
		}
		p.left = append(p.left, left{&op.OperationInfo, why})
	}
}
