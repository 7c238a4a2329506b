package mapping

import (
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/openapi"
)

// didYouMean returns `; did you mean "x"?` for the name in known that is closest
// to name, or nothing if none is close.
func didYouMean(name string, known []string) string {
	best, least := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d <= least && d < len(name) && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return `; did you mean "` + best + `"?`
}

// distance is the number of single-byte edits (insert, delete, replace, or swap
// of neighbours) between a and b.
func distance(a, b string) int {
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := 1
			if a[i] == b[j] {
				change = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+change)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// pointerHint is didYouMean for a pointer to what a schema does not have: it names the
// nearest field at the first place where the pointer goes astray.
func pointerHint(s *openapi.Schema, p Pointer) string {
	for i := range p {
		if _, ok := s.At(p[:i+1]); ok {
			continue
		}
		above, _ := s.At(p[:i])
		if above == nil {
			return ""
		}
		var known []string
		for name := range above.Properties {
			known = append(known, append(p[:i:i], name).String())
		}
		slices.Sort(known)
		return didYouMean(p[:i+1].String(), known)
	}
	return ""
}

// wordsOf lists verbs as "list, read and stat".
func wordsOf(verbs []Verb) string {
	words := make([]string, len(verbs))
	for i, v := range verbs {
		words[i] = string(v)
	}
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
