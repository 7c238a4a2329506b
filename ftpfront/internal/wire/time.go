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
