package openapi

import (
	"fmt"
	"strings"
	"testing"
)

// Small documents that cost a parser much more than their size are refused at once.
func TestBombs(t *testing.T) {
	var merges strings.Builder
	merges.WriteString("x-0: &a0 {k: v}\n")
	for i := 1; i < 30; i++ {
		fmt.Fprintf(&merges, "x-%d: &a%d {<<: [%s*a%[4]d]}\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	for what, c := range map[string]struct{ text, want string }{
		"merges":   {merges.String(), "aliases make the document too large"},
		"brackets": {"x-a: " + strings.Repeat("[", 200_000), "exceeded max depth"},
		"entries":  {"x-a:\n  " + strings.Repeat("- ", 200_000), "exceeded max depth"},
	} {
		_, err := Parse("api.yaml", []byte("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"+c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
