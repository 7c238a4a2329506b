package openapi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
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

// maxFaults is how many faults of a document are told at once.
const maxFaults = 20

// first keeps the first of many faults, and says how many there are more.
func (ps Problems) first() Problems {
	_ = ps.Err() // it sorts
	if len(ps) <= maxFaults {
		return ps
	}
	more := &Problem{ps[maxFaults].Pos, fmt.Sprintf("and %d more", len(ps)-maxFaults)}
	return append(ps[:maxFaults:maxFaults], more)
}

// asProblem is err with the position that it has, or else the file.
func asProblem(file string, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Position{File: file}, oneLine(err.Error())}
}

// maxText is how long the text of a problem may become that a library says, in bytes.
const maxText = 300

// oneLine makes one short line of the text that a library gave.
func oneLine(text string) string {
	text = strings.ReplaceAll(text, "\t", `\t`)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "..."
	}
	return text
}
