package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong with the configuration.
type Mistake struct {
	Source       string // the file as it was named to Load, a variable, or "command line"
	Line, Column int    // in the file, from 1; 0 where there is none
	Message      string // what is wrong, and what to write instead
}

// Error gives the mistake as "bridge.yaml:3:5: message".
func (m *Mistake) Error() string {
	return place{source: m.Source, line: m.Line, column: m.Column}.String() + ": " + m.Message
}

// Mistakes are all mistakes that [Load] found, those of the file first and in
// its order.
type Mistakes []*Mistake

// Error gives one line for each mistake.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.Error()
	}
	return strings.Join(lines, "\n")
}

// sorted brings the mistakes with a line to the front, in the file's order.
func (m Mistakes) sorted() Mistakes {
	slices.SortStableFunc(m, func(a, b *Mistake) int {
		if (a.Line == 0) != (b.Line == 0) {
			return cmp.Compare(b.Line, a.Line)
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return m
}

// place is where a value was given.
type place struct {
	source       string
	line, column int
}

func (p place) String() string {
	if p.line == 0 {
		return p.source
	}
	return fmt.Sprintf("%s:%d:%d", p.source, p.line, p.column)
}

func (p place) mistake(format string, args ...any) *Mistake {
	return &Mistake{Source: p.source, Line: p.line, Column: p.column, Message: fmt.Sprintf(format, args...)}
}
