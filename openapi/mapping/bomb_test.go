package mapping

import (
	"strings"
	"testing"
)

// Small files that cost a parser much more than their size are refused at once.
func TestBombs(t *testing.T) {
	for what, text := range map[string]string{
		"brackets": "routes: " + strings.Repeat("[", 200_000),
		"objects":  "routes: " + strings.Repeat("{a: ", 200_000),
		"entries":  "routes:\n  " + strings.Repeat("- ", 200_000),
		"keys":     "routes:\n  " + strings.Repeat("? ", 200_000),
	} {
		_, err := Parse("x.map.yaml", []byte("ftpmap: 1\n"+text))
		if err == nil || !strings.Contains(err.Error(), "too deep") {
			t.Errorf("%s: %v", what, err)
		}
	}
}
