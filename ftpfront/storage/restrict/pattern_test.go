package restrict

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"pgregory.net/rapid"
)

func TestPatternMatches(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		yes, not []storage.Path
	}{
		{"/", []storage.Path{"/"}, []storage.Path{"/a"}},
		{"/**", []storage.Path{"/", "/a", "/a/b/c"}, nil},
		{"/*", []storage.Path{"/a", "/.x"}, []storage.Path{"/", "/a/b"}},
		{"/in/**", []storage.Path{"/in", "/in/a", "/in/a/b"}, []storage.Path{"/", "/inner", "/x/in"}},
		{"/in/*", []storage.Path{"/in/a"}, []storage.Path{"/in", "/in/a/b"}},
		{"/**/*.csv", []storage.Path{"/a.csv", "/x/y/a.csv"}, []storage.Path{"/a.csv/b", "/acsv"}},
		{"/a/**/z", []storage.Path{"/a/z", "/a/b/z", "/a/z/z"}, []storage.Path{"/a", "/z", "/a/z/b"}},
		{"/u-*-x/y", []storage.Path{"/u--x/y", "/u-1-x-x/y"}, []storage.Path{"/u-x/y", "/u-1-x/yy"}},
		{"/a[b]?", []storage.Path{"/a[b]?"}, []storage.Path{"/ab", "/abc"}},
	} {
		p, err := parsePattern(c.pattern)
		if err != nil {
			t.Fatalf("parsePattern(%q): %v", c.pattern, err)
		}
		for _, name := range c.yes {
			if !p.matches(p.after(name)) {
				t.Errorf("%s does not match %s", c.pattern, name)
			}
		}
		for _, name := range c.not {
			if p.matches(p.after(name)) {
				t.Errorf("%s matches %s", c.pattern, name)
			}
		}
	}
}

func TestPatternRefusesWhatIsNotClean(t *testing.T) {
	for _, text := range []string{"", "a", "/a/", "//a", "/a/./b", "/../a", "/a**", "/***", "/" + strings.Repeat("a/", 63) + "a"} {
		if _, err := parsePattern(text); err == nil {
			t.Errorf("parsePattern(%q) gives no error", text)
		}
	}
	if _, err := parsePattern("/" + strings.Repeat("a/", 62) + "**"); err != nil {
		t.Errorf("pattern of 63 segments: %v", err)
	}
}

// oracle says the same as a pattern in a regular expression.
func oracle(text string) *regexp.Regexp {
	var re strings.Builder
	for seg := range strings.SplitSeq(strings.TrimPrefix(text, "/"), "/") {
		switch seg {
		case "":
		case "**":
			re.WriteString("(/[^/]+)*")
		default:
			re.WriteString("/" + strings.ReplaceAll(regexp.QuoteMeta(seg), `\*`, "[^/]*"))
		}
	}
	return regexp.MustCompile("^" + re.String() + "$")
}

func drawPath(t *rapid.T, label string) storage.Path {
	segs := rapid.SliceOfN(rapid.StringMatching(`[ab*]{1,3}`), 0, 5).Draw(t, label)
	return storage.Path("/" + strings.Join(segs, "/"))
}

func drawPattern(t *rapid.T) (string, pattern) {
	segs := rapid.SliceOfN(rapid.OneOf(
		rapid.Just("**"), rapid.StringMatching(`[ab]{1,2}|\*|a\*|\*b|a\*b|\*a\*`),
	), 0, 5).Draw(t, "pattern")
	text := "/" + strings.Join(segs, "/")
	p, err := parsePattern(text)
	if err != nil {
		t.Fatalf("parsePattern(%q): %v", text, err)
	}
	return text, p
}

func TestPatternAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, p := drawPattern(t)
		name := drawPath(t, "name")
		subject := string(name)
		if name == storage.Root {
			subject = ""
		}
		if got, want := p.matches(p.after(name)), oracle(text).MatchString(subject); got != want {
			t.Fatalf("%q matches %q: %v, want %v", text, name, got, want)
		}
	})
}

func TestPatternKnowsWhatLiesBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, p := drawPattern(t)
		name := drawPath(t, "name")
		below := name
		for _, seg := range strings.Split(strings.TrimPrefix(string(drawPath(t, "below")), "/"), "/") {
			if seg == "" {
				seg = "a"
			}
			below = below.Join(seg)
		}
		s, match := p.after(name), p.matches(p.after(below))
		if match && !p.leads(s) {
			t.Fatalf("%q matches %q but does not lead there from %q", text, below, name)
		}
		if !match && p.covers(s) {
			t.Fatalf("%q covers %q but does not match %q", text, name, below)
		}
	})
}
