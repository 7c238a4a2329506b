package mapping

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestEveryMessageStandsInAGoldenFile finds the formats of all faults and warnings in
// the sources. For each there must be a line in testdata/faults, whose place a person
// has seen.
func TestEveryMessageStandsInAGoldenFile(t *testing.T) {
	lines := goldenLines(t)
	count := 0
	for format := range messages(t) {
		count++
		pattern := patternOf(format)
		found := false
		for _, line := range lines {
			if found = pattern.MatchString(line); found {
				break
			}
		}
		if !found {
			t.Errorf("no file of testdata/faults has the message %q", format)
		}
	}
	if count < 90 {
		t.Errorf("only %d messages were found in the sources", count)
	}
}

// messages are the formats that the sources pass to fault, warn and Add.
func messages(t *testing.T) map[string]bool {
	formats := map[string]bool{}
	eachCall(t, func(name string, args []ast.Expr) {
		if name != "fault" && name != "warn" && name != "Add" {
			return
		}
		for _, arg := range args[:min(2, len(args))] { // a place may come first
			lit, ok := arg.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				continue
			}
			format, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			formats[format] = true
			break
		}
	})
	return formats
}

// wordless are messages that are made elsewhere and have no words here.
var wordless = map[string]string{
	"%s: %s": `params.path: unknown name \S+`,   // of newValueOf: the library of expressions says it
	"%s":     `path: an int has 1 to 18 digits`, // of a type
}

var formatVerb = regexp.MustCompile(`%[sqdv%]`)

// patternOf matches the lines of a message.
func patternOf(format string) *regexp.Regexp {
	const place = `^[^ ]+: (warning: )?`
	if text, ok := wordless[format]; ok {
		return regexp.MustCompile(place + text)
	}
	var b strings.Builder
	last := 0
	for _, at := range formatVerb.FindAllStringIndex(format, -1) {
		b.WriteString(regexp.QuoteMeta(format[last:at[0]]))
		b.WriteString(map[string]string{"%s": `.*`, "%q": `("([^"\\]|\\.)*"|'.+')`, "%d": `\d+`, "%v": `.*`, "%%": "%"}[format[at[0]:at[1]]])
		last = at[1]
	}
	return regexp.MustCompile(place + `(path: )?` + b.String() + regexp.QuoteMeta(format[last:]) + `$`)
}

func goldenLines(t *testing.T) []string {
	files, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		output := a.Files[len(a.Files)-1].Data
		lines = append(lines, strings.Split(strings.TrimSuffix(string(output), "\n"), "\n")...)
	}
	return lines
}
