package wire

import (
	"fmt"
	"testing"
)

func TestCutNumbers(t *testing.T) {
	for arg, want := range map[string][2]string{
		"a":         {"a", ""},
		"a 1":       {"a", "1"},
		"a b 1 2":   {"a b", "1 2"},
		"a 1 2 3":   {"a 1", "2 3"},
		"a 1 b":     {"a 1 b", ""},
		"1":         {"1", ""},
		"1 2":       {"1", "2"},
		" 1":        {" 1", ""},
		"a -1":      {"a -1", ""},
		"a 1x 2":    {"a 1x", "2"},
		"":          {"", ""},
		"a.2026 42": {"a.2026", "42"},
	} {
		if before, numbers := CutNumbers(arg); before != want[0] || numbers != want[1] {
			t.Errorf("CutNumbers(%q) = %q, %q, want %q", arg, before, numbers, want)
		}
	}
}

// FuzzRanges holds that a range written out parses back to itself, and that what
// parses is a range.
func FuzzRanges(f *testing.F) {
	f.Add("1 0", int64(0), int64(0))
	f.Add("x", int64(5), int64(9))
	f.Fuzz(func(t *testing.T, text string, a, b int64) {
		if first, last, err := ParseRang(text); err == nil && (first < 0 || last+1 < first) {
			t.Errorf("ParseRang(%q) = %d, %d", text, first, last)
		}
		if first, end, err := ParseSpan(text); err == nil && (first < 0 || end >= 0 && end < first) {
			t.Errorf("ParseSpan(%q) = %d, %d", text, first, end)
		}
		first, last, err := ParseRang(fmt.Sprintf("%d %d", a, b))
		if ok := a >= 0 && b >= a && b+1 > 0 || a == 1 && b == 0; ok != (err == nil) || ok && (first != a || last != b) {
			t.Errorf("ParseRang(%d %d) = %d, %d, %v", a, b, first, last, err)
		}
		first, end, err := ParseSpan(fmt.Sprintf("%d  %d ", a, b))
		if ok := a >= 0 && b >= a; ok != (err == nil) || ok && (first != a || end != b) {
			t.Errorf("ParseSpan(%d %d) = %d, %d, %v", a, b, first, end, err)
		}
	})
}
