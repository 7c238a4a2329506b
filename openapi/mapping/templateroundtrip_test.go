package mapping_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

// segments are parts of random templates on few letters.
func segments() *rapid.Generator[string] {
	literal := rapid.SampledFrom([]string{"a", "1", "0", "-", ".", "a-"})
	variable := rapid.SampledFrom([]string{
		"", "", ":str", ":int", ":int(1)", ":int(2)", ":enum(a|ab)", ":enum(1|-|a-)", ":enum(.|..|a.)", ":date(06)",
	})
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		isVariable := rapid.Bool().Draw(t, "begins with a variable")
		for range rapid.IntRange(1, 4).Draw(t, "pieces") {
			if isVariable {
				b.WriteString("{#" + variable.Draw(t, "type") + "}")
			} else {
				b.WriteString(literal.Draw(t, "literal"))
			}
			isVariable = !isVariable
		}
		return b.String()
	})
}

func templates() *rapid.Generator[*mapping.Template] {
	return rapid.Custom(func(t *rapid.T) *mapping.Template {
		src := ""
		for range rapid.IntRange(0, 2).Draw(t, "segments") {
			src += "/" + segments().Draw(t, "segment")
		}
		src += rapid.SampledFrom([]string{"", "/", "/{#...}"}).Draw(t, "end")
		for i := 0; strings.Contains(src, "#"); i++ {
			src = strings.Replace(src, "#", string(rune('p'+i)), 1)
		}
		tpl, err := mapping.ParseTemplate(src)
		if err != nil {
			t.Skip(err)
		}
		return tpl
	})
}

// words are all names up to a length made of some letters, and those that are none.
func words(letters string, longest int) []string {
	all := []string{""}
	for at := 0; len(all[at]) < longest; at++ {
		for i := range len(letters) {
			all = append(all, all[at]+letters[i:i+1])
		}
	}
	return slices.DeleteFunc(all[1:], func(w string) bool { return w == "." || w == ".." })
}

// shortPaths are all paths of up to two segments, the first of them the longer.
func shortPaths() []string {
	paths := []string{"/"}
	for _, first := range words("a10-.", 4) {
		paths = append(paths, "/"+first)
	}
	for _, first := range words("a1-.", 2) {
		for _, second := range words("a1-.", 2) {
			paths = append(paths, "/"+first+"/"+second)
		}
	}
	return paths
}

func TestPathsComeBack(t *testing.T) {
	paths := shortPaths()
	rapid.Check(t, func(t *rapid.T) {
		tpl := templates().Draw(t, "template")
		seen := map[string]string{}
		for _, path := range paths {
			if !tpl.Matches(path) {
				continue
			}
			checkPath(t, tpl, path)
			vars, _ := tpl.Match(path)
			text := show(tpl, vars)
			if other, ok := seen[text]; ok {
				t.Errorf("%s: %s and %s both give %s", tpl, path, other, text)
			}
			seen[text] = path
		}
	})
}

func TestValuesComeBack(t *testing.T) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("a10-./\r\x00ü")), 0, 5, -1)
	rapid.Check(t, func(t *rapid.T) {
		tpl := templates().Draw(t, "template")
		vars := map[string]any{}
		for _, name := range tpl.Vars() {
			switch typ, _ := tpl.Type(name); typ.Kind {
			case mapping.KindInt:
				vars[name] = rapid.Int64Range(-1, 1000).Draw(t, name)
			case mapping.KindDate:
				vars[name] = rapid.SampledFrom([]string{"2026-01-01", "1969-01-01", "1968-01-01"}).Draw(t, name)
			case mapping.KindEnum:
				vars[name] = rapid.SampledFrom(typ.Values).Draw(t, name)
			default:
				vars[name] = text.Draw(t, name)
			}
		}
		path, err := tpl.Render(vars)
		if err != nil {
			return
		}
		checkPath(t, tpl, path)
		if back, _ := tpl.Match(path); show(tpl, back) != show(tpl, vars) {
			t.Errorf("%s: %v becomes %s and then %v", tpl, vars, path, back)
		}
		if name, err := tpl.AppendName(nil, vars); err == nil && string(name) != path[strings.LastIndexByte(path, '/')+1:] {
			t.Errorf("%s: the name of %s is %s", tpl, path, name)
		}
	})
}

// What is rendered matches back to the same variables, and the other way round.
func FuzzTemplate(f *testing.F) {
	f.Add("/{a}-{b}.csv", "/x-y-z.csv", "x", "y")
	f.Add("/in/{a}/{b...}", "/in/x/y/z", "..", "a/b")
	f.Add("/{b...}", "/", "", "")
	f.Add("/{a:int}0{b:int(4)}", "/100007", "1", "7")
	f.Add("/{a:date(20060102)}_{b:enum(x|xy)}", "/20260331_xy", "2026-03-31", "xy")
	f.Add("/{a:date(02.01.06 15:04:05)}/{b:uuid}", "/31.03.26 01:02:03/"+uuid, "2026-03-31T01:02:03Z", uuid)
	f.Fuzz(func(t *testing.T, src, path, a, b string) {
		tpl, err := mapping.ParseTemplate(src)
		if err != nil {
			return
		}
		vars := map[string]any{}
		for i, name := range tpl.Vars() {
			vars[name] = []string{a, b}[i%2]
		}
		if p, err := tpl.Render(vars); err == nil {
			checkPath(t, tpl, p)
		}
		if tpl.Matches(path) {
			checkPath(t, tpl, path)
		}
	})
}

// checkPath fails if path is not clean or is not what its variables render.
func checkPath(t interface{ Errorf(string, ...any) }, tpl *mapping.Template, path string) {
	vars, ok := tpl.Match(path)
	back, err := tpl.Render(vars)
	if !ok || err != nil || back != path {
		t.Errorf("%s reads %q as %v, %v, and renders that as %q, %v", tpl, path, vars, ok, back, err)
	}
	again, _ := tpl.Match(back)
	if !maps.Equal(vars, again) {
		t.Errorf("%s reads %q as %v and then as %v", tpl, path, vars, again)
	}
	if path == "/" {
		return
	}
	for i, name := range strings.Split(path, "/") {
		if (name == "") != (i == 0) || name == "." || name == ".." || strings.ContainsAny(name, "\x00\r\n") {
			t.Errorf("%s: the path %q has the segment %q", tpl, path, name)
		}
	}
}

func BenchmarkAppendName(b *testing.B) {
	vars := map[string]any{"year": int64(2026), "month": int64(3), "a": "north", "b": "invoice 4711 of march, corrected", "d": "2026-03-31"}
	for _, src := range []string{"/{year:int(4)}-{month:int(2)}.csv", "/{a}-{b}.csv", "/{a}_{d:date(20060102)}_{b}.csv", "/{b}"} {
		b.Run(src, func(b *testing.B) {
			tpl := template(b, src)
			dst := make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tpl.AppendName(dst, vars); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMatches(b *testing.B) {
	for src, path := range map[string]string{
		"/{path...}": "/a/b/report-2026.csv", "/in/{year:int(4)}-{month:int(2)}.csv": "/in/2026-03.csv", "/{a}-{b}.csv": "/x-y-z.csv",
	} {
		b.Run(src[1:], func(b *testing.B) {
			tpl := template(b, src)
			b.ReportAllocs()
			for b.Loop() {
				if !tpl.Matches(path) {
					b.Fatal("no match")
				}
			}
		})
	}
}
