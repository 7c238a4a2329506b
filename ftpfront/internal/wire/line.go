package wire

import (
	"bytes"
	"errors"
	"io"
)

// MaxLine is the longest command line, in bytes, without its line end. RFC 959
// sets no limit; 4 KiB of path with room to spare is what peers accept.
const MaxLine = 8 << 10

// ErrLineTooLong is the error of LineReader.ReadLine for a line over MaxLine.
// The line has been passed over; the next call reads the next one.
var ErrLineTooLong = errors.New("command line too long")

// Telnet bytes (RFC 854) that may stand in a control connection (RFC 959,
// section 2.3).
const (
	telnetIAC  = 0xff
	telnetWill = 0xfb
	telnetDont = 0xfe
	telnetMin  = 0xf0 // the lowest Telnet command
)

// lineBuffer is the size of a LineReader's buffer at rest: enough for almost
// every command, small enough for ten thousand idle sessions.
const lineBuffer = 512

// LineReader reads command lines. A lone LF ends a line as CR LF does, because
// clients written by hand send it; Telnet commands are left out.
type LineReader struct {
	r          io.Reader
	buf        []byte // buf[start:end] is read but not consumed
	start, end int
	small      [lineBuffer]byte
}

// NewLineReader returns a LineReader on r.
func NewLineReader(r io.Reader) *LineReader {
	l := &LineReader{r: r}
	l.buf = l.small[:]
	return l
}

// ReadLine returns the next line without its end. It fails with ErrLineTooLong
// or with the error of the underlying reader; a last line without an end is
// dropped, since it may have been cut.
func (l *LineReader) ReadLine() (string, error) {
	tooLong := false
	for scanned := l.start; ; {
		for i := scanned; i < l.end; i++ {
			if l.buf[i] != '\n' {
				continue
			}
			line := bytes.TrimSuffix(l.buf[l.start:i], []byte("\r"))
			l.start = i + 1
			if tooLong || len(line) > MaxLine {
				l.rest()
				return "", ErrLineTooLong
			}
			s := clean(line)
			l.rest()
			return s, nil
		}
		if l.end-l.start > MaxLine+1 { // one more may be the CR of the line end
			tooLong, l.start, l.end = true, 0, 0
		}
		scanned = l.makeRoom()
		n, err := l.r.Read(l.buf[l.end:])
		l.end += n
		if n == 0 && err != nil {
			return "", err
		}
	}
}

// Buffered reports whether bytes have been read past the last line.
func (l *LineReader) Buffered() bool { return l.start < l.end }

// makeRoom leaves free space after l.end and returns where unscanned bytes begin.
func (l *LineReader) makeRoom() int {
	if l.start > 0 {
		copy(l.buf, l.buf[l.start:l.end])
		l.start, l.end = 0, l.end-l.start
	}
	if l.end == len(l.buf) {
		bigger := make([]byte, 2*len(l.buf))
		copy(bigger, l.buf[:l.end])
		l.buf = bigger
	}
	return l.end
}

// rest goes back to the small buffer when a large one is empty.
func (l *LineReader) rest() {
	if l.start < l.end {
		return
	}
	l.buf, l.start, l.end = l.small[:], 0, 0
}

// clean removes the Telnet commands from line. An IAC before an
// ordinary byte is dropped alone: the Data Mark of a Synch travels as urgent
// data and leaves its IAC behind.
func clean(line []byte) string {
	out := line[:0]
	for i := 0; i < len(line); i++ {
		c := line[i]
		if c != telnetIAC {
			out = append(out, c)
			continue
		}
		if i+1 == len(line) {
			break
		}
		switch next := line[i+1]; {
		case next == telnetIAC:
			out = append(out, telnetIAC)
			i++
		case next >= telnetWill && next <= telnetDont:
			i += 2
		case next >= telnetMin:
			i++
		}
	}
	return string(out)
}
