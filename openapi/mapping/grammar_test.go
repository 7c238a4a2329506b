package mapping

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestReadersTakeTheGrammar reads one mapping for each key of each shape: no reader
// may leave it lying, and none may say that it is unknown.
func TestReadersTakeTheGrammar(t *testing.T) {
	for name, way := range waysToShapes() {
		for _, k := range shapeNamed(name).keys {
			text, err := json.Marshal(way.mapping(k))
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse("x.map.yaml", text)
			for _, bad := range []string{"unknown key", "says nothing beside", "does not belong"} {
				if err != nil && strings.Contains(err.Error(), bad) {
					t.Errorf("%s of %s: %v\nin %s", k.name, name, err, text)
				}
			}
		}
	}
}

// step leads from a shape to one below it.
type wayStep struct {
	from string
	key  keyword
}

// way leads from the whole mapping to a shape.
type way struct {
	to    string
	steps []wayStep
}

// waysToShapes finds the shortest way to each shape.
func waysToShapes() map[string]way {
	ways := map[string]way{"mapping": {to: "mapping"}}
	for todo := []string{"mapping"}; len(todo) > 0; todo = todo[1:] {
		at := ways[todo[0]]
		for _, k := range shapeNamed(at.to).keys {
			for _, name := range k.form.shapes() {
				if _, known := ways[name]; !known {
					ways[name] = way{name, append(slices.Clone(at.steps), wayStep{at.to, k})}
					todo = append(todo, name)
				}
			}
		}
	}
	return ways
}

// mapping is one that has k at the end of the way.
func (w way) mapping(k keyword) any {
	o := sampleOf(w.to, k.name)
	o[k.name] = k.form.sample()
	for _, s := range slices.Backward(w.steps) {
		outer := sampleOf(s.from, s.key.name)
		outer[s.key.name] = s.key.form.around(o)
		o = outer
	}
	return o
}

// around puts an object where f has one.
func (f form) around(o map[string]any) any {
	if f.kind == aList || f.kind == aChoice && !slices.ContainsFunc(f.any, func(g form) bool { return g.kind == anObject }) {
		return []any{o}
	}
	return o
}

// sampleOf is an object with what must be beside a key.
func sampleOf(shapeName, beside string) map[string]any {
	o := map[string]any{}
	s := shapeNamed(shapeName)
	for _, k := range s.keys {
		if k.required {
			o[k.name] = k.form.sample()
		}
	}
	others := map[string]map[string]any{
		"list": {"items": "", "each": []any{map[string]any{"name": "x"}}},
		"page": {"header": "x"}, "write": {"body": "stream"}, "create": {"body": "stream"}, "append": {"body": "stream"},
		"hash": {"digest": "=item.x", "algorithms": []any{"MD5"}}, "space": {"free": "=item.x"},
	}[shapeName]
	instead := []string{"op", "steps", "static", "from"} // of a request and what belongs to it
	if shapeName == string(stepVerb) || shapeName == string(lookupVerb) || slices.Contains(verbWords(), shapeName) {
		if slices.Contains(instead, beside) {
			return o
		}
		if beside == "on_abort" {
			o["steps"] = []any{map[string]any{"http": map[string]any{"url": "/x"}}}
			return o
		}
		o["http"] = map[string]any{"url": "/x"}
	}
	if shapeName == "route" {
		o["path"] = "/{path...}"
	}
	maps.Copy(o, others)
	return o
}

// sample is something that may stand for f.
func (f form) sample() any {
	switch f.kind {
	case aNumber, aVersion:
		return 1
	case aFlag:
		return true
	case aDuration:
		return "1s"
	case aPointer:
		return "/x"
	case aStatus:
		return 404
	case aWord:
		return f.words[0]
	case aList:
		return []any{f.of.sample()}
	case aMap:
		return map[string]any{"x": f.of.sample()}
	case anObject:
		return sampleOf(f.shape, "")
	case aChoice:
		return f.any[0].sample()
	case nothing:
		return nil
	}
	return "/x"
}

// TestGrammarAndReadersHaveTheSameKeys compares the names that the sources pass to take
// and its like with those of the grammar.
func TestGrammarAndReadersHaveTheSameKeys(t *testing.T) {
	taken := takenKeys(t)
	known := map[string]bool{}
	for _, s := range grammar() {
		for _, k := range s.keys {
			known[k.name] = true
			if k.doc == "" || s.doc == "" {
				t.Errorf("%s of %s is not described", k.name, s.name)
			}
		}
	}
	for _, v := range verbWords() {
		taken[v] = true // by readCalls
	}
	for _, style := range []string{"cursor", "page", "offset", "next", "header", "ndjson", "json"} {
		taken[style] = true // by readPage and readRender, out of tables
	}
	for name := range known {
		if !taken[name] {
			t.Errorf("no reader takes %q", name)
		}
	}
	for name := range taken {
		if !known[name] {
			t.Errorf("the grammar does not have %q", name)
		}
	}
}

// takenKeys are the literals of the package's calls of take, takeText and so on.
func takenKeys(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	eachCall(t, func(name string, args []ast.Expr) {
		switch name {
		case "take", "takeText", "takeObject", "require", "takePointer", "value":
			for _, arg := range args[:min(2, len(args))] {
				if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					key, err := strconv.Unquote(lit.Value)
					if err != nil {
						t.Fatal(err)
					}
					keys[key] = true
					break
				}
			}
		}
	})
	return keys
}

// eachCall calls visit with the calls of the package's sources, by the last name of
// what is called.
func eachCall(t *testing.T, visit func(name string, args []ast.Expr)) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				visit(fun.Sel.Name, call.Args)
			case *ast.Ident:
				visit(fun.Name, call.Args)
			}
			return true
		})
	}
}
