// Package nesting tells YAML that is nested too deep before a parser looks at it.
package nesting

import "github.com/goccy/go-yaml/token"

// maxDepth is how deep lists and objects may lie in each other on one line.
const maxDepth = 1000

// TooDeep returns the first token that lies deeper than any file of people does, nil
// if there is none. The parser needs a stack as deep, and for brackets that are not
// closed a time that grows with their square. Depth by indentation is not counted: a
// file has to be as long as its square.
func TooDeep(tokens token.Tokens) *token.Token {
	brackets, entries := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			brackets++
		case token.SequenceEndType, token.MappingEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType:
			if entries++; t.Prev == nil || t.Prev.Position.Line != t.Position.Line {
				entries = 1
			}
		}
		if brackets > maxDepth || entries > maxDepth {
			return t
		}
	}
	return nil
}
