package wire

import (
	"errors"
	"strings"
	"time"
)

// timeForm is the time-val of RFC 3659, section 2.3, without its fraction.
const timeForm = "20060102150405"

// ErrTime is the error for text that is no time-val.
var ErrTime = errors.New("not a time of the form YYYYMMDDHHMMSS[.sss]")

// FormatTime writes t in UTC to the second, as MDTM and the modify fact do.
func FormatTime(t time.Time) string { return t.UTC().Format(timeForm) }

// AppendTime appends what FormatTime writes.
func AppendTime(b []byte, t time.Time) []byte { return t.UTC().AppendFormat(b, timeForm) }

// ParseTime reads a time-val, always UTC.
func ParseTime(s string) (time.Time, error) {
	whole, frac, hasFrac := strings.Cut(s, ".")
	if len(whole) != len(timeForm) || hasFrac && (frac == "" || len(frac) > 9) {
		return time.Time{}, ErrTime
	}
	form := timeForm
	if hasFrac {
		form += "." + strings.Repeat("0", len(frac))
	}
	t, err := time.Parse(form, s)
	if err != nil {
		return time.Time{}, ErrTime
	}
	return t, nil
}

// ParseUtime reads the argument of SITE UTIME: "<time> <path>", or "<path>
// <accessed> <modified> <created> UTC" as ncftp and pure-ftpd have it, where the
// seconds may be left out. It returns the time of modification.
func ParseUtime(arg string) (t time.Time, path string, err error) {
	if rest, ok := strings.CutSuffix(arg, " UTC"); ok {
		var times [3]time.Time // from the last one on
		for i := range times {
			j := strings.LastIndexByte(rest, ' ')
			if j <= 0 {
				break
			}
			if times[i], err = parseUtimeStamp(rest[j+1:]); err != nil {
				break
			}
			rest = rest[:j]
			if i == len(times)-1 {
				return times[1], rest, nil
			}
		}
	}
	stamp, path, ok := strings.Cut(arg, " ")
	if t, err = parseUtimeStamp(stamp); err != nil || !ok || path == "" {
		return time.Time{}, "", ErrTime
	}
	return t, path, nil
}

func parseUtimeStamp(s string) (time.Time, error) {
	if len(s) == len(timeForm)-2 {
		s += "00"
	}
	return ParseTime(s)
}
