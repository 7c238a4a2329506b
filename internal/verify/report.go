package verify

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Report is what was tried.
type Report struct{ Results []Result }

// Outcome is how a check ended.
type Outcome uint8

// The outcomes.
const (
	Passed Outcome = iota
	Failed
	Skipped
)

func (o Outcome) String() string { return [...]string{"ok", "FAIL", "skip"}[o] }

// MarshalText gives the word of the report.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Result is the outcome of one check.
type Result struct {
	Check   string
	Outcome Outcome
	Took    time.Duration
	// Reason says why it was skipped.
	Reason string
	// Fault says what was wrong with a check that failed.
	Fault
}

// Fault is what a check found.
type Fault struct {
	// Want and Got complete "want:" and "got:".
	Want, Got string
	// Exchange is the HTTP request that led to it; nil if there was none.
	Exchange *Exchange
	// Hint is where to look for the remedy; it may be empty.
	Hint string
}

// Count returns how many checks had an outcome.
func (r Report) Count(o Outcome) int {
	n := 0
	for _, result := range r.Results {
		if result.Outcome == o {
			n++
		}
	}
	return n
}

// OK reports whether nothing failed.
func (r Report) OK() bool { return r.Count(Failed) == 0 }

// Summary is the last line of the report.
func (r Report) Summary() string {
	return fmt.Sprintf("%d ok, %d failed, %d skipped", r.Count(Passed), r.Count(Failed), r.Count(Skipped))
}

// String is the line of a result, with more lines for a fault.
func (r Result) String() string {
	const width = 48 // of the longest name
	line := fmt.Sprintf("%-4s  %-*s", r.Outcome, width, r.Check)
	if r.Outcome == Skipped {
		return line + "  " + r.Reason
	}
	line += "  " + r.Took.Round(time.Millisecond).String()
	if r.Outcome != Failed {
		return line
	}
	var b strings.Builder
	b.WriteString(line)
	more := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n      %-5s %s", label, text)
		}
	}
	more("want:", r.Want)
	more("got:", r.Got)
	if r.Exchange != nil {
		more("http:", r.Exchange.String())
	}
	more("hint:", r.Hint)
	return b.String()
}

// Printer writes results as they come. Checks that are skipped one after the other
// for the same reason become one line. Flush writes what it still holds.
type Printer struct {
	W io.Writer

	held Result
	more int // besides held
}

// Print takes one result.
func (p *Printer) Print(r Result) {
	if r.Outcome == Skipped && p.held.Reason == r.Reason {
		p.more++
		return
	}
	p.Flush()
	if r.Outcome == Skipped {
		p.held = r
		return
	}
	fmt.Fprintln(p.W, r)
}

// Flush writes the skipped checks that it holds.
func (p *Printer) Flush() {
	if p.held.Reason == "" {
		return
	}
	if p.more > 0 {
		p.held.Check += fmt.Sprintf(", and %d more", p.more)
	}
	fmt.Fprintln(p.W, p.held)
	p.held, p.more = Result{}, 0
}

// WriteJSON writes the report as one JSON document.
func (r Report) WriteJSON(w io.Writer) error {
	type result struct {
		Check    string    `json:"check"`
		Outcome  Outcome   `json:"outcome"`
		TookMS   int64     `json:"took_ms"`
		Reason   string    `json:"reason,omitempty"`
		Want     string    `json:"want,omitempty"`
		Got      string    `json:"got,omitempty"`
		Exchange *Exchange `json:"http,omitempty"`
		Hint     string    `json:"hint,omitempty"`
	}
	doc := struct {
		OK      bool     `json:"ok"`
		Passed  int      `json:"passed"`
		Failed  int      `json:"failed"`
		Skipped int      `json:"skipped"`
		Results []result `json:"results"`
	}{OK: r.OK(), Passed: r.Count(Passed), Failed: r.Count(Failed), Skipped: r.Count(Skipped), Results: []result{}}
	for _, x := range r.Results {
		doc.Results = append(doc.Results, result{
			x.Check, x.Outcome, x.Took.Milliseconds(), x.Reason, x.Want, x.Got, x.Exchange, x.Hint,
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(doc)
}
