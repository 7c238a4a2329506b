package wire

import (
	"errors"
	"net/netip"
	"testing"
)

func TestParsePort(t *testing.T) {
	for in, want := range map[string]string{
		"127,0,0,1,4,1":       "127.0.0.1:1025",
		"192,168,1,2,255,255": "192.168.1.2:65535",
		"127, 0,0,1, 4,1":     "127.0.0.1:1025",
		"127,0,0,1,0,0":       "127.0.0.1:0",
		"127,0,0,1,4":         "",
		"127,0,0,1,4,1,9":     "",
		"256,0,0,1,4,1":       "",
		"-1,0,0,1,4,1":        "",
		"a,0,0,1,4,1":         "",
		"127,,0,1,4,1":        "",
		"+127,0,0,1,4,1":      "",
		"":                    "",
	} {
		got, err := ParsePort(in)
		if want == "" {
			if !errors.Is(err, ErrAddr) {
				t.Errorf("ParsePort(%q) = %v, %v; want ErrAddr", in, got, err)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("ParsePort(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
}

func TestParseExtendedPort(t *testing.T) {
	for in, want := range map[string]string{
		"|1|132.235.1.2|6275|":      "132.235.1.2:6275",
		"|2|1080::8:800:200C|5282|": "[1080::8:800:200c]:5282",
		"!1!127.0.0.1!1025!":        "127.0.0.1:1025",
		"|2|::ffff:127.0.0.1|5282|": "[::ffff:127.0.0.1]:5282",
	} {
		if got, err := ParseExtendedPort(in); err != nil || got.String() != want {
			t.Errorf("ParseExtendedPort(%q) = %v, %v; want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"":                            ErrAddr,
		"|":                           ErrAddr,
		"|1|127.0.0.1|1025":           ErrAddr,
		"|1|127.0.0.1|1025|x":         ErrAddr,
		"|1|127.0.0.1|0|":             ErrAddr,
		"|1|127.0.0.1|65536|":         ErrAddr,
		"|1|::1|1025|":                ErrAddr,
		"|2|127.0.0.1|1025|":          ErrAddr,
		"|2|fe80::1%eth0|1025|":       ErrAddr,
		"|1|localhost|1025|":          ErrAddr,
		"\x01" + "1\x01127.0.0.1\x01": ErrAddr,
		"|3|127.0.0.1|1025|":          ErrNetwork,
		"|0|127.0.0.1|1025|":          ErrNetwork,
		"||127.0.0.1|1025|":           ErrNetwork,
	} {
		if got, err := ParseExtendedPort(in); !errors.Is(err, want) {
			t.Errorf("ParseExtendedPort(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
}

// FuzzParsePort holds that an address written out parses back to itself.
func FuzzParsePort(f *testing.F) {
	f.Add("127,0,0,1,4,1")
	f.Add("1,2,3,4,5")
	f.Fuzz(func(t *testing.T, in string) {
		a, err := ParsePort(in)
		if err != nil {
			return
		}
		if again, err := ParsePort(FormatPort(a)); err != nil || again != a {
			t.Errorf("%q parses to %v, and %q to %v, %v", in, a, FormatPort(a), again, err)
		}
	})
}

// FuzzParseExtendedPort holds that an address written out parses back to itself,
// and that it is one that can be dialled.
func FuzzParseExtendedPort(f *testing.F) {
	f.Add("|1|132.235.1.2|6275|")
	f.Add("|2|1080::8:800:200C:417A|5282|")
	f.Add("1112.0.0.1150001")
	f.Fuzz(func(t *testing.T, in string) {
		a, err := ParseExtendedPort(in)
		if err != nil {
			return
		}
		if !a.Addr().IsValid() || a.Port() == 0 || a.Addr().Zone() != "" {
			t.Errorf("ParseExtendedPort(%q) = %v", in, a)
		}
		if again, err := ParseExtendedPort(FormatExtendedPort(a)); err != nil || again != a {
			t.Errorf("%q parses to %v, and %q to %v, %v", in, a, FormatExtendedPort(a), again, err)
		}
	})
}

func TestFormatPort(t *testing.T) {
	a := netip.MustParseAddrPort("[::ffff:10.1.2.3]:513")
	if got := FormatPort(a); got != "10,1,2,3,2,1" {
		t.Errorf("FormatPort(%v) = %q, want 10,1,2,3,2,1", a, got)
	}
}
