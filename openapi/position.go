package openapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Position is a place in a file that a person wrote. Line and Column count from
// 1; 0 means that they are not known.
type Position struct {
	File         string
	Line, Column int
}

func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one fault of a document or mapping file.
type Problem struct {
	Pos  Position
	Text string
}

// Error gives the problem as "file:line:col: text".
func (p *Problem) Error() string { return p.Pos.String() + ": " + p.Text }

// Problems are all faults found in one load. As an error it prints one line each.
type Problems []*Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find each *Problem.
func (ps Problems) Unwrap() []error {
	errs := make([]error, len(ps))
	for i, p := range ps {
		errs[i] = p
	}
	return errs
}

// Add notes a fault at pos.
func (ps *Problems) Add(pos Position, format string, args ...any) {
	*ps = append(*ps, &Problem{Pos: pos, Text: fmt.Sprintf(format, args...)})
}

// Err returns the problems in the order of their positions, nil if there are none.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column))
	})
	return ps
}
