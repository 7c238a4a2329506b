package mapping

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// reservedVars are names that mean something else to the values of a call.
var reservedVars = []string{"item", "resp", "problem", "ftp", "user", "session", "from", "to", "transfer", "server"}

// templateParser reads a template from left to right; at is where it is.
type templateParser struct {
	src    string
	at     int
	t      *Template
	seen   []string
	pieces []piece // of the segment that is being read
}

func (p *templateParser) fault(at int, format string, args ...any) error {
	return &TemplateError{Offset: at, Text: fmt.Sprintf(format, args...)}
}

func (p *templateParser) parse() error {
	if !strings.HasPrefix(p.src, "/") {
		return p.fault(0, "%q does not begin with a slash", p.src)
	}
	for p.at < len(p.src) {
		p.at++ // the slash
		if p.at == len(p.src) {
			p.t.Dir = true
			break
		}
		if err := p.segment(); err != nil {
			return err
		}
	}
	return nil
}

// segment reads up to the next slash.
func (p *templateParser) segment() error {
	start := p.at
	p.pieces = nil
	for p.at < len(p.src) && p.src[p.at] != '/' {
		var err error
		switch p.src[p.at] {
		case '{':
			err = p.variable(start)
		case '}':
			err = p.fault(p.at, "a brace that belongs to no variable")
		default:
			err = p.literal()
		}
		if err != nil {
			return err
		}
	}
	text := p.src[start:p.at]
	if text == "" || text == "." || text == ".." {
		return p.fault(start, "no file can have the name %q", text)
	}
	if len(p.pieces) > 0 {
		p.t.segments = append(p.t.segments, segment{pieces: p.pieces})
	}
	return nil
}

func (p *templateParser) literal() error {
	text := p.src[p.at:]
	if end := strings.IndexAny(text, "/{}"); end >= 0 {
		text = text[:end]
	}
	if bad := strings.IndexAny(text, badBytes); bad >= 0 {
		return p.fault(p.at+bad, "no file can have the byte %q in its name", text[bad])
	}
	p.pieces = append(p.pieces, piece{text: text, width: len(text)})
	p.at += len(text)
	return nil
}

// variable reads {name}, {name:type}, {name:type(argument)} or {name...}.
func (p *templateParser) variable(segment int) error {
	open := p.at
	p.at++
	name := p.word(isNameByte)
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return p.fault(open, "a brace that begins no variable, as {name} would")
	}
	switch {
	case slices.Contains(p.seen, name):
		return p.fault(open, "variable %q stands twice", name)
	case slices.Contains(reservedVars, name):
		return p.fault(open, "%q is a reserved name", name)
	case len(p.pieces) > 0 && p.pieces[len(p.pieces)-1].name != "":
		return p.fault(open, "nothing between two variables, so they cannot be told apart")
	}
	p.seen = append(p.seen, name)
	if rest, ok := strings.CutPrefix(p.src[p.at:], "..."); ok {
		if rest != "}" || open != segment {
			return p.fault(open, "{%s...} must be the whole of the last segment", name)
		}
		p.t.rest, p.at = name, len(p.src)
		return nil
	}
	v := piece{name: name, typ: VarType{Kind: KindStr}}
	if p.at < len(p.src) && p.src[p.at] == ':' {
		var err error
		if v, err = p.typed(name); err != nil {
			return err
		}
	}
	if p.at == len(p.src) || p.src[p.at] != '}' {
		return p.fault(open, "the brace of variable %q is not closed where it should be", name)
	}
	p.at++
	p.pieces = append(p.pieces, v)
	return nil
}

// typed reads the type of a variable, from its colon on.
func (p *templateParser) typed(name string) (piece, error) {
	p.at++
	at := p.at
	typ := VarType{Kind: p.word(isNameByte)}
	known := []string{KindStr, KindInt, KindUUID, KindDate, KindEnum}
	if !slices.Contains(known, typ.Kind) {
		return piece{}, p.fault(at, "unknown type %q%s", typ.Kind, didYouMean(typ.Kind, known))
	}
	if p.at < len(p.src) && p.src[p.at] == '(' {
		length := strings.IndexByte(p.src[p.at:], ')')
		if length < 0 {
			return piece{}, p.fault(p.at, "this parenthesis is not closed")
		}
		argument := p.src[p.at+1 : p.at+length]
		if !typ.setArgument(argument) {
			return piece{}, p.fault(p.at, "type %s cannot have the argument %q", typ.Kind, argument)
		}
		p.at += length + 1
	}
	v, err := newVariable(name, typ)
	if err != nil {
		return piece{}, p.fault(at, "%s", err)
	}
	v.given = true
	return v, nil
}

// setArgument reports whether typ takes an argument and this can be it.
func (typ *VarType) setArgument(argument string) bool {
	switch typ.Kind {
	case KindInt:
		var err error
		typ.Width, err = strconv.Atoi(argument)
		return err == nil && typ.Width > 0 && argument[0] >= '1'
	case KindDate:
		typ.Layout = argument
	case KindEnum:
		typ.Values = strings.Split(argument, "|")
	default:
		return false
	}
	return true
}

// word reads as many bytes as are of a kind.
func (p *templateParser) word(of func(byte) bool) string {
	start := p.at
	for p.at < len(p.src) && of(p.src[p.at]) {
		p.at++
	}
	return p.src[start:p.at]
}

func isNameByte(c byte) bool {
	return c == '_' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z'
}
