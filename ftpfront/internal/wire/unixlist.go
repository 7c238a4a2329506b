package wire

import (
	"strconv"
	"time"
)

// recent is the age up to which `ls -l` shows the time of day in place of the
// year: half a Gregorian year, as POSIX's ls does.
const recent = 365 * 24 * time.Hour / 2

// UnixEntry is one line of LIST. RFC 959 leaves its form open; every client
// reads the output of `ls -l`.
type UnixEntry struct {
	Dir     bool
	Perm    string    // nine letters, "rw-r--r--"
	Size    int64     // bytes; negative shows as 0
	ModTime time.Time // zero shows as the epoch
	Name    string
}

// AppendUnix appends e as an `ls -l` line without its line end. Times are in
// UTC; now decides between time of day and year.
func AppendUnix(b []byte, e UnixEntry, now time.Time) []byte {
	kind := byte('-')
	if e.Dir {
		kind = 'd'
	}
	b = append(append(b, kind), e.Perm...)
	b = append(b, " 1 ftp ftp "...)
	var digits [20]byte
	size := strconv.AppendInt(digits[:0], max(e.Size, 0), 10)
	for range 12 - len(size) {
		b = append(b, ' ')
	}
	b = append(append(b, size...), ' ')
	t := e.ModTime.UTC()
	if e.ModTime.IsZero() {
		t = time.Unix(0, 0).UTC()
	}
	if age := now.Sub(t); age > recent || age < -24*time.Hour {
		b = t.AppendFormat(b, "Jan _2  2006")
	} else {
		b = t.AppendFormat(b, "Jan _2 15:04")
	}
	return append(append(b, ' '), e.Name...)
}
