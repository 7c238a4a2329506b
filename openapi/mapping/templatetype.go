package mapping

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The kinds of variables in a template.
const (
	KindStr  = "str"
	KindInt  = "int"
	KindUUID = "uuid"
	KindDate = "date"
	KindEnum = "enum"
	KindRest = "rest"
)

// VarType is the type of a variable in a template.
type VarType struct {
	// Kind is one of [KindStr], [KindInt], [KindUUID], [KindDate], [KindEnum] and
	// [KindRest].
	Kind string
	// Width is the number of digits of an int; 0 means as many as it needs.
	Width int
	// Layout is how a date is written.
	Layout string
	// Values are those of an enum.
	Values []string
}

// Numeric reports whether values of the type are int64; all others are strings.
func (v VarType) Numeric() bool { return v.Kind == KindInt }

func (v VarType) equal(w VarType) bool {
	return v.Kind == w.Kind && v.Width == w.Width && v.Layout == w.Layout && slices.Equal(v.Values, w.Values)
}

const (
	// maxDigits is how many digits fit an int64 whatever they are.
	maxDigits = 18
	// badBytes are those that no name has: they would end a line of FTP or a
	// string of an operating system.
	badBytes = "\x00\r\n"
	// uuidForm is that of RFC 9562, section 4.
	uuidForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
)

// piece is literal text, or a variable if name is not empty.
type piece struct {
	text  string
	name  string
	typ   VarType
	given bool // the type stands in the template
	width int  // in bytes; 0 if it varies

	layout dateLayout
	values []string // of an enum, the shortest first
}

// newVariable checks and compiles a variable of type typ.
func newVariable(name string, typ VarType) (piece, error) {
	p := piece{name: name, typ: typ}
	switch typ.Kind {
	case KindStr:
	case KindInt:
		if typ.Width < 0 || typ.Width > maxDigits {
			return p, fmt.Errorf("an int has 1 to %d digits", maxDigits)
		}
		p.width = typ.Width
	case KindUUID:
		p.width = len(uuidForm)
	case KindDate:
		var err error
		if p.layout, err = parseLayout(typ.Layout); err != nil {
			return p, err
		}
		p.width = len(typ.Layout)
	case KindEnum:
		return p, p.setValues()
	default:
		return p, fmt.Errorf("a variable cannot become a %q", typ.Kind)
	}
	return p, nil
}

func (p *piece) setValues() error {
	if len(p.typ.Values) == 0 {
		return errors.New("an enum needs values, as in enum(a|b)")
	}
	p.typ.Values = slices.Clone(p.typ.Values)
	for i, v := range p.typ.Values {
		if v == "" || strings.ContainsAny(v, badBytes+"/") {
			return fmt.Errorf("no file can have the name %q", v)
		}
		if slices.Contains(p.typ.Values[:i], v) {
			return fmt.Errorf("value %q is there twice", v)
		}
	}
	p.values = slices.Clone(p.typ.Values)
	slices.SortStableFunc(p.values, func(a, b string) int { return cmp.Compare(len(a), len(b)) })
	if shortest := len(p.values[0]); shortest == len(p.values[len(p.values)-1]) {
		p.width = shortest
	}
	return nil
}

// valid reports whether text, which has no slash and no bad bytes, is a value of the
// variable p as it stands in a path.
func (p *piece) valid(text []byte) bool {
	switch p.typ.Kind {
	case KindInt:
		if p.width == 0 && (len(text) > maxDigits || len(text) > 1 && text[0] == '0') {
			return false
		}
		return len(text) > 0 && (p.width == 0 || len(text) == p.width) && digitsOf(text) == len(text)
	case KindUUID:
		return isUUID(text)
	case KindDate:
		_, ok := p.layout.parse(text)
		return ok
	case KindEnum:
		for _, v := range p.values {
			if string(text) == v {
				return true
			}
		}
		return false
	}
	return len(text) > 0
}

// value is what text, which is valid, says to the values of a call.
func (p *piece) value(text string) any {
	switch p.typ.Kind {
	case KindInt:
		var n int64
		for i := range len(text) {
			n = n*10 + int64(text[i]-'0')
		}
		return n
	case KindDate:
		d, _ := p.layout.parse([]byte(text))
		return d.canonical(p.layout.clock)
	}
	return text
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digitsOf returns how many digits text begins with.
func digitsOf(text []byte) int {
	for i, c := range text {
		if !isDigit(c) {
			return i
		}
	}
	return len(text)
}

func isUUID(text []byte) bool {
	if len(text) != len(uuidForm) {
		return false
	}
	for i, c := range text {
		if uuidForm[i] == '-' {
			if c != '-' {
				return false
			}
		} else if !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}
