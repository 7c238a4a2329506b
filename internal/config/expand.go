package config

import (
	"errors"
	"fmt"
	"strings"
)

// expand replaces ${NAME} by what lookup has for NAME, and $$ by one dollar
// sign. Any other dollar sign is an error, so that "$NAME" does not become a
// value by mistake. Errors name the variable, never its value. What was put in
// is not expanded again.
func expand(text string, lookup func(name string) (string, bool)) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "$")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		if after, ok := strings.CutPrefix(rest, "$"); ok {
			out.WriteByte('$')
			text = after
			continue
		}
		name, after, err := variable(rest)
		if err != nil {
			return "", err
		}
		value, ok := lookup(name)
		if !ok {
			return "", fmt.Errorf("environment variable %s is not set; set it before the start", name)
		}
		out.WriteString(value)
		text = after
	}
}

// variable takes "{NAME}" from the front of text, which follows a dollar sign.
func variable(text string) (name, after string, err error) {
	inner, ok := strings.CutPrefix(text, "{")
	if !ok {
		return "", "", errors.New("has a single $; write ${NAME} for an environment variable or $$ for a dollar sign")
	}
	name, after, ok = strings.Cut(inner, "}")
	if !ok {
		return "", "", errors.New("has ${ without }; write $${ for these two characters themselves")
	}
	if !isVariableName(name) {
		// Not repeated: a secret with these characters in it looks like this.
		return "", "", errors.New("has ${…} around what is no name of a variable; use letters, digits and _, or write $${ for these two characters themselves")
	}
	return name, after, nil
}

func isVariableName(name string) bool {
	for i, c := range []byte(name) {
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
