package wire

import "strings"

// MaxVerb is the longest verb, in letters and digits.
const MaxVerb = 8

// Command is a verb with its argument, as received.
type Command struct {
	Verb string // upper case, letters and digits; empty if the line had no valid verb
	Arg  string // everything after the first space; may have spaces at its ends
}

// ParseCommand splits a command line (RFC 959, section 5.3). Blanks before the
// verb are passed over.
func ParseCommand(line string) Command {
	line = strings.TrimLeft(line, " ")
	verb, arg, _ := strings.Cut(line, " ")
	if verb == "" || len(verb) > MaxVerb {
		return Command{}
	}
	for i := range len(verb) {
		c := verb[i]
		digit := c >= '0' && c <= '9' && i > 0 // XSHA256
		if c |= 0x20; !digit && (c < 'a' || c > 'z') {
			return Command{}
		}
	}
	return Command{Verb: strings.ToUpper(verb), Arg: arg}
}
