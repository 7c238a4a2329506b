package mapping

import (
	"fmt"
	"regexp"
	"strings"
)

// Template is a path of a route with variables in braces. It works both ways:
// Match takes a path apart, Render puts one together.
type Template struct {
	src   string
	parts []part
	vars  []string
	re    *regexp.Regexp
	// Dir: the template ends with a slash and so names directories.
	Dir bool
}

// part is literal text, or a variable if name is not empty.
type part struct {
	literal string
	name    string
	kind    varKind
}

// varKind is how a variable matches: its pattern, and what it ranks among kinds.
// Other kinds (int, uuid, date, enum) are further values of this type.
type varKind struct {
	name    string
	pattern string
	rank    int
}

// Ranks of what can stand in a segment, the strictest first; typed variables
// will rank between literal text and plain ones.
const (
	rankLiteral = iota
	rankTyped
	rankPlain
	rankRest
)

var (
	kindPlain = varKind{name: "str", pattern: `[^/]+?`, rank: rankPlain}
	kindRest  = varKind{name: "rest", pattern: `.*`, rank: rankRest}
)

var (
	variable   = regexp.MustCompile(`\{([A-Za-z_][A-Za-z0-9_]*)(\.\.\.)?(?::([a-z]+)(?:\(([^)]*)\))?)?\}`)
	laterKinds = []string{"int", "uuid", "date", "enum"}
)

// ParseTemplate compiles the path of a route, as in "/in/{customer}/{name}.csv" or
// "/{path...}". A rest matches nothing, one segment or many.
func ParseTemplate(src string) (*Template, error) {
	if !strings.HasPrefix(src, "/") {
		return nil, fmt.Errorf("path %q does not begin with a slash", src)
	}
	t := &Template{src: src, Dir: strings.HasSuffix(src, "/")}
	last := 0
	for _, m := range variable.FindAllStringSubmatchIndex(src, -1) {
		if err := t.addLiteral(src[last:m[0]]); err != nil {
			return nil, err
		}
		if err := t.addVariable(src, m); err != nil {
			return nil, err
		}
		last = m[1]
	}
	if err := t.addLiteral(src[last:]); err != nil {
		return nil, err
	}
	var pattern strings.Builder
	for _, p := range t.parts {
		if p.name == "" {
			pattern.WriteString(regexp.QuoteMeta(p.literal))
		} else {
			pattern.WriteString("(" + p.kind.pattern + ")")
		}
	}
	re, err := regexp.Compile(`\A(?s:` + pattern.String() + `)\z`)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", src, err)
	}
	t.re = re
	return t, nil
}

func (t *Template) addLiteral(text string) error {
	if strings.ContainsAny(text, "{}") {
		return fmt.Errorf("path %q: a brace that belongs to no variable", t.src)
	}
	if strings.ContainsAny(text, "\x00\r\n") || strings.Contains(text, "//") {
		return fmt.Errorf("path %q: no file can have this name", t.src)
	}
	for seg := range strings.SplitSeq(text, "/") {
		if (seg == "." || seg == "..") && strings.Contains("/"+text+"/", "/"+seg+"/") {
			return fmt.Errorf("path %q: no file can have this name", t.src)
		}
	}
	if text != "" {
		t.parts = append(t.parts, part{literal: text})
	}
	return nil
}

func (t *Template) addVariable(src string, m []int) error {
	v := part{name: src[m[2]:m[3]], kind: kindPlain}
	for _, name := range t.vars {
		if name == v.name {
			return fmt.Errorf("path %q: variable %q stands twice", src, v.name)
		}
	}
	for _, name := range reservedVars {
		if name == v.name {
			return fmt.Errorf("path %q: %q is a reserved name", src, v.name)
		}
	}
	if len(t.parts) > 0 && t.parts[len(t.parts)-1].name != "" {
		return fmt.Errorf("path %q: nothing between two variables, so they cannot be told apart", src)
	}
	if m[4] >= 0 {
		if m[1] != len(src) || !strings.HasSuffix(src[:m[0]], "/") || m[6] >= 0 {
			return fmt.Errorf("path %q: {%s...} must be the whole of the last segment", src, v.name)
		}
		v.kind = kindRest
	}
	if m[6] >= 0 {
		switch kind := src[m[6]:m[7]]; {
		case kind == kindPlain.name && m[8] < 0:
		case strings.Contains(" "+strings.Join(laterKinds, " ")+" ", " "+kind+" "):
			return fmt.Errorf("path %q: variables of type %q are not supported by this version", src, kind)
		default:
			return fmt.Errorf("path %q: unknown type %q%s", src, kind, didYouMean(kind, append(laterKinds, kindPlain.name)))
		}
	}
	t.parts, t.vars = append(t.parts, v), append(t.vars, v.name)
	return nil
}

// String returns the source of t.
func (t *Template) String() string { return t.src }

// Vars returns the names of the variables, in order. The caller does not change it.
func (t *Template) Vars() []string { return t.vars }

// tail returns the name of the rest at the end of t, empty if there is none.
func (t *Template) tail() string {
	if len(t.parts) > 0 && t.parts[len(t.parts)-1].kind.rank == rankRest {
		return t.parts[len(t.parts)-1].name
	}
	return ""
}

// Matches reports whether path, which is absolute and clean, is one of t. A Dir
// template is matched without regard to its own last slash.
func (t *Template) Matches(path string) bool {
	if prefix, ok := t.prefix(); ok {
		return strings.HasPrefix(t.asWritten(path), prefix)
	}
	return t.re.MatchString(t.asWritten(path))
}

// Match returns the variables of path, if it [Template.Matches].
func (t *Template) Match(path string) (map[string]any, bool) {
	path = t.asWritten(path)
	if prefix, ok := t.prefix(); ok {
		rest, ok := strings.CutPrefix(path, prefix)
		return map[string]any{t.vars[0]: rest}, ok
	}
	m := t.re.FindStringSubmatch(path)
	if m == nil {
		return nil, false
	}
	vars := make(map[string]any, len(m))
	for i, name := range t.vars {
		vars[name] = m[i+1]
	}
	return vars, true
}

func (t *Template) asWritten(path string) string {
	if t.Dir && path != "/" {
		return path + "/"
	}
	return path
}

// prefix returns what comes before the rest in a template that has nothing else, as
// in "/{path...}": the commonest, and the one that needs no pattern.
func (t *Template) prefix() (string, bool) {
	if t.tail() != "" && len(t.parts) == 2 {
		return t.parts[0].literal, true
	}
	return "", false
}

// Render makes the path of vars. It fails if a variable is missing, if the path is
// not clean, or if it would not match back to the same variables.
func (t *Template) Render(vars map[string]any) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		b.WriteString(p.literal)
		if p.name != "" {
			v, ok := vars[p.name]
			if !ok {
				return "", fmt.Errorf("no value for {%s}", p.name)
			}
			b.WriteString(Text(v))
		}
	}
	path := b.String()
	if t.Dir && path != "/" {
		path = strings.TrimSuffix(path, "/")
	}
	if !clean(path) {
		return "", fmt.Errorf("%q is not a clean path", path)
	}
	back, ok := t.Match(path)
	if !ok {
		return "", fmt.Errorf("%q does not match %s", path, t.src)
	}
	for name, got := range back {
		if got != vars[name] {
			return "", fmt.Errorf("{%s}=%v reads back from %q as %q", name, vars[name], path, got)
		}
	}
	return path, nil
}

// clean reports whether path is absolute and every segment can be a name.
func clean(path string) bool {
	if path == "/" {
		return true
	}
	if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "\x00\r\n") {
		return false
	}
	for seg := range strings.SplitSeq(path[1:], "/") {
		if seg == "" || seg == "." || seg == ".." {
			return false
		}
	}
	return true
}
