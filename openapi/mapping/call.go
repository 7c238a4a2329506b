package mapping

import (
	"slices"

	"github.com/ftpbridge/bridge/openapi"
)

// Call is one request of a route, compiled.
type Call struct {
	Verb      Verb
	Pos       openapi.Position
	Operation *openapi.Operation
	// OK are the statuses that mean success.
	OK Statuses
	// Body says what the request carries, ContentType as what.
	Body        BodyKind
	ContentType string
	// Ranged: a read from an offset is said by a Range header; otherwise the
	// whole content is asked for and what comes before the offset is dropped.
	Ranged bool
	// AtOffset: the call needs to be told where to write.
	AtOffset bool
	// Items is where a listing has its array of items, Each how an item becomes
	// an entry, Page how there is more than one page (nil: there is not).
	Items Pointer
	Each  []*Rule
	Page  *CursorPage
	// MaxPages and MaxItems bound a listing; 0 leaves it to the executor.
	MaxPages, MaxItems int
	// Entry makes the entry from the answer of a stat.
	Entry *Rule
	// Digest is the digest of a file in the answer of a hash, as hexadecimal or
	// base64 text; Algorithms are those that can be asked for, as in ftp.algorithm.
	Digest     *Value
	Algorithms []string
	// Free and Total are numbers of bytes in the answer of a space; Total may be nil.
	Free, Total *Value
	// Faults come before the general table of statuses.
	Faults []*Fault

	url      urlTemplate
	bindings []binding
	json     *jsonValue
}

// BodyKind is what a request carries.
type BodyKind uint8

// The kinds of bodies.
const (
	NoBody BodyKind = iota
	// Stream is the content of the file, as it comes.
	Stream
	// JSON is a document made from values.
	JSON
)

// offsetBody is the media type of a body that belongs at the offset in the header
// Upload-Offset.
const (
	offsetBody   = "application/offset+octet-stream"
	offsetHeader = "Upload-Offset"
)

// Keys of a call: for every verb, for some verbs, and those of the language that
// this version does not execute.
var (
	commonKeys = []string{"op", "params", "ok", "errors"}
	entryKeys  = []string{"type", "size", "mtime", "etag", "permissions"}
	uploadKeys = []string{"body", "content_type", "needs_length"}
	verbKeys   = map[Verb][]string{
		List: {"items", "each", "page", "max_pages", "max_items"}, Stat: entryKeys, Read: {"range"},
		Write: uploadKeys, Create: uploadKeys, Append: append([]string{"resume"}, uploadKeys...),
		Delete: {"body", "content_type"}, MakeDir: {"body", "content_type"}, RemoveDir: {"body", "content_type"},
		Rename: {"body", "content_type"}, SetTime: {"body", "content_type"},
		Hash: {"body", "content_type", "algorithms", "digest"}, Space: {"free", "total"},
	}
	laterKeys = []string{
		"http", "when", "save", "steps", "on_abort", "if_match", "render", "cache", "idempotency_key", "redirects",
		"timeout", "reply", "static", "from", "auth",
	}
)

func (m *Mapping) readCall(n node, verb Verb, t *Template) *Call {
	o, ok := n.object(string(verb))
	if !ok {
		return nil
	}
	c := &Call{Verb: verb, Pos: n.pos()}
	e := callEnv(verb, t)
	if c.Operation = m.readOperation(o, verb); c.Operation == nil {
		return nil
	}
	c.readResume(o)
	c.readBody(o, e)
	c.readParams(o, e, t)
	c.readOK(o)
	c.readFaults(o, e)
	switch verb {
	case List:
		c.readList(o, e)
	case Stat:
		c.Entry = readRule(o, e.with("item", anyType))
	case Read:
		c.readRange(o)
	case Hash:
		c.readHash(o, e.with("item", anyType))
	case Space:
		c.readSpace(o, e.with("item", anyType))
	}
	known := slices.Concat(commonKeys, verbKeys[verb])
	c.misplaced(o, known)
	o.done(known, laterKeys)
	return c
}

func (m *Mapping) readOperation(o *object, verb Verb) *openapi.Operation {
	n, ok := o.take("op")
	if !ok {
		o.done(slices.Concat(commonKeys, verbKeys[verb]), laterKeys)
		o.fault(`"op" is missing: which operation of the document is it?`)
		return nil
	}
	name, ok := n.text("op")
	if !ok {
		return nil
	}
	op, ok := m.Document.Operation(name)
	if !ok {
		n.fault("the document has no operation %q%s", name, didYouMean(name, m.Document.OperationNames()))
		return nil
	}
	return op
}

// misplaced reports keys that belong to other verbs.
func (c *Call) misplaced(o *object, known []string) {
	for i := range o.fields {
		f := &o.fields[i]
		if f.taken || slices.Contains(known, f.key) || slices.Contains(laterKeys, f.key) {
			continue
		}
		for _, verb := range verbs() {
			if slices.Contains(verbKeys[verb], f.key) {
				f.taken = true
				o.faults.Add(f.pos, "%q does not belong to %s", f.key, c.Verb)
				break
			}
		}
	}
}

func (c *Call) readRange(o *object) {
	c.Ranged = true
	n, ok := o.take("range")
	if !ok {
		return
	}
	if n.isObject() {
		n.fault("range: an offset in a parameter is not supported by this version")
		return
	}
	switch style, ok := n.text("range"); {
	case !ok, style == "header":
	case style == "none":
		c.Ranged = false
	default:
		n.fault("range: want header or none, not %q", style)
	}
}

func (c *Call) readResume(o *object) {
	if c.Verb != Append {
		return
	}
	n, ok := o.take("resume")
	if !ok {
		return
	}
	switch style, ok := n.text("resume"); {
	case !ok, style == "none":
	case style == "patch-offset":
		c.AtOffset, c.ContentType = true, offsetBody
		c.bindings = append(c.bindings, binding{in: "header", name: offsetHeader, value: offsetValue(n)})
	case style == "content-range", style == "tus":
		n.fault("resume: %q is not supported by this version", style)
	default:
		n.fault("resume: want patch-offset or none, not %q%s", style, didYouMean(style, []string{"patch-offset", "none"}))
	}
}

// offsetValue is "=ftp.offset".
func offsetValue(n node) *Value {
	return &Value{Pos: n.pos(), src: "ftp.offset", member: []string{"ftp", "offset"}}
}
