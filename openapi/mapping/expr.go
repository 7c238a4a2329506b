package mapping

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// exprError is the fault of an expression, with its offset in bytes.
type exprError struct {
	offset int
	text   string
}

func (e *exprError) Error() string { return e.text }

// compiled is an expression that has been checked.
type compiled struct {
	program *vm.Program // nil if it is a member
	member  []string    // a plain chain of names, as in item.owner.name
	kind    resultKind
}

// resultKind is what an expression gives, as far as the schemas tell.
type resultKind uint8

const (
	anyResult resultKind = iota
	textResult
	wholeResult
	numberResult
	flagResult
	timeResult
	listResult
	objectResult
)

func (k resultKind) String() string {
	return [...]string{"anything", "text", "a whole number", "a number", "true or false", "a time", "a list", "an object"}[k]
}

// compile checks an expression by the schemas and compiles it for answers that may
// not keep to them: a field of what is not there is nil.
func (e env) compile(src string) (compiled, error) {
	checked, err := expr.Compile(src, append([]expr.Option{expr.Env(e.check)}, functions()...)...)
	if err != nil {
		return compiled{}, e.explain(err)
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return compiled{}, e.explain(err)
	}
	c := compiled{kind: kindOf(checked.Node().Type())}
	if chain, ok := memberChain(tree.Node); ok {
		c.member = chain
		return c, nil
	}
	options := append([]expr.Option{expr.Env(e.run), expr.Patch(nilSafe{})}, functions()...)
	if c.program, err = expr.Compile(src, options...); err != nil {
		return compiled{}, e.explain(err)
	}
	return c, nil
}

var unknownName = regexp.MustCompile(`^unknown (?:name|field) (\S+)`)

// explain turns an error of the library into one with an offset and a suggestion.
func (e env) explain(err error) error {
	fe, ok := errors.AsType[*file.Error](err)
	if !ok {
		return err
	}
	text := strings.TrimSpace(fe.Message)
	if text == "unexpected token EOF" {
		text = "the expression ends too early"
	}
	if m := unknownName.FindStringSubmatch(text); m != nil {
		text += didYouMean(m[1], e.names())
	}
	return &exprError{offset: fe.Column, text: text}
}

func kindOf(t reflect.Type) resultKind {
	if t == nil {
		return anyResult
	}
	if t == reflect.TypeFor[time.Time]() {
		return timeResult
	}
	switch t.Kind() {
	case reflect.String:
		return textResult
	case reflect.Bool:
		return flagResult
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return wholeResult
	case reflect.Float32, reflect.Float64:
		return numberResult
	case reflect.Slice, reflect.Array:
		return listResult
	case reflect.Map:
		return objectResult
	}
	return anyResult
}

// nilSafe makes every access to a field optional, so that what an answer lacks is
// nil and not an error.
type nilSafe struct{}

func (nilSafe) Visit(n *ast.Node) {
	if m, ok := (*n).(*ast.MemberNode); ok && !m.Optional {
		m.Optional = true
		ast.Patch(n, &ast.ChainNode{Node: m})
	}
}

// memberChain returns the names of a node like a.b.c.
func memberChain(n ast.Node) ([]string, bool) {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return []string{x.Value}, true
	case *ast.MemberNode:
		base, ok := memberChain(x.Node)
		name, literal := x.Property.(*ast.StringNode)
		if !ok || !literal || x.Optional {
			return nil, false
		}
		return append(base, name.Value), true
	}
	return nil, false
}

// usesOf returns what a compiled src reads below root, as in item. An empty pointer
// stands for the whole of it.
func usesOf(src, root string) []Pointer {
	tree, err := parser.Parse(src)
	if err != nil { // it has been compiled, so it parses; reading everything is safe
		return []Pointer{{}}
	}
	v := &useVisitor{root: root}
	ast.Walk(&tree.Node, v)
	return v.found
}

// useVisitor sees children before their parents, so the longest chain that begins
// with the root is the last one seen of it.
type useVisitor struct {
	root  string
	found []Pointer
}

func (v *useVisitor) Visit(n *ast.Node) {
	chain, ok := v.chain(*n)
	switch {
	case !ok:
	case len(chain) == 0:
		v.found = append(v.found, Pointer{})
	default:
		v.found[len(v.found)-1] = chain
	}
}

func (v *useVisitor) chain(n ast.Node) (Pointer, bool) {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return nil, x.Value == v.root
	case *ast.MemberNode:
		base, ok := v.chain(x.Node)
		name, literal := x.Property.(*ast.StringNode)
		if !ok || !literal {
			return nil, false
		}
		return append(base[:len(base):len(base)], name.Value), true
	}
	return nil, false
}
