package config

import (
	"strings"
	"testing"
	"time"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "1": 1, "512B": 512, "1KB": 1000, "1KiB": 1024, "2 mib": 2 << 20,
		"500MB": 500_000_000, "1GiB": 1 << 30, "8388607TiB": 8388607 << 40, "9223372036854775807": 1<<63 - 1,
	} {
		if got, err := parseSize(text); err != nil || got != want {
			t.Errorf("parseSize(%q): got %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "+1", "1.5GiB", "1G", "0x10", "1_000", "1GiB GiB", "8388608TiB", "9223372036854775808"} {
		if got, err := parseSize(text); err == nil {
			t.Errorf("parseSize(%q): got %d, want an error", text, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"listen", "passive", "login_timeout", "tls"}
	for word, want := range map[string]string{
		"lisen": "listen", "Listen": "listen", "loginTimeout": "login_timeout", "login-timeout": "login_timeout",
		"tsl": "", "tl": "tls", "zebra": "", "": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest(%q): got %q, want %q", word, got, want)
		}
	}
}

func FuzzSize(f *testing.F) {
	for _, text := range []string{"0", "1GiB", "500 MB", "1e9", "99999999999999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseSize(text)
		if err != nil {
			return
		}
		if n < 0 {
			t.Fatalf("parseSize(%q): got %d, below 0", text, n)
		}
		if again, err := parseSize(n.String()); err != nil || again != n {
			t.Fatalf("parseSize(%q): got %d, written %q and read back as %d, %v", text, n, n, again, err)
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, text := range []string{"0", "30s", "1h30m", "-1s", "1d", "9999999h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := parseDuration(text)
		if err != nil {
			return
		}
		if d < 0 {
			t.Fatalf("parseDuration(%q): got %v, below 0", text, d)
		}
		var positive time.Duration
		if err := duration(&positive, "").set(text); (err == nil) != (d > 0) {
			t.Fatalf("%q: is %v, but duration says %v", text, d, err)
		}
		if again, err := parseDuration(d.String()); err != nil || again != d {
			t.Fatalf("parseDuration(%q): got %v, read back as %v, %v", text, d, again, err)
		}
	})
}

func FuzzPorts(f *testing.F) {
	for _, text := range []string{"1", "50000-50099", "2-1", "0-1", "1-65536", "1-2-3", "-"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parsePorts(text)
		if err != nil {
			return
		}
		if r.First == 0 || r.Len() < 1 || !r.Contains(r.First) || !r.Contains(r.Last) {
			t.Fatalf("parsePorts(%q): got %v", text, r)
		}
		if again, err := parsePorts(r.String()); err != nil || again != r {
			t.Fatalf("parsePorts(%q): got %v, read back as %v, %v", text, r, again, err)
		}
	})
}

func FuzzExpand(f *testing.F) {
	for _, text := range []string{"", "a$$b", "${A}", "${A", "$A", "$${A}", "${A}${B}", "${}"} {
		f.Add(text, "value $ ${A}")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		lookup := func(name string) (string, bool) { return value, name == "A" }
		escaped := strings.ReplaceAll(text, "$", "$$")
		if got, err := expand(escaped, lookup); err != nil || got != text {
			t.Fatalf("expand(%q): got %q, %v; want %q", escaped, got, err, text)
		}
		if got, err := expand(escaped+"${A}", lookup); err != nil || got != text+value {
			t.Fatalf("expand(%q): got %q, %v; want %q", escaped+"${A}", got, err, text+value)
		}
		got, err := expand(text, lookup)
		if err == nil && !strings.Contains(text, "$") && got != text {
			t.Fatalf("expand(%q): got %q, want it unchanged", text, got)
		}
	})
}
