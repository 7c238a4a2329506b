package mapping

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// env is the names that values in one place may use, with their types.
type env types.Map

// Names that are in scope for every call, and what belongs to some verbs only.
var (
	userType = types.Map{
		"id": types.String, "name": types.String, "tenant": types.String,
		"groups": types.Any, "claims": types.Any, "vars": types.Any,
	}
	sessionType = types.Map{"id": types.String}
	pathType    = types.Map{"path": types.String, "name": types.String}
	problemType = types.Map{
		"type": types.String, "title": types.String, "detail": types.String, "status": types.Int,
	}
)

// callEnv is what the values of a call of verb on t may use.
func callEnv(verb Verb, t *Template) env {
	ftp := maps.Clone(pathType)
	e := env{"user": userType, "session": sessionType, "ftp": ftp}
	for _, name := range t.Vars() {
		e[name] = types.String
		if typ, _ := t.Type(name); typ.Numeric() {
			e[name] = types.Int64
		}
	}
	switch verb {
	case Write, Create, Append:
		ftp["offset"], ftp["size"] = types.Int64, types.Int64
	case SetTime:
		ftp["mtime"] = types.TypeOf(time.Time{})
	case Hash:
		ftp["algorithm"] = types.String
	case Rename:
		e["from"], e["to"] = pathType, pathType
	}
	return e
}

// with returns e and one name more.
func (e env) with(name string, t types.Type) env {
	c := maps.Clone(e)
	c[name] = t
	return c
}

// exprError is the fault of an expression, with its offset in bytes.
type exprError struct {
	offset int
	text   string
}

func (e *exprError) Error() string { return e.text }

// compile checks and compiles one expression. A plain chain of names, as in
// item.owner.name, comes back as member and needs no program.
func (e env) compile(src string) (program *vm.Program, member []string, err error) {
	options := append([]expr.Option{expr.Env(types.Map(e))}, functions()...)
	program, err = expr.Compile(src, options...)
	if err != nil {
		if fe, ok := errors.AsType[*file.Error](err); ok {
			return nil, nil, &exprError{offset: fe.Column, text: fe.Message}
		}
		return nil, nil, err
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, nil, err
	}
	if chain, ok := memberChain(tree.Node); ok {
		return nil, chain, nil
	}
	return program, nil, nil
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

// itemUses returns the fields of item that a compiled src reads. An empty pointer
// stands for the whole item.
func itemUses(src string) []Pointer {
	tree, err := parser.Parse(src)
	if err != nil { // it has been compiled, so it parses; reading everything is safe
		return []Pointer{{}}
	}
	v := &itemVisitor{}
	ast.Walk(&tree.Node, v)
	return v.found
}

// itemVisitor sees children before their parents, so the longest chain that begins
// with an item is the last one seen of it.
type itemVisitor struct{ found []Pointer }

func (v *itemVisitor) Visit(n *ast.Node) {
	chain, ok := itemChain(*n)
	switch {
	case !ok:
	case len(chain) == 0:
		v.found = append(v.found, Pointer{})
	default:
		v.found[len(v.found)-1] = chain
	}
}

func itemChain(n ast.Node) (Pointer, bool) {
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return nil, x.Value == "item"
	case *ast.MemberNode:
		base, ok := itemChain(x.Node)
		name, literal := x.Property.(*ast.StringNode)
		if !ok || !literal {
			return nil, false
		}
		return append(base[:len(base):len(base)], name.Value), true
	}
	return nil, false
}

// functions are what expressions may call beyond the built-in ones of the library.
// All are pure.
func functions() []expr.Option {
	return []expr.Option{
		expr.Function("iso", func(args ...any) (any, error) {
			return args[0].(time.Time).UTC().Format(time.RFC3339Nano), nil
		}, new(func(time.Time) string)),
		expr.Function("unix", func(args ...any) (any, error) {
			return args[0].(time.Time).Unix(), nil
		}, new(func(time.Time) int64)),
		expr.Function("unixms", func(args ...any) (any, error) {
			return args[0].(time.Time).UnixMilli(), nil
		}, new(func(time.Time) int64)),
		expr.Function("parseTime", parseTime, new(func(any, string) time.Time)),
	}
}

// parseTime reads a time by a Go layout, or as "unix" or "unixms". A value that is
// nil gives the zero time, which says nothing.
func parseTime(args ...any) (any, error) {
	layout := args[1].(string)
	switch v := args[0].(type) {
	case nil:
		return time.Time{}, nil
	case string:
		return time.Parse(layout, v)
	case int64:
		switch layout {
		case "unix":
			return time.Unix(v, 0).UTC(), nil
		case "unixms":
			return time.UnixMilli(v).UTC(), nil
		}
	}
	return nil, fmt.Errorf("parseTime: no time in a %T by %q", args[0], layout)
}
