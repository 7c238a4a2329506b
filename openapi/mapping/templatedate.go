package mapping

import (
	"fmt"
	"strings"
	"time"
)

// dateLayout is a layout of package time that has digits and punctuation only, so
// that every date has the same length and one form.
type dateLayout struct {
	fields []dateField
	// clock: the layout tells hours, minutes or seconds.
	clock bool
}

// dateField is a part of a layout: a unit, or literal text.
type dateField struct {
	unit rune // of dateUnits; 0 for literal text
	text string
}

// dateUnits are the parts of a layout and the least and greatest that they can be.
var dateUnits = []struct {
	text     string
	unit     rune
	low, top int
}{
	{"2006", 'Y', 0, 9999}, {"06", 'y', 0, 99}, {"01", 'M', 1, 12}, {"02", 'D', 1, 31},
	{"15", 'h', 0, 23}, {"04", 'm', 0, 59}, {"05", 's', 0, 59},
}

// layoutLiterals may stand between the parts of a layout. T and Z are those of
// ISO 8601; all times are in UTC.
const layoutLiterals = "-_.,:;+~=@#!' TZ"

// civil is a date with a time of day, in UTC.
type civil struct{ year, month, day, hour, minute, second int }

func parseLayout(layout string) (dateLayout, error) {
	var l dateLayout
	seen := ""
	for rest := layout; rest != ""; {
		f := dateField{text: rest[:1]}
		for _, u := range dateUnits {
			if strings.HasPrefix(rest, u.text) {
				f = dateField{unit: u.unit, text: u.text}
				break
			}
		}
		if f.unit == 0 && !strings.Contains(layoutLiterals, f.text) {
			return l, fmt.Errorf("layout %q: %q is none of 2006 06 01 02 15 04 05 and punctuation; "+
				"what has no fixed length, such as the name of a month, cannot be used", layout, f.text)
		}
		if f.unit != 0 && strings.ContainsRune(seen, f.unit) {
			return l, fmt.Errorf("layout %q: %s is there twice", layout, f.text)
		}
		if f.unit != 0 {
			seen += string(f.unit)
		}
		l.fields, rest = append(l.fields, f), rest[len(f.text):]
	}
	if strings.ContainsRune(seen, 'Y') == strings.ContainsRune(seen, 'y') {
		return l, fmt.Errorf("layout %q: want the year, as 2006 or 06", layout)
	}
	if strings.ContainsRune(seen, 'D') && !strings.ContainsRune(seen, 'M') {
		return l, fmt.Errorf("layout %q: a day needs its month, 01", layout)
	}
	l.clock = strings.ContainsAny(seen, "hms")
	return l, nil
}

// parse reads text if it is a date as the layout would write it.
func (l *dateLayout) parse(text []byte) (civil, bool) {
	d := civil{month: 1, day: 1}
	for _, f := range l.fields {
		if len(text) < len(f.text) {
			return d, false
		}
		part := text[:len(f.text)]
		text = text[len(f.text):]
		if f.unit == 0 {
			if string(part) != f.text {
				return d, false
			}
			continue
		}
		n := 0
		for _, c := range part {
			if !isDigit(c) {
				return d, false
			}
			n = n*10 + int(c-'0')
		}
		d.set(f.unit, n)
	}
	return d, len(text) == 0 && d.real()
}

func (d *civil) set(unit rune, n int) {
	switch unit {
	case 'Y':
		d.year = n
	case 'y': // as package time and POSIX have it
		if d.year = 2000 + n; n >= 69 {
			d.year = 1900 + n
		}
	case 'M':
		d.month = n
	case 'D':
		d.day = n
	case 'h':
		d.hour = n
	case 'm':
		d.minute = n
	case 's':
		d.second = n
	}
}

func (d *civil) get(unit rune) int {
	switch unit {
	case 'Y':
		return d.year
	case 'y':
		return d.year % 100
	case 'M':
		return d.month
	case 'D':
		return d.day
	case 'h':
		return d.hour
	case 'm':
		return d.minute
	}
	return d.second
}

// real reports whether there is such a day and time.
func (d *civil) real() bool {
	if d.month < 1 || d.month > 12 || d.day < 1 || d.hour > 23 || d.minute > 59 || d.second > 59 {
		return false
	}
	return d.day <= 28 || d.day <= time.Date(d.year, time.Month(d.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func civilOf(t time.Time) civil {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return civil{year, int(month), day, hour, minute, second}
}

// append writes d by the layout. What the layout does not tell is dropped; a year
// that it cannot tell is an error.
func (l *dateLayout) append(dst []byte, d civil) ([]byte, error) {
	for _, f := range l.fields {
		if f.unit == 0 {
			dst = append(dst, f.text...)
			continue
		}
		if d.year < 0 || d.year > 9999 || f.unit == 'y' && (d.year < 1969 || d.year > 2068) {
			return dst, fmt.Errorf("the layout cannot tell the year %d", d.year)
		}
		dst = appendPadded(dst, int64(d.get(f.unit)), len(f.text))
	}
	return dst, nil
}

// canonical is the value of a variable.
func (d *civil) canonical(clock bool) string {
	t := time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.second, 0, time.UTC)
	if clock {
		return t.Format(time.RFC3339)
	}
	return t.Format(time.DateOnly)
}
