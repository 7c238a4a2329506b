package httpbackend

import (
	"fmt"
	"strings"
	"testing"
)

func TestNextLink(t *testing.T) {
	for _, c := range []struct {
		lines  string // separated by "|"
		want   string
		broken bool
	}{
		{"", "", false},
		{`<a>; rel=next`, "a", false},
		{`<a>;rel="next"`, "a", false},
		{`<a> ; Rel = "prev  NEXT" ; x`, "a", false},
		{`<b>; rel=prev|<a>; rel=next`, "a", false},
		{`<b>; rel=prev, <a,;>; rel=next`, "a,;", false},
		{`,, <a>; rel=next,`, "a", false},
		{`<b>; title="<x>; rel=next, \"", <a>; rel=next`, "a", false},
		{`<b>; rel=prev; rel=next`, "", false},
		{`<b>; rel=next; anchor="/other"`, "", false},
		{`<b>; rel="nextish"; x=next`, "", false},
		{`<b>; title*=UTF-8''%e2; rel=next`, "b", false},
		{`<>; rel=next`, "", false},
		{`<a>; rel=next, broken`, "a", false},
		{`a; rel=next`, "", true},
		{`<a; rel=next`, "", true},
		{`<a> rel=next`, "", true},
		{`<b>; rel="next`, "", true},
		{`<b>; rel="next\`, "", true},
		{`<b>; rel=prev x`, "", true},
	} {
		got, err := nextLink(strings.Split(c.lines, "|"))
		if got != c.want || (err != nil) != c.broken {
			t.Errorf("%s: %q, %v; want %q, broken %t", c.lines, got, err, c.want, c.broken)
		}
	}
}

// What has been read of a header, written again, reads as the same.
func FuzzLinks(f *testing.F) {
	for _, s := range []string{
		`<a>; rel=next`, `<a>;rel="next last" ; title="a\"b" , <b>;anchor=x;rel=prev`, ` ,<>`, `<a`, `<a>;=;;`, `<a>;rel="\`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		links, _ := parseLinks(s)
		var b strings.Builder
		for _, l := range links {
			if strings.Contains(l.target, ">") || !strings.Contains(s, l.target) {
				t.Fatalf("target %q of %q", l.target, s)
			}
			fmt.Fprintf(&b, `<%s>; rel="%s"`, l.target, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(l.rel))
			if l.anchored {
				b.WriteString("; anchor=x")
			}
			b.WriteString(", ")
		}
		again, ok := parseLinks(b.String())
		if !ok || len(again) != len(links) {
			t.Fatalf("%q: %v, then %v", s, links, again)
		}
		for i := range links {
			if links[i] != again[i] {
				t.Errorf("%q: %v, then %v", s, links[i], again[i])
			}
		}
	})
}
