package mapping

import (
	"slices"
	"time"

	"github.com/ftpbridge/bridge/openapi"
)

// Call is what is done for a verb: one request, several of them in order, or an
// answer without any. It is compiled and never changes.
type Call struct {
	Verb Verb
	Pos  openapi.Position

	// When chooses among the calls of a verb, or whether a step is made; nil: always.
	When *Value
	// ElseOn are the statuses with which the next call of the verb is tried.
	ElseOn Statuses

	// Steps are made in order; the fields of a request below are then unused. The
	// last step of a read has the content. OnAbort is made when they break off.
	Steps   []*Call
	OnAbort *Call
	// Static is the answer of a call that sends nothing.
	Static *Static
	// FromLookup: the entry is that of the item which the lookup has found.
	FromLookup bool

	// Operation is the request: an operation of the document, or one that http describes.
	Operation *openapi.Operation
	// Security lists alternatives, each the names of credentials that are needed
	// together; empty: none is needed.
	Security [][]string
	// PathsOnly: credentials belong to a path that the call computes, and to no whole URL.
	PathsOnly bool
	// Redirects are the origins that redirects may lead to; "same-origin" stands
	// for the server's. Empty: redirects are not followed.
	Redirects []string
	// Timeout bounds the wait for the answer's headers; 0 leaves it to the executor.
	Timeout time.Duration
	// IdempotencyKey, if not nil, is sent in the header of that name.
	IdempotencyKey *Value

	// Body says what the request carries, ContentType as what.
	Body        BodyKind
	ContentType string
	// Length says how a streamed body gets its length.
	Length Length
	// IfMatch: only what the session has seen is replaced.
	IfMatch bool
	// Range says how a read from an offset is asked for; RangeParam is the query
	// parameter of RangeInParam.
	Range      RangeStyle
	RangeParam string
	// Resume says how the offset of an append is told.
	Resume ResumeStyle

	// OK are the statuses that mean success. Faults come before it and before the
	// general table of statuses.
	OK     Statuses
	Faults []*Fault
	// Save are the names kept from the answer.
	Save []Saved
	// Format is how the answer is written.
	Format Format
	// Cache is for how long an answer may be used again; 0 leaves it to the executor.
	Cache time.Duration
	// Reply, if not nil, makes the text of an upload's final reply.
	Reply *Value

	// Listings are the items of an answer: one place, or one for each rule that
	// has its own. Page says how there is more than one page (nil: there is not).
	Listings []*Listing
	Page     *Page
	// MaxPages and MaxItems bound a listing; 0 leaves it to the executor.
	MaxPages, MaxItems int
	// EmptyIsNone: a list without any item means that there is no such directory.
	EmptyIsNone bool
	// Where chooses the item of a stat or lookup; nil: the first.
	Where *Value
	// Entry makes the entry from the answer of a stat, or from its item if there
	// are Listings. Exists says whether there is one; nil: there is.
	Entry  *Rule
	Exists *Value
	// Render makes a file from the items of a read.
	Render *Render

	// Digest is the digest of a file in the answer of a hash, as hexadecimal or
	// base64 text; Algorithms are those that can be asked for, as in ftp.algorithm.
	Digest     *Value
	Algorithms []string
	// Free and Total are numbers of bytes in the answer of a space; Total may be nil.
	Free, Total *Value

	url       urlTemplate
	absolute  *Value // the whole URL
	bindings  []binding
	json      *jsonValue
	form      []namedValue
	multipart *multipartBody
	text      *Value
}

// BodyKind is what a request carries.
type BodyKind uint8

// The kinds of bodies.
const (
	NoBody BodyKind = iota
	// Stream is the content of the file, as it comes.
	Stream
	// Made is a body of values: JSON, a form, text.
	Made
	// Multipart is a form whose last part is the content of the file.
	Multipart
)

// Streams reports whether the body holds the content of the file.
func (k BodyKind) Streams() bool { return k == Stream || k == Multipart }

// Length says how a request with the content of a file gets its length.
type Length struct {
	// Collect: the content is collected before it is sent, in memory or in a file.
	Collect bool
	// Spool: in a file.
	Spool bool
	// Limit is the most that is collected, in bytes; 0 leaves it to the executor.
	Limit int64
}

// RangeStyle says how a read from an offset is asked for.
type RangeStyle uint8

// The styles of reads from an offset.
const (
	// RangeInHeader is a Range header (RFC 9110, section 14.2).
	RangeInHeader RangeStyle = iota
	// RangeInParam is the first byte in a query parameter.
	RangeInParam
	// NoRange asks for the whole; what comes before the offset is dropped.
	NoRange
)

// ResumeStyle says how an append tells its offset.
type ResumeStyle uint8

// The styles of appends.
const (
	// NoOffset: the service appends at the end.
	NoOffset ResumeStyle = iota
	// PatchOffset is the header Upload-Offset.
	PatchOffset
	// Tus is the same by the protocol of that name, version 1.0.0.
	Tus
	// ContentRange is the header Content-Range on a request (RFC 9110, section 14.5),
	// which needs a length.
	ContentRange
)

// Format is how an answer is written.
type Format uint8

// The formats of answers.
const (
	// AnyFormat goes by the Content-Type: NDJSON, XML, otherwise JSON.
	AnyFormat Format = iota
	JSON
	NDJSON
	XML
)

// Saved is a name kept from an answer.
type Saved struct {
	Name  string
	Value *Value
}

// Static is an answer without a request.
type Static struct {
	Content string
	Entries []StaticEntry
}

// StaticEntry is an entry that is always there. Size is -1 and ModTime zero if the
// mapping does not tell.
type StaticEntry struct {
	Name    string
	Dir     bool
	Size    int64
	ModTime time.Time
}

// Listing is one place of items in an answer.
type Listing struct {
	Items Pointer
	Rules []*Rule
}

// Render is how items become the content of a file.
type Render struct {
	Form RenderForm
	// Columns are those of CSV.
	Columns []Column
	// Value is what stands for an item in the other forms; nil: the item.
	Value *Value
}

// RenderForm is the form of a rendered file.
type RenderForm uint8

// The forms of rendered files.
const (
	RenderCSV RenderForm = iota
	RenderNDJSON
	RenderJSON
)

// Column is a column of a rendered file.
type Column struct {
	Head  string
	Value *Value
}

// Reads reports whether a value of the call, of its steps or of on_abort sees a name of
// the scope.
func (c *Call) Reads(name string) bool {
	found := false
	c.each(func(part *Call) {
		found = found || slices.ContainsFunc(part.values(), func(v *Value) bool { return len(v.UsesOf(name)) > 0 })
	})
	return found
}

// values are those that the request is made from, and those that see its answer.
func (c *Call) values() []*Value {
	vs := append(c.Inputs(), c.Where, c.Exists, c.Digest, c.Free, c.Total, c.Reply)
	for _, s := range c.Save {
		vs = append(vs, s.Value)
	}
	for _, f := range c.Faults {
		vs = append(vs, f.When, f.Text)
	}
	rules := []*Rule{}
	for _, l := range c.Listings {
		rules = append(rules, l.Rules...)
	}
	if c.Entry != nil {
		rules = append(rules, c.Entry)
	}
	for _, r := range rules {
		vs = append(append(vs, r.When), r.Values()...)
	}
	return vs
}

// Inputs are the values that a request is made from.
func (c *Call) Inputs() []*Value {
	vs := []*Value{c.When, c.IdempotencyKey, c.absolute, c.text}
	for _, b := range c.bindings {
		vs = append(vs, b.value)
	}
	for _, p := range c.form {
		vs = append(vs, p.value)
	}
	if c.multipart != nil {
		vs = append(vs, c.multipart.filename)
		for _, p := range c.multipart.fields {
			vs = append(vs, p.value)
		}
	}
	return c.json.values(vs)
}

// values appends the values at the leaves of v.
func (v *jsonValue) values(vs []*Value) []*Value {
	if v == nil {
		return vs
	}
	if v.leaf != nil {
		vs = append(vs, v.leaf)
	}
	for _, item := range v.list {
		vs = item.values(vs)
	}
	for _, member := range v.object {
		vs = member.values(vs)
	}
	return vs
}

// UsesOffset reports whether the request says where to write.
func (c *Call) UsesOffset() bool {
	for _, v := range c.Inputs() {
		for _, use := range v.UsesOf("ftp") {
			if len(use) == 0 || use[0] == "offset" {
				return true
			}
		}
	}
	return false
}
