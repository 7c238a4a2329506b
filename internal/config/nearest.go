package config

import "strings"

// nearest returns the name most like word, or "" when none is like it. Letter
// case, "-" and "_" do not count as differences.
func nearest(word string, names []string) string {
	word = fold(word)
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, name := range names {
		if d := distance(word, fold(name)); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

func fold(s string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
}

// distance is the number of single-byte insertions, deletions and replacements
// that turn a into b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
