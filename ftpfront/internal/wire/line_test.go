package wire

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// readLines reads all lines that r gives; too long ones show as "<too long>".
func readLines(t *testing.T, r io.Reader) []string {
	t.Helper()
	l := NewLineReader(r)
	var lines []string
	for {
		s, err := l.ReadLine()
		switch {
		case errors.Is(err, ErrLineTooLong):
			s = "<too long>"
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatalf("ReadLine: %v", err)
		}
		lines = append(lines, s)
	}
}

func TestReadLine(t *testing.T) {
	longest := strings.Repeat("x", MaxLine)
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"CR LF", "NOOP\r\nQUIT\r\n", []string{"NOOP", "QUIT"}},
		{"LF alone", "NOOP\nQUIT\n", []string{"NOOP", "QUIT"}},
		{"CR inside stays", "A\rB\r\n", []string{"A\rB"}},
		{"only one CR goes", "A\r\r\n", []string{"A\r"}},
		{"empty line", "\r\n", []string{""}},
		{"cut last line is dropped", "NOOP\r\nDELE a", []string{"NOOP"}},
		{"longest", longest + "\r\nNOOP\r\n", []string{longest, "NOOP"}},
		{"longest with LF", longest + "\nNOOP\r\n", []string{longest, "NOOP"}},
		{"one too long", longest + "x\r\nNOOP\r\n", []string{"<too long>", "NOOP"}},
		{"one too long with LF", longest + "x\nNOOP\r\n", []string{"<too long>", "NOOP"}},
		{"much too long", strings.Repeat("x", 10*MaxLine) + "\r\nNOOP\r\n", []string{"<too long>", "NOOP"}},
		{"two too long", strings.Repeat(longest+"xy\r\n", 2) + "NOOP\r\n", []string{"<too long>", "<too long>", "NOOP"}},
		{"Telnet Synch before ABOR", "\xff\xf4\xffABOR\r\n", []string{"ABOR"}},
		{"Telnet Synch with its mark", "\xff\xf4\xff\xf2ABOR\r\n", []string{"ABOR"}},
		{"Telnet option", "\xff\xfd\x01NOOP\r\n", []string{"NOOP"}},
		{"doubled IAC is one byte", "DELE a\xff\xffb\r\n", []string{"DELE a\xffb"}},
		{"IAC at the end", "NOOP\xff\r\n", []string{"NOOP"}},
		{"option cut by the end", "NOOP\xff\xfd\r\n", []string{"NOOP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{
				"whole":              strings.NewReader(c.in),
				"one byte at a time": iotest.OneByteReader(strings.NewReader(c.in)),
				"halves":             iotest.HalfReader(strings.NewReader(c.in)),
			} {
				got := readLines(t, r)
				if strings.Join(got, "\x00") != strings.Join(c.want, "\x00") {
					t.Errorf("%s: got %d lines %.100q, want %d lines %.100q", how, len(got), got, len(c.want), c.want)
				}
			}
		})
	}
}

func TestReadLineGoesOnAfterTimeout(t *testing.T) {
	timeout := errors.New("timeout")
	r := &script{parts: []part{{"NO", nil}, {"", timeout}, {"OP\r\n", nil}}}
	l := NewLineReader(r)
	if _, err := l.ReadLine(); err != timeout {
		t.Fatalf("error %v, want the reader's", err)
	}
	if got, err := l.ReadLine(); got != "NOOP" || err != nil {
		t.Errorf("after the timeout: %q, %v; want NOOP", got, err)
	}
}

func TestReadLineGivesLargeBufferBack(t *testing.T) {
	l := NewLineReader(strings.NewReader(strings.Repeat("x", MaxLine) + "\r\n"))
	if _, err := l.ReadLine(); err != nil {
		t.Fatal(err)
	}
	if len(l.buf) != lineBuffer {
		t.Errorf("an idle reader holds %d bytes, want %d", len(l.buf), lineBuffer)
	}
}

// script is a reader that gives its parts one by one.
type script struct{ parts []part }

type part struct {
	text string
	err  error
}

func (s *script) Read(p []byte) (int, error) {
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	next := s.parts[0]
	s.parts = s.parts[1:]
	return copy(p, next.text), next.err
}

// FuzzReadLine holds that lines do not depend on how the bytes arrive, that
// none has a line end or is too long, and that what is read is a command or not,
// the same each time.
func FuzzReadLine(f *testing.F) {
	f.Add([]byte("USER ann\r\nPASS secret\r\n"))
	f.Add([]byte("\xff\xf4\xff\xf2ABOR\r\n"))
	f.Add([]byte("a\xff\xfb\nb\xff\xff\r\n"))
	f.Add([]byte(strings.Repeat("y", MaxLine+1) + "\nNOOP\r\n"))
	f.Add([]byte(strings.Repeat("y", MaxLine) + "\r\nNOOP\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		whole := readLines(t, strings.NewReader(string(in)))
		single := readLines(t, iotest.OneByteReader(strings.NewReader(string(in))))
		if strings.Join(whole, "\n") != strings.Join(single, "\n") || len(whole) != len(single) {
			t.Errorf("read at once %.200q, byte by byte %.200q", whole, single)
		}
		if want := strings.Count(string(in), "\n"); len(whole) != want {
			t.Errorf("%d lines of %d line ends", len(whole), want)
		}
		for _, line := range whole {
			if strings.Contains(line, "\n") || len(line) > MaxLine {
				t.Errorf("line %.100q of %d bytes", line, len(line))
			}
		}
	})
}
