package mapping

import (
	"maps"
	"slices"
	"time"

	"github.com/expr-lang/expr/types"

	"github.com/ftpbridge/bridge/openapi"
)

// env is the names that values in one place may use. check has their types as the
// schemas of the document say, and finds mistakes; run has those that answers can
// be relied on to have, which is none: an answer may lack what its schema promises.
type env struct{ check, run types.Map }

func userType() types.Map {
	return types.Map{
		"id": types.String, "name": types.String, "tenant": types.String,
		"groups": types.Any, "claims": types.Any, "vars": types.Any,
	}
}

func pathType() types.Map {
	return types.Map{"path": types.String, "name": types.String, "dir": types.String, "vars": types.Any}
}

// newEnv is what all values of a mapping may use.
func newEnv(serverVars []string) env {
	server := types.Map{"url": types.String, "path": types.String}
	for _, name := range serverVars {
		server[name] = types.String
	}
	return env{}.with("user", userType()).with("session", types.Map{"id": types.String}).with("server", server)
}

// with returns e and one name more.
func (e env) with(name string, t types.Type) env { return e.withBoth(name, t, t) }

func (e env) withBoth(name string, check, run types.Type) env {
	c := env{maps.Clone(e.check), maps.Clone(e.run)}
	if c.check == nil {
		c = env{types.Map{}, types.Map{}}
	}
	c.check[name], c.run[name] = check, run
	return c
}

// withAnswer adds a name that comes from an answer of the given schema.
func (e env) withAnswer(name string, s *openapi.Schema) env {
	return e.withBoth(name, schemaType(s, 0), types.Any)
}

// withResp adds resp and problem.
func (e env) withResp(body *openapi.Schema) env {
	resp := types.Map{"status": types.Int64, "header": types.Any, "body": schemaType(body, 0)}
	problem := types.Map{
		"type": types.String, "title": types.String, "detail": types.String, "status": types.Int,
	}
	return e.withBoth("resp", resp, types.Any).withBoth("problem", problem, types.Any)
}

// withVars adds the variables of a template.
func (e env) withVars(t *Template) env {
	for _, name := range t.Vars() {
		e = e.with(name, t.exprType(name))
	}
	return e
}

func (t *Template) exprType(name string) types.Type {
	if v, ok := t.Type(name); ok && v.Numeric() {
		return types.Int64
	}
	return types.String
}

// withVerb adds what a command of the verb tells.
func (e env) withVerb(verb Verb) env {
	ftp := pathType()
	switch verb {
	case Write, Create, Append:
		ftp["offset"], ftp["size"] = types.Int64, types.Int64
		e = e.with("transfer", types.Map{"seq": types.Int64, "bytes": types.Int64, "sha256": types.String})
	case Read:
		ftp["offset"] = types.Int64
	case SetTime:
		ftp["mtime"] = types.TypeOf(time.Time{})
	case Hash:
		ftp["algorithm"] = types.String
	case Rename:
		e = e.with("from", pathType()).with("to", pathType())
	}
	return e.with("ftp", ftp)
}

// maxDepth is how deep a schema is looked into; what lies deeper is not checked.
const maxDepth = 8

// schemaType is the type of values that a schema describes, leaving nullable and
// optional aside: to be checked is what the mapping says, not what may be missing.
func schemaType(s *openapi.Schema, depth int) types.Type {
	if s == nil || depth == maxDepth {
		return types.Any
	}
	switch s.Type {
	case "string":
		return types.String
	case "integer":
		return types.Int64
	case "number":
		return types.Float64
	case "boolean":
		return types.Bool
	case "array":
		return types.Array(schemaType(s.Items, depth+1))
	case "object":
		if len(s.Properties) == 0 {
			return types.Any
		}
		m := types.Map{}
		for name, p := range s.Properties {
			m[name] = schemaType(p, depth+1)
		}
		if s.Open {
			m[types.Extra] = types.Any
		}
		return m
	}
	return types.Any
}

// names returns all names and fields that e knows, for suggestions.
func (e env) names() []string {
	found := map[string]bool{}
	collectNames(e.check, found, 0)
	return slices.Sorted(maps.Keys(found))
}

func collectNames(t types.Type, found map[string]bool, depth int) {
	m, ok := t.(types.Map)
	if !ok || depth == 4 {
		return
	}
	for name, field := range m {
		if name != types.Extra {
			found[name] = true
			collectNames(field, found, depth+1)
		}
	}
}
