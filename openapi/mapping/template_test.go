package mapping_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func template(t testing.TB, src string) *mapping.Template {
	t.Helper()
	tpl, err := mapping.ParseTemplate(src)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return tpl
}

// show writes variables in the order of the template, numbers without quotes.
func show(tpl *mapping.Template, vars map[string]any) string {
	var words []string
	for _, name := range tpl.Vars() {
		words = append(words, fmt.Sprintf("%s=%#v", name, vars[name]))
	}
	return strings.ReplaceAll(strings.Join(words, " "), `"`, "")
}

const uuid = "0190163D-8694-739b-aea5-966c26f8ad91"

// A path that matches gives variables, and these give the path again.
func TestTemplateMatch(t *testing.T) {
	for _, c := range []struct {
		template, path, want string // - is no match
	}{
		{"/{path...}", "/", "path="},
		{"/{path...}", "/a/b c", "path=a/b c"},
		{"/{path...}", "/a/../b", "-"},
		{"/{path...}", "/a//b", "-"},
		{"/{path...}", "/a/", "-"},
		{"/{path...}", "/a/b\rc", "-"},
		{"/{path...}", "", "-"},
		{"/in/{path...}", "/in", "path="},
		{"/in/{path...}", "/in/a", "path=a"},
		{"/in/{path...}", "/in/", "-"},
		{"/in/{path...}", "/inner", "-"},
		{"/in/{path...}", "/out/a", "-"},
		{"/{customer}/{name}.csv", "/acme/2026.03.csv", "customer=acme name=2026.03"},
		{"/{customer}/{name}.csv", "/acme/x/y.csv", "-"},
		{"/{customer}/{name}.csv", "/acme/.csv", "-"},
		{"/{customer}/{name}.csv", "/acme", "-"},
		{"/{a}-{b}", "/x-y-z", "a=x b=y-z"}, // the shortest first
		{"/{a}-{b}", "/--z", "a=- b=z"},
		{"/{a}-{b}x", "/1-2-3x", "a=1 b=2-3"},
		{"/{a}-{n:int}", "/x-y-7", "a=x-y n=7"},
		{"/{a}", "/..", "-"},
		{"/{a}", "/...", "a=..."},
		{"/{a}.", "/..", "-"},
		{"/{a}", "/\xff", "a=\\xff"},
		{"/{a}", "/a\x00", "-"},
		{"/{a:str}/{rest...}", "/x/y/z", "a=x rest=y/z"},
		{"/{a:str}/{rest...}", "/x", "a=x rest="},
		{"/in/", "/in", ""},
		{"/in/{customer}/", "/in/acme", "customer=acme"},
		{"/in/{customer}/", "/in/acme/", "-"},
		{"/", "/", ""},
		{"/", "/a", "-"},
		{"/a.b", "/axb", "-"},
		{"/{n:int}", "/0", "n=0"},
		{"/{n:int}", "/7", "n=7"},
		{"/{n:int}", "/07", "-"},
		{"/{n:int}", "/-7", "-"},
		{"/{n:int}", "/999999999999999999", "n=999999999999999999"},
		{"/{n:int}", "/1000000000000000000", "-"},
		{"/{n:int}1{m:int}", "/1113", "n=1 m=13"},
		{"/{n:int}0{m:int}", "/1005", "n=10 m=5"}, // 05 would not be canonical
		{"/{year:int(4)}-{month:int(2)}.csv", "/2026-03.csv", "year=2026 month=3"},
		{"/{year:int(4)}-{month:int(2)}.csv", "/2026-3.csv", "-"},
		{"/{year:int(4)}-{month:int(2)}.csv", "/02026-03.csv", "-"},
		{"/{id:uuid}", "/" + uuid, "id=" + uuid},
		{"/draft-{id:uuid}.json", "/draft-" + uuid + ".json", "id=" + uuid},
		{"/{id:uuid}", "/0190163d8694-739b-aea5-966c26f8ad91", "-"},
		{"/{id:uuid}", "/g190163d-8694-739b-aea5-966c26f8ad91", "-"},
		{"/{d:date(20060102)}", "/20260331", "d=2026-03-31"},
		{"/{d:date(20060102)}", "/20260229", "-"},
		{"/{d:date(20060102)}", "/20240229", "d=2024-02-29"},
		{"/{d:date(20060102)}", "/20260001", "-"},
		{"/{d:date(2006-01)}.csv", "/2026-03.csv", "d=2026-03-01"},
		{"/{d:date(02.01.06)}", "/31.12.69", "d=1969-12-31"},
		{"/{d:date(02.01.06)}", "/31.12.68", "d=2068-12-31"},
		{"/{d:date(20060102T150405Z)}", "/20260331T235959Z", "d=2026-03-31T23:59:59Z"},
		{"/{d:date(20060102-1504)}", "/20260331-2400", "-"},
		{"/{e:enum(a|ab|b)}b{x}", "/abbb", "e=a x=bb"},
		{"/{e:enum(a|ab|b)}b", "/abb", "e=ab"},
		{"/{e:enum(a{|x y)}", "/a{", "e=a{"},
		{"/{e:enum(csv|xml)}", "/csvx", "-"},
		{"/{partner:enum(acme|globex)}_{date:date(20060102)}_{name}.{ext:enum(csv|xml|edi)}",
			"/acme_20260331_a_b.xml.csv", "partner=acme date=2026-03-31 name=a_b.xml ext=csv"},
	} {
		tpl := template(t, c.template)
		vars, ok := tpl.Match(c.path)
		got := "-"
		if ok {
			got = show(tpl, vars)
		}
		if got != c.want || tpl.Matches(c.path) != ok {
			t.Errorf("%s on %q: %q, want %q", c.template, c.path, got, c.want)
		}
		if !ok {
			continue
		}
		if back, err := tpl.Render(vars); err != nil || back != c.path {
			t.Errorf("%s on %q: rendered %q %v", c.template, c.path, back, err)
		}
	}
}

func TestTemplateFaults(t *testing.T) {
	for _, c := range []struct {
		template string
		offset   int
		want     string
	}{
		{"", 0, "begin with a slash"},
		{"a", 0, "begin with a slash"},
		{"/{a}{b}", 4, "nothing between"},
		{"/{a}/{a}", 5, "stands twice"},
		{"/{a...}/b", 1, "last segment"},
		{"/{a...}/", 1, "last segment"},
		{"/x{a...}", 2, "last segment"},
		{"/{a:str...}", 1, "not closed"},
		{"/{a...:str}", 1, "last segment"},
		{"/{a", 1, "not closed"},
		{"/{", 1, "brace"},
		{"/a}", 2, "brace"},
		{"/{{a}}", 1, "brace"},
		{"/{1}", 1, "brace"},
		{"/{}", 1, "brace"},
		{"/{item}", 1, "reserved"},
		{"/{y:uiid}", 4, `did you mean "uuid"`},
		{"/{y:}", 4, "unknown type"},
		{"/{y:rest}", 4, "unknown type"},
		{"/{y:int(0)}", 7, "cannot have the argument"},
		{"/{y:int()}", 7, "cannot have the argument"},
		{"/{y:int(+4)}", 7, "cannot have the argument"},
		{"/{y:int(04)}", 7, "cannot have the argument"},
		{"/{y:int(19)}", 4, "1 to 18"},
		{"/{y:int(4}", 7, "not closed"},
		{"/{y:int(4)x}", 1, "not closed"},
		{"/{y:uuid(4)}", 8, "cannot have the argument"},
		{"/{y:str(4)}", 7, "cannot have the argument"},
		{"/{y:date}", 4, "want the year"},
		{"/{y:date(1504)}", 4, "want the year"},
		{"/{y:date(200602)}", 4, "needs its month"},
		{"/{y:date(20060606)}", 4, "twice"},
		{"/{y:date(20062006)}", 4, "twice"},
		{"/{y:date(2006-Jan-02)}", 4, "name of a month"},
		{"/{y:date(2006-1-2)}", 4, "no fixed length"},
		{"/{y:date(2006/01)}", 4, `"/" is none of`},
		{"/{y:enum}", 4, "needs values"},
		{"/{y:enum()}", 4, `the name ""`},
		{"/{y:enum(a|)}", 4, `the name ""`},
		{"/{y:enum(a|b|a)}", 4, "there twice"},
		{"/{y:enum(a/b)}", 4, "no file can have"},
		{"/{y:enum(a\n)}", 4, "no file can have"},
		{"/a//b", 3, "no file can have"},
		{"//", 1, "no file can have"},
		{"/../{a}", 1, "no file can have"},
		{"/a/./{b}", 3, "no file can have"},
		{"/a\r\n", 2, "no file can have"},
	} {
		_, err := mapping.ParseTemplate(c.template)
		te, ok := errors.AsType[*mapping.TemplateError](err)
		if !ok || te.Offset != c.offset || !strings.Contains(te.Text, c.want) {
			t.Errorf("%q: error %v at %v, want %q at %d", c.template, err, te, c.want, c.offset)
		}
	}
}

func TestTemplateRender(t *testing.T) {
	type vars = map[string]any
	at := time.Date(2026, 3, 31, 23, 30, 15, 5e6, time.FixedZone("", -3600))
	for _, c := range []struct {
		template string
		vars     vars
		want     string // empty: refused
	}{
		{"/{a}-{b}", vars{"a": "x", "b": "y-z"}, "/x-y-z"},
		{"/{a}-{b}", vars{"a": "x-y", "b": "z"}, ""},
		{"/{a}-{n:int}", vars{"a": "x-y", "n": 3}, "/x-y-3"},
		{"/{a}-{n:int}-{b}", vars{"a": "x-y", "n": 3, "b": "4-z"}, "/x-y-3-4-z"},
		{"/{a}-{n:int}-{b}", vars{"a": "x-1", "n": 3, "b": "y"}, ""},
		{"/{a}/{b}", vars{"a": "..", "b": "z"}, ""},
		{"/{a}/{b}", vars{"a": "", "b": "z"}, ""},
		{"/{a}/{b}", vars{"a": "x/y", "b": "z"}, ""},
		{"/{a}.", vars{"a": "."}, ""},
		{"/{a}", vars{"a": "x\r\ny"}, ""},
		{"/{a}", vars{"a": "x\x00"}, ""},
		{"/{a}", nil, ""},
		{"/{a}", vars{"a": nil}, ""},
		{"/{a}", vars{"a": true}, ""},
		{"/{a}", vars{"a": int64(42)}, "/42"},
		{"/{a}", vars{"a": -1.0}, "/-1"},
		{"/{a}", vars{"a": 1.5}, ""},
		{"/{a}", vars{"a": 1e300}, ""},
		{"/{a...}", vars{"a": "x/y"}, "/x/y"},
		{"/{a...}", vars{"a": ""}, "/"},
		{"/{a...}", vars{"a": nil}, ""},
		{"/{a...}", vars{"a": "x/../y"}, ""},
		{"/{a...}", vars{"a": "/x"}, ""},
		{"/{a...}", vars{"a": "x/"}, ""},
		{"/in/{a...}", vars{"a": ""}, "/in"},
		{"/in/{a}/", vars{"a": "x"}, "/in/x"},
		{"/", nil, "/"},
		{"/{n:int}", vars{"n": 7}, "/7"},
		{"/{n:int}", vars{"n": int64(7)}, "/7"},
		{"/{n:int}", vars{"n": 7.0}, "/7"},
		{"/{n:int}", vars{"n": "07"}, "/7"},
		{"/{n:int}", vars{"n": "0"}, "/0"},
		{"/{n:int}", vars{"n": ""}, ""},
		{"/{n:int}", vars{"n": "7a"}, ""},
		{"/{n:int}", vars{"n": "+7"}, ""},
		{"/{n:int}", vars{"n": -7}, ""},
		{"/{n:int}", vars{"n": 7.5}, ""},
		{"/{n:int}", vars{"n": int64(1e18)}, ""},
		{"/{n:int}", vars{"n": "1000000000000000000"}, ""},
		{"/{n:int(2)}", vars{"n": 7}, "/07"},
		{"/{n:int(2)}", vars{"n": 0}, "/00"},
		{"/{n:int(2)}", vars{"n": 99}, "/99"},
		{"/{n:int(2)}", vars{"n": 100}, ""},
		{"/{n:int(18)}", vars{"n": 12345}, "/000000000000012345"},
		{"/{n:uuid}", vars{"n": uuid}, "/" + uuid},
		{"/{n:uuid}", vars{"n": "x"}, ""},
		{"/{n:uuid}", vars{"n": 7}, ""},
		{"/{e:enum(1|b)}", vars{"e": 1}, "/1"},
		{"/{e:enum(1|b)}", vars{"e": "c"}, ""},
		{"/{d:date(20060102)}", vars{"d": at}, "/20260401"}, // the day in UTC
		{"/{d:date(20060102)}", vars{"d": at.Format(time.RFC3339Nano)}, "/20260401"},
		{"/{d:date(20060102)}", vars{"d": "2026-04-01"}, "/20260401"},
		{"/{d:date(20060102)}", vars{"d": "20260401"}, ""},
		{"/{d:date(20060102)}", vars{"d": "2026-02-30"}, ""},
		{"/{d:date(20060102)}", vars{"d": time.Time{}}, ""},
		{"/{d:date(20060102)}", vars{"d": 7}, ""},
		{"/{d:date(20060102)}", vars{"d": nil}, ""},
		{"/{d:date(060102)}", vars{"d": "2070-01-01"}, ""}, // 70 is 1970
		{"/{d:date(20060102)}", vars{"d": time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}, ""},
		{"/{d:date(060102)}", vars{"d": "1970-01-01"}, "/700101"},
		{"/{d:date(20060102T1504)}", vars{"d": at}, "/20260401T0030"},
		{"/{d:date(20060102T1504)}", vars{"d": "2026-04-01"}, ""},
	} {
		tpl := template(t, c.template)
		got, err := tpl.Render(c.vars)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s of %v: %q %v, want %q", c.template, c.vars, got, err, c.want)
		}
		name, err := tpl.AppendName([]byte("x "), c.vars)
		if len(tpl.VarsOfName()) == len(tpl.Vars()) && tpl.String() != "/" && !strings.Contains(c.template, "...") {
			want := strings.TrimPrefix(c.want, "/in")
			if (err != nil) != (c.want == "") || c.want != "" && string(name) != "x "+want[1:] || c.want == "" && string(name) != "x " {
				t.Errorf("%s of %v: name %q %v, want that of %q", c.template, c.vars, name, err, c.want)
			}
		}
	}
}

func TestTemplateNameAlone(t *testing.T) {
	tpl := template(t, "/in/{customer}/{year:int(4)}-{month:int(2)}.csv")
	got, err := tpl.AppendName(nil, map[string]any{"year": 2026, "month": 3})
	if string(got) != "2026-03.csv" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	if names := tpl.VarsOfName(); !slices.Equal(names, []string{"year", "month"}) {
		t.Errorf("variables of the name: %v", names)
	}
	for _, src := range []string{"/", "/{a...}", "/x/{a...}"} {
		if got, err := template(t, src).AppendName(nil, map[string]any{"a": "x"}); err == nil {
			t.Errorf("%s: the name %q", src, got)
		}
	}
}

func TestTemplateParts(t *testing.T) {
	for src, want := range map[string]string{
		"/":                     "- ",
		"/a/{b}/c.csv":          "/a/{b}/ ",
		"/a/{b}/":               "/a/ b",
		"/a/{b...}":             "/a/ b",
		"/{b...}":               "/ b",
		"/{a}":                  "/ a",
		"/{x:enum(a|b)}/{c}{d}": "",
	} {
		tpl, err := mapping.ParseTemplate(src)
		if err != nil {
			continue
		}
		got := "-"
		if p, ok := tpl.Parent(); ok {
			got = p.String()
			if !p.Dir || p.String() != template(t, got).String() || !slices.Equal(p.Vars(), template(t, got).Vars()) {
				t.Errorf("%s: parent %+v", src, p)
			}
		}
		if got += " " + strings.Join(tpl.VarsOfName(), ","); got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

func TestTemplateChild(t *testing.T) {
	for _, c := range []struct {
		template, dir, want string // child, with a slash if it is a directory; and whether dir exists
	}{
		{"/in/{a}/x.csv", "/", "in/ below"},
		{"/in/{a}/x.csv", "/in", "- below"},
		{"/in/{a}/x.csv", "/in/q", "x.csv below"},
		{"/in/{a}/x.csv", "/in/q/x.csv", "-"},
		{"/in/{a}/x.csv", "/in/q/x.csv/y", "-"},
		{"/in/{a}/x.csv", "/out", "-"},
		{"/in/", "/", "in/ below"},
		{"/in/", "/in", "-"},
		{"/in/{a...}", "/", "in/ below"},
		{"/in/{a...}", "/in", "- below"},
		{"/in/{a...}", "/in/a", "-"},
		{"/{n:int}/x/", "/7", "x/ below"},
		{"/{n:int}/x/", "/a", "-"},
		{"/", "/", "-"},
		{"/{a...}", "/", "- below"},
	} {
		tpl := template(t, c.template)
		name, more, ok := tpl.Child(c.dir)
		got := "-"
		if ok {
			got = name
		}
		if more {
			got += "/"
		}
		if tpl.Below(c.dir) {
			got += " below"
		}
		if got != c.want {
			t.Errorf("%s below %s: %q, want %q", c.template, c.dir, got, c.want)
		}
	}
}

func TestTemplateNarrow(t *testing.T) {
	tpl := template(t, "/{a}/{b:str}/{c...}")
	for _, c := range []struct {
		name string
		typ  mapping.VarType
		path string
		want string // of the path; - is no match, empty an error
	}{
		{"a", mapping.VarType{Kind: "int"}, "/7/x", "a=7 b=x c="},
		{"a", mapping.VarType{Kind: "int"}, "/y/x", "-"},
		{"a", mapping.VarType{Kind: "uuid"}, "/y/x", "-"},
		{"a", mapping.VarType{Kind: "enum", Values: []string{"x)", "y|z"}}, "/y|z/x", "a=y|z b=x c="},
		{"a", mapping.VarType{Kind: "enum", Values: []string{"x/y"}}, "", ""},
		{"a", mapping.VarType{Kind: "enum"}, "", ""},
		{"a", mapping.VarType{Kind: "rest"}, "", ""},
		{"a", mapping.VarType{Kind: "float"}, "", ""},
		{"q", mapping.VarType{Kind: "int"}, "", ""},
		{"", mapping.VarType{Kind: "int"}, "", ""},
		{"b", mapping.VarType{Kind: "int"}, "/y/x", "a=y b=x c="}, // its type is written
		{"c", mapping.VarType{Kind: "int"}, "/y/x/z", "a=y b=x c=z"},
	} {
		n, err := tpl.Narrow(c.name, c.typ)
		if (err != nil) != (c.want == "") {
			t.Errorf("%s as %v: %v", c.name, c.typ, err)
		}
		if err != nil {
			continue
		}
		got := "-"
		if vars, ok := n.Match(c.path); ok {
			got = show(n, vars)
		}
		if got != c.want {
			t.Errorf("%s as %v: %q is %q, want %q", c.name, c.typ, c.path, got, c.want)
		}
	}
	if typ, ok := tpl.Type("a"); !ok || typ.Kind != "str" || typ.Numeric() {
		t.Errorf("the template itself has changed: %v", typ)
	}
}

// A variable is a number to expressions if its type is int.
func TestTypedVariablesInRequests(t *testing.T) {
	m := parse(t, `
  - path: "/{year:int(4)}-{month:int(2)}_{day:date(20060102)}.csv"
    list: {op: list, items: /entries, each: [{name: =item.name}], params: {path: "{year}/{month}/{day}", limit: =year + month}}
`)
	at, ok := m.Resolve("/2026-03_20260331.csv", mapping.List)
	if !ok {
		t.Fatal("no route")
	}
	r, err := at.Calls[0].Request(at.Vars)
	if err != nil || r.Path != "/v1/list/2026/3/2026-03-31" || r.Query.Get("limit") != "2029" {
		t.Errorf("asks for %+v, %v", r, err)
	}
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
