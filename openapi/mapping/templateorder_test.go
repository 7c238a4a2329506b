package mapping_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/ftpbridge/bridge/openapi/mapping"
)

func TestTemplateOrder(t *testing.T) {
	for _, c := range []struct {
		first, then string // the more specific one first
		want        string // before, or how they cannot be ordered
	}{
		{"/a", "/{x}", "before"},
		{"/a", "/{x:enum(a|b)}", "before"},
		{"/a", "/{x:enum(a)}", "before"}, // the same names, and yet literal
		{"/{x:enum(a|b)}", "/{x}", "before"},
		{"/{x}", "/{x...}", "before"},
		{"/", "/{x...}", "before"},
		{"/in/", "/in/{x...}", "before"},
		{"/in/{x...}", "/{x...}", "before"},
		{"/{x}.csv", "/{x}", "before"},
		{"/a{x}.csv", "/a{x}", "before"},
		{"/{y:int(4)}-{x}", "/{x}-{z}", "before"},
		{"/{x}-{y}-{z}", "/{x}-{y}", "before"},
		{"/{x:enum(a|b)}", "/{y:enum(b|c|a)}", "before"},
		{"/{x:enum(12)}", "/{n:int(2)}", "before"},
		{"/{x:date(20060102)}", "/{n:int(8)}", "before"},
		{"/1{n:int(17)}", "/{n:int}", "before"},
		{"/{a}/x", "/{b}/{c}", "before"},
		{"/{a}.csv/{x}", "/{b}/x", "before"},    // the first segment that differs decides
		{"/{n:int}x{m:int}", "/1{x}", "before"}, // typed before str, though they cross
		{"/in/{a}", "/in/{b}", "ambiguous, as /in/a"},
		{"/in/{a}", "/in/{b}/", "ambiguous, as /in/a"}, // Dir is the caller's question
		{"/{a...}", "/{b...}", "ambiguous, as /"},
		{"/in/{a...}", "/in/{b...}", "ambiguous, as /in"},
		{"/{x}.csv", "/a{x}", "ambiguous, as /a.csv"},
		{"/{x}-{y}", "/{x}_{y}", "ambiguous, as /a-_a"},
		{"/{x:enum(a|b)}", "/{y:enum(b|c)}", "ambiguous, as /b"},
		{"/{n:int}", "/{m:int(2)}", "ambiguous, as /10"}, // 00 and 7 are in one each
		{"/{x}.csv/a", "/a{x}/{y}", "ambiguous, as /a.csv/a"},
		{"/{a}.csv", "/{b}.xml", "apart"},
		{"/a", "/b", "apart"},
		{"/a", "/a/{b}", "apart"},
		{"/{a}", "/{a}/{b}", "apart"},
		{"/x/{a...}", "/y/{a...}", "apart"},
		{"/x/{a}/{b...}", "/x", "apart"},
		{"/{n:int}.csv", "/{n:int}.xml", "apart"},
		{"/{a:enum(.|b)}", "/{a:enum(.|c)}", "apart"}, // a dot alone is no name
		{"/{x}.csv/a", "/a{x}/b", "apart"},
	} {
		a, b := template(t, c.first), template(t, c.then)
		for range 2 {
			path, overlap := mapping.Overlap(a, b)
			got := "apart"
			switch {
			case mapping.Ambiguous(a, b):
				got = "ambiguous, as " + path
			case overlap && mapping.Compare(a, b)*mapping.Compare(b, a) == -1:
				got = "before"
			}
			if got != c.want {
				t.Errorf("%s and %s are %s, want %s", a, b, got, c.want)
			}
			a, b = b, a
		}
		if c.want == "before" && mapping.Compare(a, b) >= 0 {
			t.Errorf("%s does not come before %s", a, b)
		}
	}
}

// Segments of which the automata would be too large are taken for ambiguous unless
// their ranks decide.
func TestTemplateOrderIsBounded(t *testing.T) {
	large := template(t, "/{a}5{n:int(18)}x")
	for _, c := range []struct {
		src  string
		want bool
	}{
		{"/{a}6{n:int(18)}y", true}, {"/{b}5{m:int(18)}x", true}, {"/{n:int}", false}, {"/x/{a}", false}, {"/{a...}", false},
	} {
		small := template(t, c.src)
		if got := mapping.Ambiguous(large, small); got != c.want || mapping.Ambiguous(small, large) != got {
			t.Errorf("%s: ambiguous %v, want %v", c.src, got, c.want)
		}
	}
}

func TestOrderAgreesWithPaths(t *testing.T) {
	paths := shortPaths()
	rapid.Check(t, func(t *rapid.T) {
		a, b := templates().Draw(t, "a"), templates().Draw(t, "b")
		example, overlap := mapping.Overlap(a, b)
		if example != "" && (!a.Matches(example) || !b.Matches(example)) {
			t.Errorf("%s and %s do not both match %q", a, b, example)
		}
		if _, ok := mapping.Overlap(b, a); ok != overlap {
			t.Errorf("%s and %s overlap from one side only", a, b)
		}
		ambiguous := mapping.Ambiguous(a, b)
		if mapping.Ambiguous(b, a) != ambiguous {
			t.Errorf("%s and %s are ambiguous from one side only", a, b)
		}
		if ambiguous && !overlap {
			t.Errorf("%s and %s are ambiguous without a path", a, b)
		}
		if overlap && !ambiguous && mapping.Compare(a, b) == 0 {
			t.Errorf("%s and %s overlap in %s, and neither comes first", a, b, example)
		}
		for _, path := range paths {
			if a.Matches(path) && b.Matches(path) && !overlap {
				t.Errorf("%s and %s both match %s", a, b, path)
			}
		}
	})
}

func TestCompareIsAWeakOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		three := rapid.SliceOfN(templates(), 3, 3).Draw(t, "templates")
		slices.SortFunc(three, mapping.Compare)
		a, b, c := three[0], three[1], three[2]
		ab, bc, ac := mapping.Compare(a, b), mapping.Compare(b, c), mapping.Compare(a, c)
		if ab > 0 || bc > 0 || ac != min(ab, bc) || mapping.Compare(b, a) != -ab || mapping.Compare(a, a) != 0 {
			t.Errorf("%s %d %s %d %s, and %d from end to end", a, ab, b, bc, c, ac)
		}
	})
}
