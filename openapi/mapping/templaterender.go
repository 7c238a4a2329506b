package mapping

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Render makes the path of vars. A value is a string or a whole number; for a date
// it is a [time.Time] or a string, by RFC 3339 or as Match gives it, of which what
// the layout does not tell is dropped; a number may be a string of digits. It fails
// if a value is missing or of another type, if a segment could not be a name, or if
// the path would not match back to the same variables.
func (t *Template) Render(vars map[string]any) (string, error) {
	dst := make([]byte, 0, len(t.src)+usualVars)
	var err error
	for i := range t.segments {
		dst = append(dst, '/')
		if dst, err = t.segments[i].append(dst, vars); err != nil {
			return "", err
		}
	}
	if t.rest != "" {
		start := len(dst)
		if dst, err = appendText(append(dst, '/'), vars[t.rest]); err != nil {
			return "", fmt.Errorf("{%s}: %w", t.rest, err)
		}
		if text := string(dst[start+1:]); text == "" {
			dst = dst[:start]
		} else if !cleanRest(text) {
			return "", fmt.Errorf("%q is not a clean path", text)
		}
	}
	if len(dst) == 0 {
		return "/", nil
	}
	return string(dst), nil
}

// AppendName appends the last segment of what [Template.Render] would make of vars,
// of which it uses those of [Template.VarsOfName]. It fails as Render does, and for a
// template whose last segment is a rest. It allocates nothing unless dst is too small.
func (t *Template) AppendName(dst []byte, vars map[string]any) ([]byte, error) {
	if t.rest != "" || len(t.segments) == 0 {
		return dst, fmt.Errorf("the paths of %s have no name of their own", t.src)
	}
	return t.segments[len(t.segments)-1].append(dst, vars)
}

// append writes the segment. If it fails it returns dst as it was.
func (s *segment) append(dst []byte, vars map[string]any) ([]byte, error) {
	start := len(dst)
	var few, again [usualVars]progress
	state := few[:]
	if len(s.pieces) > len(state) {
		state = make([]progress, len(s.pieces))
	}
	for i := range s.pieces {
		p := &s.pieces[i]
		if p.name == "" {
			dst = append(dst, p.text...)
		} else {
			var err error
			if dst, err = p.append(dst, vars[p.name]); err != nil {
				return dst[:start], fmt.Errorf("{%s}: %w", p.name, err)
			}
		}
		state[i].end = len(dst) - start
	}
	text := dst[start:]
	if !isName(text) {
		return dst[:start], fmt.Errorf("%q cannot be a name", text)
	}
	if s.varying < 2 {
		return dst, nil
	}
	m := matcher{pieces: s.pieces, text: text, state: again[:]}
	if !m.run(s.memo) {
		return dst[:start], fmt.Errorf("%q does not match its own template", text)
	}
	for i := range s.pieces {
		if m.state[i].end != state[i].end {
			return dst[:start], fmt.Errorf("%q would be taken apart into other values", text)
		}
	}
	return dst, nil
}

var (
	errNoValue   = errors.New("no value")
	errValueType = errors.New("value of a type that no name is made of")
)

// append writes the value v of the variable p.
func (p *piece) append(dst []byte, v any) ([]byte, error) {
	start := len(dst)
	var err error
	switch p.typ.Kind {
	case KindInt:
		n, err := wholeNumber(v)
		if err != nil {
			return dst, err
		}
		dst = appendPadded(dst, n, max(1, p.width))
	case KindDate:
		d, err := p.date(v)
		if err != nil {
			return dst, err
		}
		return p.layout.append(dst, d)
	default:
		if dst, err = appendText(dst, v); err != nil {
			return dst, err
		}
	}
	text := dst[start:]
	for _, c := range text {
		if c == '/' {
			return dst, fmt.Errorf("%q has a slash", text)
		}
	}
	if !p.valid(text) {
		return dst, fmt.Errorf("%q is no value of type %s", text, p.typ.Kind)
	}
	return dst, nil
}

// appendText writes text, or a number as it is written.
func appendText(dst []byte, v any) ([]byte, error) {
	if s, ok := v.(string); ok {
		return append(dst, s...), nil
	}
	n, err := integer(v)
	if err != nil {
		return dst, err
	}
	return strconv.AppendInt(dst, n, 10), nil
}

// integer is the value of a number that is whole and exact.
func integer(v any) (int64, error) {
	switch x := v.(type) {
	case nil:
		return 0, errNoValue
	case int64:
		return x, nil
	case int:
		return int64(x), nil
	case float64:
		const exact = 1 << 53
		if x != math.Trunc(x) || math.Abs(x) > exact {
			return 0, fmt.Errorf("%v is not a whole number", x)
		}
		return int64(x), nil
	}
	return 0, errValueType
}

// wholeNumber is [integer] for what may also be written in digits, and not negative.
func wholeNumber(v any) (int64, error) {
	s, ok := v.(string)
	if !ok {
		n, err := integer(v)
		if err == nil && n < 0 {
			return 0, fmt.Errorf("%d is negative", n)
		}
		return n, err
	}
	var n int64
	digits := strings.TrimLeft(s, "0")
	for i := range len(digits) {
		if !isDigit(digits[i]) || i == maxDigits {
			return 0, fmt.Errorf("%q is no number of at most %d digits", s, maxDigits)
		}
		n = n*10 + int64(digits[i]-'0')
	}
	if s == "" {
		return 0, errNoValue
	}
	return n, nil
}

// date is the date that v tells the variable p.
func (p *piece) date(v any) (civil, error) {
	switch x := v.(type) {
	case nil:
		return civil{}, errNoValue
	case time.Time:
		if x.IsZero() {
			return civil{}, errNoValue
		}
		return civilOf(x), nil
	case string:
		form := time.RFC3339
		if !p.layout.clock && len(x) == len(time.DateOnly) {
			form = time.DateOnly
		}
		t, err := time.Parse(form, x)
		if err != nil {
			return civil{}, fmt.Errorf("%q is no date by RFC 3339", x)
		}
		return civilOf(t), nil
	}
	return civil{}, errValueType
}

// appendPadded writes n, which is not negative, with zeros up to width digits.
func appendPadded(dst []byte, n int64, width int) []byte {
	for least := int64(1); width > 1; width-- {
		if least *= 10; n < least {
			for ; width > 1; width-- {
				dst = append(dst, '0')
			}
			break
		}
	}
	return strconv.AppendInt(dst, n, 10)
}
