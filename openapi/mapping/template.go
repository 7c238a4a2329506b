package mapping

import (
	"slices"
	"strings"
)

// Template is a path of a route with variables in braces, as in
// "/invoices/{customer}/{year:int(4)}-{month:int(2)}.csv" or "/{path...}". It works
// both ways: Match takes a path apart, Render puts one together, and each undoes the
// other. It is not changed after parsing and may be used concurrently.
//
// A variable is of one of these types; it never holds a slash, CR, LF or NUL.
//
//	{x}                one byte or more; the shortest text that lets the rest match
//	{x:int}            decimal without leading zeros, at most 18 digits
//	{x:int(4)}         decimal of exactly four digits, filled up with zeros
//	{x:uuid}           8-4-4-4-12 hexadecimal digits, in either case, which is kept
//	{x:date(20060102)} a date or a time, by a layout of package time made of digits
//	{x:enum(a|b)}      one of these texts
//	{x...}             no segment, one or many; the whole of the last segment
//
// Values of int are int64, all others are strings. A date is "2006-01-02" if its
// layout has no clock, else a time by RFC 3339 in UTC.
type Template struct {
	src      string
	segments []segment
	rest     string // the name of the rest at the end, empty if there is none
	vars     []string
	head     string // the segments before the first that has a variable
	// Dir: the template ends with a slash and so names directories.
	Dir bool
}

// TemplateError is the error of [ParseTemplate].
type TemplateError struct {
	// Offset is where in the template the fault is, in bytes.
	Offset int
	Text   string
}

func (e *TemplateError) Error() string { return e.Text }

// ParseTemplate compiles the path of a route. The error is a [*TemplateError].
func ParseTemplate(src string) (*Template, error) {
	p := templateParser{src: src, t: &Template{src: src}}
	if err := p.parse(); err != nil {
		return nil, err
	}
	p.t.finish()
	return p.t, nil
}

// finish computes what follows from the segments.
func (t *Template) finish() {
	t.vars, t.head = nil, ""
	literal := true
	for i := range t.segments {
		s := &t.segments[i]
		s.finish()
		if literal = literal && s.rank == rankLiteral; literal {
			t.head += "/" + s.pieces[0].text
		}
		for j := range s.pieces {
			if s.pieces[j].name != "" {
				t.vars = append(t.vars, s.pieces[j].name)
			}
		}
	}
	if t.rest != "" {
		t.vars = append(t.vars, t.rest)
	}
}

// String returns the source of t.
func (t *Template) String() string { return t.src }

// Vars returns the names of the variables, in order. The caller does not change it.
func (t *Template) Vars() []string { return t.vars }

// VarsOfName returns the names of the variables in the last segment, in order.
func (t *Template) VarsOfName() []string {
	if t.rest != "" {
		return []string{t.rest}
	}
	if len(t.segments) == 0 {
		return nil
	}
	return slices.Clone(t.vars[len(t.vars)-t.segments[len(t.segments)-1].variables:])
}

// Type returns the type of the variable called name.
func (t *Template) Type(name string) (VarType, bool) {
	if name != "" && name == t.rest {
		return VarType{Kind: KindRest}, true
	}
	for i := range t.segments {
		for j := range t.segments[i].pieces {
			if p := &t.segments[i].pieces[j]; name != "" && p.name == name {
				return p.typ, true
			}
		}
	}
	return VarType{}, false
}

// Narrow returns t with a stricter type for the variable called name, because
// something outside the template, such as the schema of a parameter, says so. A
// variable that has a type in the template itself, or is a rest, keeps it.
func (t *Template) Narrow(name string, typ VarType) (*Template, error) {
	if _, ok := t.Type(name); !ok {
		return nil, &TemplateError{Text: "no variable " + name}
	}
	n := *t
	n.segments = slices.Clone(t.segments)
	for i := range n.segments {
		s := &n.segments[i]
		j := slices.IndexFunc(s.pieces, func(p piece) bool { return p.name == name && !p.given })
		if j < 0 {
			continue
		}
		p, err := newVariable(name, typ)
		if err != nil {
			return nil, err
		}
		s.pieces = slices.Clone(s.pieces)
		s.pieces[j] = p
		n.finish()
		return &n, nil
	}
	return t, nil
}

// Parent returns the template of the directories that the paths of t stand in; "/"
// has none.
func (t *Template) Parent() (*Template, bool) {
	if t.src == "/" {
		return nil, false
	}
	cut := strings.LastIndexByte(strings.TrimSuffix(t.src, "/"), '/')
	p := &Template{src: t.src[:cut+1], segments: slices.Clone(t.segments), Dir: true}
	if t.rest == "" {
		p.segments = p.segments[:len(p.segments)-1]
	}
	p.finish()
	return p, true
}

// Below reports whether dir, which is clean, is of the form of a directory that the
// paths of t stand below, at any depth but within no rest: such directories exist
// even if nothing but t speaks of them.
func (t *Template) Below(dir string) bool {
	n, ok := t.prefix(dir)
	return ok && (n < len(t.segments) || t.rest != "")
}

// Child returns the name that the paths of t have right below dir, which is clean, if
// it is the same for all of them. more: the child is a directory, since t is a Dir
// template or goes on below the child.
func (t *Template) Child(dir string) (name string, more, ok bool) {
	n, ok := t.prefix(dir)
	if !ok || n == len(t.segments) || t.segments[n].rank != rankLiteral {
		return "", false, false
	}
	return t.segments[n].pieces[0].text, n+1 < len(t.segments) || t.rest != "" || t.Dir, true
}

// prefix returns the number of segments of path if they match the first ones of t.
func (t *Template) prefix(path string) (n int, ok bool) {
	if path == "/" {
		return 0, true
	}
	for path != "" {
		name, after, ok := cutSegment(path)
		if !ok || n == len(t.segments) || !t.segments[n].matches(name) {
			return 0, false
		}
		n, path = n+1, after
	}
	return n, n > 0
}

// cutSegment takes the first segment off path, which begins with its slash.
func cutSegment(path string) (name, after string, ok bool) {
	if path == "" || path[0] != '/' {
		return "", "", false
	}
	if i := strings.IndexByte(path[1:], '/'); i >= 0 {
		return path[1 : i+1], path[i+1:], true
	}
	return path[1:], "", true
}
