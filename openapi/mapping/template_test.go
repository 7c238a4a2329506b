package mapping_test

import (
	"maps"
	pathpkg "path"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestTemplateMatch(t *testing.T) {
	for _, c := range []struct {
		template, path, want string
	}{
		{"/{path...}", "/", "path="},
		{"/{path...}", "/a/b c", "path=a/b c"},
		{"/in/{path...}", "/in/", "path="},
		{"/in/{path...}", "/out/a", "-"},
		{"/{customer}/{name}.csv", "/acme/2026.03.csv", "customer=acme name=2026.03"},
		{"/{customer}/{name}.csv", "/acme/x/y.csv", "-"},
		{"/{customer}/{name}.csv", "/acme/.csv", "-"},
		{"/{a}-{b}", "/x-y-z", "a=x b=y-z"}, // the shortest first
		{"/{a:str}/{rest...}", "/x/y/z", "a=x rest=y/z"},
		{"/in/", "/in", ""},
		{"/in/{customer}/", "/in/acme", "customer=acme"},
		{"/", "/", ""},
		{"/a.b", "/axb", "-"},
	} {
		tpl, err := mapping.ParseTemplate(c.template)
		if err != nil {
			t.Errorf("%s: %v", c.template, err)
			continue
		}
		vars, ok := tpl.Match(c.path)
		got := "-"
		if ok {
			var words []string
			for _, name := range tpl.Vars() {
				words = append(words, name+"="+vars[name])
			}
			got = strings.Join(words, " ")
		}
		if got != c.want {
			t.Errorf("%s on %s: %q, want %q", c.template, c.path, got, c.want)
		}
	}
}

func TestTemplateFaults(t *testing.T) {
	for template, want := range map[string]string{
		"a":           "begin with a slash",
		"/{a}{b}":     "nothing between",
		"/{a}/{a}":    "stands twice",
		"/{a...}/b":   "last segment",
		"/x{a...}":    "last segment",
		"/{a:str...}": "brace",
		"/{a":         "brace",
		"/a}":         "brace",
		"/{1}":        "brace",
		"/{item}":     "reserved",
		"/{y:int(4)}": "not supported by this version",
		"/{y:uiid}":   `did you mean "uuid"`,
		"/a//b":       "no file can have",
		"/../{a}":     "no file can have",
		"/a/./{b}":    "no file can have",
		"/a\r\n":      "no file can have",
	} {
		if _, err := mapping.ParseTemplate(template); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", template, err, want)
		}
	}
}

func TestTemplateRender(t *testing.T) {
	for _, c := range []struct {
		template string
		vars     map[string]string
		want     string // empty: refused
	}{
		{"/{a}-{b}", map[string]string{"a": "x", "b": "y-z"}, "/x-y-z"},
		{"/{a}-{b}", map[string]string{"a": "x-y", "b": "z"}, ""},
		{"/{a}/{b}", map[string]string{"a": "..", "b": "z"}, ""},
		{"/{a}/{b}", map[string]string{"a": "", "b": "z"}, ""},
		{"/{a}/{b}", map[string]string{"a": "x/y", "b": "z"}, ""},
		{"/{a}", map[string]string{"a": "x\r\ny"}, ""},
		{"/{a}", nil, ""},
		{"/{a...}", map[string]string{"a": "x/y"}, "/x/y"},
		{"/{a...}", map[string]string{"a": ""}, "/"},
		{"/{a...}", map[string]string{"a": "x/../y"}, ""},
		{"/in/{a}/", map[string]string{"a": "x"}, "/in/x"},
	} {
		tpl, err := mapping.ParseTemplate(c.template)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tpl.Render(c.vars)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s of %v: %q %v, want %q", c.template, c.vars, got, err, c.want)
		}
	}
}

// What is rendered matches back to the same variables, and the other way round.
func FuzzTemplate(f *testing.F) {
	f.Add("/{a}-{b}.csv", "/x-y-z.csv", "x", "y")
	f.Add("/in/{a}/{b...}", "/in/x/y/z", "..", "a/b")
	f.Add("/{b...}", "/", "", "")
	f.Fuzz(func(t *testing.T, template, path, a, b string) {
		tpl, err := mapping.ParseTemplate(template)
		if err != nil {
			return
		}
		vars := map[string]string{}
		for i, name := range tpl.Vars() {
			vars[name] = []string{a, b}[i%2]
		}
		if p, err := tpl.Render(vars); err == nil {
			back, ok := tpl.Match(p)
			if !ok || !maps.Equal(back, vars) {
				t.Errorf("%q renders %v as %q and reads it back as %v", template, vars, p, back)
			}
		}
		if path == "" || path[0] != '/' || pathpkg.Clean(path) != path {
			return // Match is for paths that are absolute and clean
		}
		if vars, ok := tpl.Match(path); ok {
			if p, err := tpl.Render(vars); err == nil && p != path {
				t.Errorf("%q reads %q as %v and renders %q", template, path, vars, p)
			}
		}
	})
}

func TestPointer(t *testing.T) {
	for text, want := range map[string]string{"": "", "/": "|", "/a/b": "|a|b", "/a~1b/m~0n": "|a/b|m~n", "/~01": "|~1"} {
		p, err := mapping.ParsePointer(text)
		got := ""
		for _, token := range p {
			got += "|" + token
		}
		if err != nil || got != want || p.String() != text {
			t.Errorf("%q: %q %v, back %q", text, got, err, p.String())
		}
	}
	for _, text := range []string{"a", "/~", "/~2", "#/a"} {
		if p, err := mapping.ParsePointer(text); err == nil {
			t.Errorf("%q is %q", text, p)
		}
	}
}

func FuzzPointer(f *testing.F) {
	f.Add("/a~1b/~0")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := mapping.ParsePointer(text); err == nil && p.String() != text {
			t.Errorf("%q comes back as %q", text, p.String())
		}
	})
}
