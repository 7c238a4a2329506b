package mapping

import "slices"

// lookupVerb and stepVerb stand in the grammar for calls that are no verb of a route.
const (
	lookupVerb Verb = "lookup"
	stepVerb   Verb = "step"
)

func uploads() []Verb { return []Verb{Write, Create, Append} }

func changes() []Verb {
	return []Verb{Write, Create, Append, Delete, MakeDir, RemoveDir, Rename, SetTime}
}

// withContent are the calls whose request may carry a body that values make.
func withContent() []Verb {
	return []Verb{
		List, Stat, Read, Write, Create, Append, Delete, MakeDir, RemoveDir, Rename, SetTime, Hash, Space, lookupVerb, stepVerb,
	}
}

// callKeys are the keys of all calls, each with those that have it.
func callKeys() []keyword {
	return slices.Concat(requestKeys(), answerKeys(), contentKeys(), listingKeys(), entryKeys())
}

func requestKeys() []keyword {
	choosing := append(verbs(), stepVerb)
	return []keyword{
		key("op", of(aText), "An operation of the document: its operationId, or METHOD /path."),
		key("http", objectOf("http"), "A call that no document describes."),
		key("steps", list(objectOf("step")), "Several calls in order, the content of an upload in one of them.").only(append(changes(), Read)...),
		key("on_abort", objectOf("step"), "What to call when the steps break off.").only(changes()...),
		key("static", choice(of(aText), list(objectOf("static"))), "An answer without a call: the content of a file, or the entries of a directory.").only(List, Read),
		key("when", of(aValue), "Whether this call of several is the one.").only(choosing...),
		key("else_on", oneOrMore(of(aStatus)), "Statuses with which the next call of the list is tried.").only(verbs()...),
		key("params", mapOf(of(aValue)), "Parameters by name, or as query.x, header.x, path.x, cookie.x. name... keeps the slashes of a value in a path. Variables of the same name bind by themselves."),
		key("auth", oneOrMore(of(aText)), "The credentials of this call, or none; instead of what the document's security asks for."),
		key("idempotency_key", of(aValue), "Sent as Idempotency-Key (RFC draft), so that the service takes a repeated request once.").only(append(changes(), stepVerb)...),
		key("redirects", oneOrMore(of(aText)), "Follow redirects of a call without body: same-origin, or the origins that they may lead to. Credentials stay behind.").only(List, Stat, Read, Hash, Space, lookupVerb, stepVerb),
		key("timeout", of(aDuration), "How long to wait for the headers of the answer."),
	}
}

func answerKeys() []keyword {
	return []keyword{
		key("ok", oneOrMore(of(aStatus)), "Statuses that mean success. Default: 2xx."),
		key("errors", list(objectOf("error")), "What answers mean to this call, before ok and the general table; the first row that fits."),
		key("save", mapOf(of(aValue)), "Names kept from the answer (item, resp): for later steps and for later calls on the same path."),
		key("format", word("json", "ndjson", "xml"), "How the answer is written. Default: what its Content-Type says."),
		key("cache", of(aDuration), "For how long the answer may be used again in this session.").only(List, Stat, lookupVerb),
		key("reply", of(aValue), "The text of the final reply of an upload, as in 226 accepted.").only(uploads()...),
	}
}

func contentKeys() []keyword {
	return []keyword{
		key("body", choice(word("stream"), objectOf("body")), "What the request carries: stream is the content of the file.").only(withContent()...),
		key("content_type", of(aText), "The media type of the body, where the operation takes several.").only(withContent()...),
		key("needs_length", of(aText), "chunked (default): content is sent as it comes. memory(8MiB), spool or spool(1GiB): it is collected first, as the API needs its length.").only(append(uploads(), stepVerb)...),
		key("if_match", word("etag"), "Replace or delete only what the session has seen (If-Match).").only(Write, Delete, SetTime),
		key("resume", word("content-range", "tus", "patch-offset", "none"), "How the offset of an upload is said.").only(Append),
		key("range", choice(word("header", "none"), objectOf("range")), "How the offset of a read is said. Default: header.").only(Read, stepVerb),
		key("render", objectOf("render"), "The items of the answer, all pages of it, as one file.").only(Read),
	}
}

func listingKeys() []keyword {
	paged := []Verb{List, Read, lookupVerb}
	return []keyword{
		key("items", of(aPointer), "JSON Pointer to the items in the answer; in XML the path of the repeated element.").only(append(paged, Stat)...),
		key("each", list(objectOf("each")), "How an item becomes an entry; the first rule whose when holds.").only(List),
		key("where", of(aValue), "The item that is meant: the first for which it is true.").only(Stat, lookupVerb),
		key("if_empty", word("not-found"), "What a list without any item means, but for the root: in stores without folders, that there is none.").only(List),
		key("page", choice(word("link"), objectOf("page")), "How there is more than one page; link: the header Link with rel=next (RFC 8288).").only(append(paged, Stat)...),
		key("max_pages", of(aNumber), "The most pages of one listing.").only(append(paged, Stat)...),
		key("max_items", of(aNumber), "The most items of one listing.").only(append(paged, Stat)...),
		key("algorithms", list(word(algorithms()...)), "The digests that can be asked for, as ftp.algorithm.").only(Hash),
		key("digest", of(aValue), "The digest in the answer, as hexadecimal or base64 text.").only(Hash),
		key("free", of(aValue), "The free bytes in the answer.").only(Space),
		key("total", of(aValue), "All bytes in the answer.").only(Space),
	}
}

// entryKeys are the fields of an entry in the answer of a stat.
func entryKeys() []keyword {
	keys := []keyword{
		key("from", word("lookup"), "Take the entry from the item that the lookup found.").only(Stat),
		key("exists", of(aValue), "Whether the answer means that there is something.").only(Stat),
	}
	for _, k := range fieldKeys() {
		keys = append(keys, k.only(Stat))
	}
	return keys
}

// fieldKeys are the fields of an entry.
func fieldKeys() []keyword {
	return []keyword{
		key("type", of(aValue), "file or dir. Default: file, or what the route says."),
		key("size", of(aValue), "Bytes, as a number or its digits."),
		key("mtime", of(aValue), "RFC 3339 text, an HTTP date, or a time."),
		key("etag", of(aValue), "What identifies this version of the content."),
		key("permissions", of(aValue), "A list of what may be done with this entry: list read write append overwrite delete mkdir rmdir rename mtime."),
	}
}

func callShapes() []shape {
	var shapes []shape
	for _, v := range append(verbs(), lookupVerb) {
		shapes = append(shapes, callShape(v, "A call. "+verbDocs[v]))
	}
	return append(shapes, callShape(stepVerb, "A call among others."))
}

func callShape(v Verb, doc string) shape {
	s := shape{name: string(v), doc: doc}
	for _, k := range callKeys() {
		if len(k.verbs) == 0 || slices.Contains(k.verbs, v) {
			s.keys = append(s.keys, k)
		}
	}
	return s
}

// callsWith returns the verbs whose calls have a key, nil if none has.
func callsWith(name string) []Verb {
	for _, k := range callKeys() {
		if k.name != name {
			continue
		}
		if len(k.verbs) == 0 {
			return verbs()
		}
		return k.verbs
	}
	return nil
}
