package mapping

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"

	"github.com/ftpbridge/bridge/openapi"
)

// Scope is what the values of a call see at run time: path variables and the
// reserved names. Objects in it are map[string]any.
type Scope map[string]any

// Value is a literal, a template such as "{owner}-{name}", or an expression such as
// "=item.size * 1024", compiled when the mapping is loaded. It may be used concurrently.
type Value struct {
	// Pos is where the value stands in the mapping.
	Pos openapi.Position

	src     string
	literal any
	kind    resultKind
	member  []string // a plain chain of names
	program *vm.Program
	parts   []valuePart // a template
}

type valuePart struct {
	literal string
	member  []string
}

var placeholder = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\}`)

// newValue compiles n for a place where the names of e may be used.
func newValue(n node, what string, e env) *Value {
	scalar, ok := n.scalar()
	if !ok {
		n.fault("%s: want one value, not %s", what, kindName(n.ast))
		return nil
	}
	return newValueOf(n, what, scalar, e)
}

// newTextValue is newValue for text that is a part of n.
func newTextValue(n node, what, text string, e env) *Value { return newValueOf(n, what, text, e) }

func newValueOf(n node, what string, scalar any, e env) *Value {
	v := &Value{Pos: n.pos(), literal: scalar, kind: literalKind(scalar)}
	text, isText := scalar.(string)
	if !isText {
		return v
	}
	var err error
	if src, ok := strings.CutPrefix(text, "="); ok {
		v.literal, v.src = nil, src
		var c compiled
		c, err = e.compile(src)
		v.program, v.member, v.kind = c.program, c.member, c.kind
	} else if placeholder.MatchString(text) {
		v.literal, v.src = nil, text
		v.parts, err = e.template(text)
	}
	if err != nil {
		pos := v.Pos
		if ee, ok := errors.AsType[*exprError](err); ok && pos.Line > 0 {
			pos.Column += ee.offset + 1 // past the sign
			if n.isQuoted() {
				pos.Column++
			}
		}
		n.faults.Add(pos, "%s: %s", what, err)
		return nil
	}
	return v
}

// template takes text with names in braces apart.
func (e env) template(text string) ([]valuePart, error) {
	var parts []valuePart
	last := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		c, err := e.compile(text[m[2]:m[3]])
		if err != nil {
			at := m[2] - 1 // a template has no sign
			if ee, ok := errors.AsType[*exprError](err); ok {
				at += ee.offset
			}
			return nil, &exprError{offset: at, text: err.Error()}
		}
		parts = append(parts, valuePart{literal: text[last:m[0]], member: c.member})
		last = m[1]
	}
	return append(parts, valuePart{literal: text[last:]}), nil
}

// Eval computes the value. It fails only if an expression does.
func (v *Value) Eval(sc Scope) (any, error) {
	switch {
	case v.member != nil:
		return sc.lookup(v.member), nil
	case v.program != nil:
		out, err := expr.Run(v.program, map[string]any(sc))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.Pos, err)
		}
		return out, nil
	case v.parts != nil:
		var b strings.Builder
		for _, p := range v.parts {
			b.WriteString(p.literal)
			if p.member != nil {
				b.WriteString(Text(sc.lookup(p.member)))
			}
		}
		return b.String(), nil
	}
	return v.literal, nil
}

// Field returns the field of item that the value is, if it is nothing more, as in
// "=item.owner.name". Such a value can be had without evaluating anything.
func (v *Value) Field() (Pointer, bool) {
	if len(v.member) > 1 && v.member[0] == "item" {
		return v.member[1:], true
	}
	return nil, false
}

// Uses returns the fields of item that the value reads; an empty pointer stands for
// the whole item.
func (v *Value) Uses() []Pointer { return v.UsesOf("item") }

// UsesOf is [Value.Uses] for another name of the scope. A nil value uses nothing.
func (v *Value) UsesOf(root string) []Pointer {
	switch {
	case v == nil:
		return nil
	case v.member != nil:
		if v.member[0] == root {
			return []Pointer{v.member[1:]}
		}
		return nil
	case v.program == nil:
		var uses []Pointer
		for _, p := range v.parts {
			if len(p.member) > 0 && p.member[0] == root {
				uses = append(uses, p.member[1:])
			}
		}
		return uses
	}
	return usesOf(v.src, root)
}

// Constant returns the value if it depends on nothing.
func (v *Value) Constant() (any, bool) { return v.literal, v.src == "" }

func literalKind(v any) resultKind {
	switch v.(type) {
	case string:
		return textResult
	case int64:
		return wholeResult
	case float64:
		return numberResult
	case bool:
		return flagResult
	}
	return anyResult
}

// lookup follows names through objects; what is not there is nil.
func (sc Scope) lookup(names []string) any {
	v := sc[names[0]]
	for _, name := range names[1:] {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// Text is how a value is written in a URL, a header or a name: nil as nothing,
// numbers without exponent.
func Text(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case int64:
		return strconv.FormatInt(x, 10)
	case int:
		return strconv.Itoa(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case time.Time:
		return x.UTC().Format(time.RFC3339Nano)
	case map[string]any:
		if len(x) == 0 { // an empty element of XML
			return ""
		}
	}
	return fmt.Sprint(v)
}
