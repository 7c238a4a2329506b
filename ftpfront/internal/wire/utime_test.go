package wire

import (
	"strings"
	"testing"
	"time"
)

func TestParseUtime(t *testing.T) {
	at := func(h, m, s int) time.Time { return time.Date(2026, 11, 22, h, m, s, 0, time.UTC) }
	for _, c := range []struct {
		arg  string
		t    time.Time
		path string
		ok   bool
	}{
		{"20261122234601 a b.txt", at(23, 46, 1), "a b.txt", true},
		{"202611222346 a", at(23, 46, 0), "a", true},
		{"a b.txt 20261122010101 20261122020202 20261122030303 UTC", at(2, 2, 2), "a b.txt", true},
		{"a 202611220101 202611220202 202611220303 UTC", at(2, 2, 0), "a", true},
		{"20261122234601 20261122010101 20261122020202 20261122030303 UTC", at(2, 2, 2), "20261122234601", true},
		{"20261122234601 at 12 UTC", at(23, 46, 1), "at 12 UTC", true},
		{"20261122010101 20261122020202 20261122030303 UTC", at(1, 1, 1), "20261122020202 20261122030303 UTC", true},
		{"a 20261122010101 20261122020202 20261122030303", time.Time{}, "", false},
		{"20261122234601", time.Time{}, "", false},
		{"20261122234601 ", time.Time{}, "", false},
		{"a UTC", time.Time{}, "", false},
		{" UTC", time.Time{}, "", false},
		{"20261322234601 a", time.Time{}, "", false},
	} {
		got, path, err := ParseUtime(c.arg)
		if !got.Equal(c.t) || path != c.path || (err == nil) != c.ok {
			t.Errorf("ParseUtime(%q) = %v, %q, %v, want %v, %q", c.arg, got, path, err, c.t, c.path)
		}
	}
}

// FuzzParseUtime checks that both forms give back what they were made of.
func FuzzParseUtime(f *testing.F) {
	f.Add("a b", int64(1e9))
	f.Fuzz(func(t *testing.T, path string, sec int64) {
		ParseUtime(path) // does not panic
		when := time.Unix(sec, 0).UTC()
		if path == "" || when.Year() < 0 || when.Year() > 9999 || strings.HasSuffix(path, " UTC") {
			return
		}
		stamp := FormatTime(when)
		for _, arg := range []string{path + " " + stamp + " " + stamp + " " + stamp + " UTC", stamp + " " + path} {
			got, name, err := ParseUtime(arg)
			if err != nil || !got.Equal(when) || name != path {
				t.Errorf("ParseUtime(%q) = %v, %q, %v", arg, got, name, err)
			}
		}
	})
}
