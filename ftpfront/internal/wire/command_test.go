package wire

import (
	"strings"
	"testing"
)

func TestParseCommand(t *testing.T) {
	for in, want := range map[string]Command{
		"NOOP":                 {"NOOP", ""},
		"noop":                 {"NOOP", ""},
		"RETR a.txt":           {"RETR", "a.txt"},
		"RETR a b":             {"RETR", "a b"},
		"RETR  a ":             {"RETR", " a "},
		"  NOOP":               {"NOOP", ""},
		"PASS ":                {"PASS", ""},
		"":                     {},
		" ":                    {},
		"ABCDEFGHI":            {},
		"XSHA256 a":            {"XSHA256", "a"},
		"0NOP":                 {},
		"NOOP\tx":              {},
		"\x00NOOP":             {},
		"GET / HTTP/1.1":       {"GET", "/ HTTP/1.1"},
		"\x16\x03\x01\x02\x00": {}, // a TLS hello on a plain port
	} {
		if got := ParseCommand(in); got != want {
			t.Errorf("ParseCommand(%q) = %+v, want %+v", in, got, want)
		}
	}
}

// FuzzParseCommand holds that a command written out parses back to itself.
func FuzzParseCommand(f *testing.F) {
	for _, in := range []string{"RETR a.txt", "  noop", "PASS", "STOR  x ", "K\u017f\u0131 a"} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		c := ParseCommand(in)
		if c.Verb == "" {
			if c.Arg != "" {
				t.Errorf("ParseCommand(%q) has an argument %q and no verb", in, c.Arg)
			}
			return
		}
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		if strings.Trim(c.Verb, letters+"0123456789") != "" || !strings.Contains(letters, c.Verb[:1]) || len(c.Verb) > MaxVerb {
			t.Errorf("ParseCommand(%q) has verb %q", in, c.Verb)
		}
		if again := ParseCommand(c.Verb + " " + c.Arg); again != c {
			t.Errorf("%q parses to %+v, and that to %+v", in, c, again)
		}
	})
}
