package config

import (
	"strconv"
	"strings"
)

// maxEntries bounds a list of groups, so that a slip in the name of a variable
// (BRIDGE_AUTH_1000000_…) costs nothing.
const maxEntries = 32

// node is one key of the configuration: a value, a group of keys, or both by
// choice. The nodes form a tree that grows while the layers are read, where a
// group takes entries of the user's choosing.
type node struct {
	name   string // empty for the root
	doc    string
	parent *node

	value *value  // nil: takes no plain value
	keys  []*node // the keys below, in the order of the reference

	entry       func(name string) *node // makes a further key below; nil: keys are fixed
	placeholder string                  // stands for an entry's name in the reference
	list        bool                    // entries are numbered, not named

	use func() // called after the keys below are set, if any of them was given; may be nil

	given  *given // the value from the strongest layer; nil: none
	at     *place // where the group was opened in the file; nil: nowhere
	faulty bool   // a mistake was reported here
}

// given is a value as one layer gave it.
type given struct {
	texts  []string
	places []place // of each text
	expand bool    // ${NAME} stands for a variable: in the file only
}

func group(name, doc string, keys ...*node) *node {
	n := &node{name: name, doc: doc}
	for _, k := range keys {
		n.add(k)
	}
	return n
}

func key(name, doc string, v *value) *node { return &node{name: name, doc: doc, value: v} }

func (n *node) add(k *node) *node {
	k.parent = n
	n.keys = append(n.keys, k)
	return k
}

// path is the key in full: "ftp.passive.ports".
func (n *node) path() string {
	if n.parent == nil || n.parent.name == "" {
		return n.name
	}
	return n.parent.path() + "." + n.name
}

// variable is the name of the environment variable that sets the key.
func (n *node) variable() string {
	if n.parent == nil {
		return "BRIDGE"
	}
	return n.parent.variable() + "_" + variablePart(n.name)
}

// variablePart is a key as it stands in the name of a variable. Shells take no dash and
// no slash there; folders do without their first one.
func variablePart(name string) string {
	return strings.ToUpper(strings.NewReplacer("-", "_", "/", "_").Replace(strings.TrimPrefix(name, "/")))
}

// takesKeys reports whether keys may stand below n.
func (n *node) takesKeys() bool { return n.entry != nil || len(n.keys) > 0 }

// child returns the key called name below n, made if n takes entries of any
// name, or nil if there is none.
func (n *node) child(name string) *node {
	for _, k := range n.keys {
		if k.name == name {
			return k
		}
	}
	if n.entry == nil || name == "" || n.list && !isIndex(name) {
		return nil
	}
	return n.add(n.entry(name))
}

func isIndex(name string) bool {
	i, err := strconv.Atoi(name)
	return err == nil && 0 <= i && i < maxEntries && strconv.Itoa(i) == name
}

// find returns the key at path below n, or nil.
func (n *node) find(path string) *node {
	name, rest, more := strings.Cut(path, ".")
	k := n.child(name)
	if k == nil || !more {
		return k
	}
	return k.find(rest)
}

// names lists the keys right below n.
func (n *node) names() []string {
	names := make([]string, len(n.keys))
	for i, k := range n.keys {
		names[i] = k.name
	}
	return names
}

// present reports whether anything was given at or below n.
func (n *node) present() bool {
	if n.given != nil || n.at != nil {
		return true
	}
	for _, k := range n.keys {
		if k.present() {
			return true
		}
	}
	return false
}

// spoil marks everything at and below n as faulty, where something stands in
// the place of n that says nothing about the keys below.
func (n *node) spoil() {
	n.faulty = true
	for _, k := range n.keys {
		k.spoil()
	}
}

// sound reports whether no mistake was reported at or below n.
func (n *node) sound() bool {
	for _, k := range n.keys {
		if !k.sound() {
			return false
		}
	}
	return !n.faulty
}

// where is the best known place of n: its own, or that of the nearest group
// around it.
func (n *node) where() place {
	for ; n.parent != nil; n = n.parent {
		if n.given != nil {
			return n.given.places[0]
		}
		if n.at != nil {
			return *n.at
		}
	}
	return *n.at
}

// anywhere is a place of n, or of a key below it.
func (n *node) anywhere() place {
	for _, k := range n.keys {
		if n.given == nil && n.at == nil && k.present() {
			return k.anywhere()
		}
	}
	return n.where()
}

// leaves calls visit for every key that takes a value, at or below n. Where n
// takes entries, an entry named by the placeholder stands for all of them.
func (n *node) leaves(visit func(*node)) {
	if n.value != nil {
		visit(n)
	}
	if n.entry != nil {
		example := n.entry(n.placeholder)
		example.parent = n
		example.leaves(visit)
		return
	}
	for _, k := range n.keys {
		k.leaves(visit)
	}
}
