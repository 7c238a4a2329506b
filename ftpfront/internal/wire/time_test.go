package wire

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for in, want := range map[string]time.Time{
		"20260304050607":           time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		"20260304050607.5":         time.Date(2026, 3, 4, 5, 6, 7, 5e8, time.UTC),
		"20260304050607.123456789": time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC),
		"20240229000000":           time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
	} {
		if got, err := ParseTime(in); err != nil || !got.Equal(want) {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "2026", "20261304050607", "20250229000000", "20260304240000", "20260304050607.", "20260304050607.1234567890",
		"20260304050607Z", "2026030405060", "a0260304050607", "20260304050607.x", "20260304050607,5", "-2260304050607",
	} {
		if got, err := ParseTime(in); err == nil {
			t.Errorf("ParseTime(%q) = %v, want an error", in, got)
		}
	}
}

func TestFormatTimeIsUTC(t *testing.T) {
	at := time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 2*3600))
	if got := FormatTime(at); got != "20251231230000" {
		t.Errorf("FormatTime(%v) = %q, want 20251231230000", at, got)
	}
}

// FuzzParseTime holds that a time that is read is written the same.
func FuzzParseTime(f *testing.F) {
	f.Add("20260304050607")
	f.Add("20260304050607.123")
	f.Add("00000101000000")
	f.Fuzz(func(t *testing.T, in string) {
		at, err := ParseTime(in)
		if err != nil {
			return
		}
		if got := FormatTime(at); got != in[:len(timeForm)] {
			t.Errorf("%q is read as %v and written as %q", in, at, got)
		}
	})
}
