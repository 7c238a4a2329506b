package mapping

import "slices"

// The tables of this file are the grammar of the language: which keys stand where,
// in which form, and what they mean. The reader takes its unknown keys and
// suggestions from them, [Schema] its JSON Schema, and a test compares the
// reference in docs/mapping.md with them.

// form is what may stand behind a key.
type form struct {
	kind  formKind
	words []string // of a word
	of    *form    // of a list and of a map
	shape string   // of an object
	any   []form   // of a choice
}

type formKind uint8

const (
	aText formKind = iota
	aValue
	aNumber
	aFlag
	aDuration
	aPointer
	aStatus
	aScalar  // text, a number or a truth value, taken as it is
	aVersion // of the language
	aWord
	aList
	aMap
	anObject
	aChoice
	anything
	nothing // null
)

func list(of form) form                      { return form{kind: aList, of: &of} }
func mapOf(of form) form                     { return form{kind: aMap, of: &of} }
func objectOf(shape string) form             { return form{kind: anObject, shape: shape} }
func word(words ...string) form              { return form{kind: aWord, words: words} }
func choice(forms ...form) form              { return form{kind: aChoice, any: forms} }
func oneOrMore(of form) form                 { return choice(of, list(of)) }
func of(kind formKind) form                  { return form{kind: kind} }
func (f form) orNothing() form               { return choice(f, of(nothing)) }
func (k keyword) only(verbs ...Verb) keyword { k.verbs = verbs; return k }
func (k keyword) must() keyword              { k.required = true; return k }

// keyword is one key of a shape.
type keyword struct {
	name     string
	form     form
	doc      string
	verbs    []Verb // whose calls have it; empty: all
	required bool
}

func key(name string, f form, doc string) keyword { return keyword{name: name, form: f, doc: doc} }

// shape is an object of the language.
type shape struct {
	name string
	doc  string
	keys []keyword
}

// names returns the keys that belong to verb; all if verb is empty.
func (s shape) names(verb Verb) []string {
	var names []string
	for _, k := range s.keys {
		if verb == "" || len(k.verbs) == 0 || slices.Contains(k.verbs, verb) {
			names = append(names, k.name)
		}
	}
	return names
}

// shapeNamed returns a shape of the grammar.
func shapeNamed(name string) shape {
	for _, s := range grammar() {
		if s.name == name {
			return s
		}
	}
	panic("mapping: the grammar has no shape " + name)
}

func grammar() []shape {
	return slices.Concat(topShapes(), callShapes(), listShapes(), smallShapes())
}

func topShapes() []shape {
	source := []keyword{
		key("openapi", of(aText), "The OpenAPI document of the API, a file beside the mapping, or builtin:storage.v1. Without one, calls are written with http."),
		key("preset", of(aText), "A mapping that comes with the bridge. What this file says of the same path and verb wins."),
		key("mapping", of(aText), "Another mapping file, beside this one, to build on. What this file says of the same path and verb wins."),
		key("server", objectOf("server"), "Where the requests go. Default: the first server of the document."),
		key("origins", list(of(aText)), "Other origins that computed URLs, next links and redirects may lead to, as in https://*.s3.amazonaws.com."),
		key("auth", choice(of(aText), list(of(aText)), mapOf(of(aText))), "The credential for each security scheme of the document. Without a document: the names of the credentials that calls carry."),
	}
	routes := list(objectOf("route"))
	return []shape{
		{"mapping", "A mapping file.", slices.Concat([]keyword{
			key("ftpmap", of(aVersion), "The version of the language: 1.").must(),
		}, source, []keyword{
			key("routes", routes, "What the paths stand for. The most specific path wins, whatever the order."),
			key("mounts", list(objectOf("mount")), "Folders that have a mapping, and so a server, of their own."),
		})},
		{"mount", "A folder with a mapping of its own. Paths and ftp.path inside it begin at the folder.", slices.Concat([]keyword{
			key("at", of(aText), "The folder, as in /crm.").must(),
		}, source, []keyword{key("routes", routes, "As in a mapping file.")})},
		{"server", "The server of an API.", []keyword{
			key("url", of(aText), "Its base URL, as in https://files.internal/v1; {name} stands for a variable."),
			key("variables", mapOf(of(aScalar)), "Values for the variables of the URL. Expressions see them as server.name."),
		}},
		{"x-ftp", "An operation of the document with its place in the tree: a path, a verb, and the keys of a call.", []keyword{
			key("path", of(aText), "The path of the route.").must(),
			key("verb", word(verbWords()...), "What the operation does there.").must(),
		}},
		routeShape(),
	}
}

func verbWords() []string {
	var words []string
	for _, v := range verbs() {
		words = append(words, string(v))
	}
	return words
}

func routeShape() shape {
	s := shape{"route", "The calls for the paths of one template.", []keyword{
		key("path", of(aText), "Names in braces are variables: {name}, {n:int}, {n:int(4)}, {id:uuid}, {d:date(20060102)}, {e:enum(a|b)}, {rest...}. A last slash makes it a directory.").must(),
		key("tree", of(aFlag), "Each path may be a file or a directory, to any depth; the path ends in {rest...}."),
		key("id", of(aText), "A name for this route in each.route and parent."),
		key("parent", of(aText), "The id of the route of the folder above: its lookup runs first, and what it saved is in scope."),
		key("lookup", objectOf("lookup"), "Asks the API for what the path alone does not tell, such as an id. It runs before the verb."),
	}}
	for _, v := range verbs() {
		s.keys = append(s.keys, key(string(v), oneOrMore(objectOf(string(v))).orNothing(), verbDocs[v]))
	}
	return s
}

var verbDocs = map[Verb]string{
	List: "Lists a directory.", Stat: "Describes one file or directory. Without it the parent's list is asked.",
	Read: "Gives the content of a file.", Write: "Stores a whole file.", Append: "Adds to a file, or writes at an offset.",
	Create: "Stores a file that must not exist.", Delete: "Deletes a file.", MakeDir: "Makes a directory.",
	RemoveDir: "Removes an empty directory.", Rename: "Moves a file or directory.", SetTime: "Sets a modification time.",
	Hash: "Tells a digest that the service keeps.", Space: "Tells how much room there is.",
}
