package draft

import (
	"encoding/json"
	"regexp"
	"strings"
	"unicode"
)

// flow is YAML that may stand in a flow mapping.
type flow string

// bare is text that means itself in YAML, wherever it stands.
var bare = regexp.MustCompile(`^(=?[A-Za-z_./][A-Za-z0-9_./-]*[A-Za-z0-9_/]|[A-Za-z/])$`)

// words mean something else in some version of YAML.
var words = regexp.MustCompile(`^(?i:true|false|null|yes|no|on|off|y|n)$`)

// quote writes text.
func quote(text string) flow {
	if bare.MatchString(text) && !words.MatchString(text) {
		return flow(text)
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // text can always be encoded
	return flow(strings.TrimSuffix(b.String(), "\n"))
}

// flowMap writes keys and values, which come in turns.
func flowMap(pairs ...flow) flow {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		parts = append(parts, string(pairs[i]+": "+pairs[i+1]))
	}
	return flow("{" + strings.Join(parts, ", ") + "}")
}

// remark makes text fit behind a number sign: one printable line.
func remark(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }), " ")
}
