package mapping

import (
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"
)

// Question is an FTP command as [Mapping.Explain] takes it.
type Question struct {
	// Text is the command as it was written.
	Text string
	Verb Verb
	// Path, and To of a rename, are absolute and clean.
	Path, To string
	// Offset is that of REST before the command.
	Offset int64
	// Time is that of MFMT.
	Time time.Time
	// Algorithm is the digest that is asked for.
	Algorithm string
}

// ftpVerbs are the verbs of FTP that a mapping answers.
var ftpVerbs = map[string]Verb{
	"RETR": Read, "STOR": Write, "STOU": Create, "APPE": Append,
	"LIST": List, "NLST": List, "MLSD": List,
	"MLST": Stat, "SIZE": Stat, "MDTM": Stat, "STAT": Stat, "CWD": Stat,
	"DELE": Delete, "MKD": MakeDir, "RMD": RemoveDir, "MFMT": SetTime, "AVBL": Space,
	"HASH": Hash, "XSHA256": Hash, "XSHA512": Hash, "XSHA1": Hash, "XSHA": Hash, "XMD5": Hash, "MD5": Hash, "XCRC": Hash,
}

// algorithmOf is the digest of a verb.
var algorithmOf = map[string]string{
	"HASH": "SHA-256", "XSHA256": "SHA-256", "XSHA512": "SHA-512", "XSHA1": "SHA-1", "XSHA": "SHA-1",
	"XMD5": "MD5", "MD5": "MD5", "XCRC": "CRC32",
}

// ParseCommands reads FTP commands, each a verb with its argument. REST is of the command
// after it, RNFR goes with the RNTO after it. Paths are taken from the root.
func ParseCommands(lines []string) ([]Question, error) {
	var questions []Question
	var before string // REST or RNFR
	var offset int64
	var from string
	for _, line := range lines {
		verb, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		verb = strings.ToUpper(verb)
		switch {
		case verb == "REST":
			n, err := strconv.ParseInt(arg, 10, 64)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("%s: want REST and a number of bytes", line)
			}
			before, offset = verb, n
			continue
		case verb == "RNFR" && arg != "":
			before, from = verb, absolute(arg)
			continue
		}
		q, err := newQuestion(line, verb, arg)
		if err != nil {
			return nil, err
		}
		if q.Verb == Rename {
			if before != "RNFR" {
				return nil, fmt.Errorf("%s: want RNFR and the old path before it", line)
			}
			q.Path, q.To, q.Text = from, q.Path, "RNFR "+from+", "+line
		}
		if before == "REST" {
			q.Offset, q.Text = offset, fmt.Sprintf("REST %d, %s", offset, line)
			if q.Verb == Write && offset > 0 {
				q.Verb = Append
			}
		}
		before = ""
		questions = append(questions, q)
	}
	if before != "" {
		return nil, fmt.Errorf("after %s, want the command that it is for", before)
	}
	return questions, nil
}

func newQuestion(line, verb, arg string) (Question, error) {
	q := Question{Text: line, Verb: ftpVerbs[verb], Algorithm: algorithmOf[verb]}
	if verb == "RNTO" {
		q.Verb = Rename
	}
	if q.Verb == "" {
		return q, fmt.Errorf("%s: no mapping answers %s; want a command such as 'RETR /a.txt', in quotes", line, verb)
	}
	switch {
	case q.Verb == List:
		for strings.HasPrefix(arg, "-") { // options, as ls has them
			_, arg, _ = strings.Cut(arg, " ")
		}
	case q.Verb == SetTime:
		stamp, rest, _ := strings.Cut(arg, " ")
		var err error
		if q.Time, err = time.Parse("20060102150405", stamp); err != nil {
			return q, fmt.Errorf("%s: want MFMT, a time such as 20260331220000, and a path", line)
		}
		arg = rest
	}
	if arg == "" && q.Verb != List && q.Verb != Space {
		return q, fmt.Errorf("%s: want a path after %s; put the command in quotes", line, verb)
	}
	q.Path = absolute(arg)
	return q, nil
}

// absolute is the clean path of an argument, from the root.
func absolute(arg string) string { return path.Clean("/" + arg) }
