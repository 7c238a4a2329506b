package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/ftpbridge/bridge/internal/config"
	"github.com/ftpbridge/bridge/openapi"
)

// finding is something that is wrong, or seldom meant, in a file.
type finding struct {
	File     string   `json:"file"`
	Line     int      `json:"line"`   // from 1; 0 where it is not known
	Column   int      `json:"column"` // as Line
	Severity severity `json:"severity"`
	Message  string   `json:"message"`
}

type severity string

const (
	isError   severity = "error"
	isWarning severity = "warning"
)

func (f finding) String() string {
	text := f.File
	if f.Line > 0 {
		text = fmt.Sprintf("%s:%d:%d", f.File, f.Line, f.Column)
	}
	if f.Severity == isWarning {
		text += ": warning"
	}
	return text + ": " + f.Message
}

// findings are what is said of some files, in the order of the files.
type findings []finding

func (fs *findings) add(s severity, ps openapi.Problems) {
	for _, p := range ps {
		*fs = append(*fs, finding{p.Pos.File, p.Pos.Line, p.Pos.Column, s, p.Text})
	}
}

// addError adds each mistake that err holds. What has no place of its own is about file.
func (fs *findings) addError(file string, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && !isProblems(err) {
		for _, e := range joined.Unwrap() {
			fs.addError(file, e)
		}
		return
	}
	var mistakes config.Mistakes
	var problems openapi.Problems
	switch {
	case errors.As(err, &mistakes):
		for _, m := range mistakes {
			*fs = append(*fs, finding{m.Source, m.Line, m.Column, isError, m.Message})
		}
	case errors.As(err, &problems):
		fs.add(isError, problems)
	default:
		*fs = append(*fs, finding{File: file, Severity: isError, Message: strings.ReplaceAll(err.Error(), "\n", "; ")})
	}
}

func isProblems(err error) bool {
	_, ok := err.(openapi.Problems)
	return ok
}

func (fs findings) failed() bool {
	for _, f := range fs {
		if f.Severity == isError {
			return true
		}
	}
	return false
}

// print writes a line for each finding.
func (fs findings) print(w io.Writer) {
	for _, f := range fs {
		fmt.Fprintln(w, f)
	}
}

// printJSON writes them as one array.
func (fs findings) printJSON(w io.Writer) error {
	if fs == nil {
		fs = findings{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(fs)
}

// report prints each mistake that err holds on a line of its own, as check does.
func report(w io.Writer, file string, err error) error {
	var fs findings
	fs.addError(cmp.Or(file, "configuration"), err)
	fs.print(w)
	return errSaid
}
