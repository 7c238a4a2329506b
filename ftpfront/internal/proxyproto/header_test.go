package proxyproto

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
)

// v2 makes a header of version 2.
func v2(command, family byte, body ...byte) string {
	b := append([]byte(signatureV2), command, family)
	return string(append(binary.BigEndian.AppendUint16(b, uint16(len(body))), body...))
}

// body4 and body6 are the addresses of 192.0.2.1:51234 → 192.0.2.2:21, and of
// [2001:db8::1]:51234 → [2001:db8::2]:21.
var (
	body4 = []byte{192, 0, 2, 1, 192, 0, 2, 2, 0xc8, 0x22, 0, 21}
	body6 = []byte("\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
		"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\xc8\x22\x00\x15")
)

func ends(client, server string) Ends {
	return Ends{Client: netip.MustParseAddrPort(client), Server: netip.MustParseAddrPort(server)}
}

func TestRead(t *testing.T) {
	four := ends("192.0.2.1:51234", "192.0.2.2:21")
	six := ends("[2001:db8::1]:51234", "[2001:db8::2]:21")
	tlv := []byte{0x04, 0, 3, 'a', 'b', 'c'}
	for name, c := range map[string]struct {
		in   string
		want Ends
		err  error
	}{
		"v1 IPv4":              {in: "PROXY TCP4 192.0.2.1 192.0.2.2 51234 21\r\n", want: four},
		"v1 IPv6":              {in: "PROXY TCP6 2001:db8::1 2001:db8::2 51234 21\r\n", want: six},
		"v1 IPv4 in IPv6":      {in: "PROXY TCP6 ::ffff:192.0.2.1 ::ffff:192.0.2.2 51234 21\r\n", want: four},
		"v1 unknown":           {in: "PROXY UNKNOWN\r\n"},
		"v1 unknown with rest": {in: "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"},
		"v1 longest":           {in: "PROXY UNKNOWN " + strings.Repeat("x", maxV1-16) + "\r\n"},
		"v1 too long":          {in: "PROXY UNKNOWN " + strings.Repeat("x", maxV1-15) + "\r\n", err: ErrHeader},
		"v1 other family":      {in: "PROXY TCP4 2001:db8::1 2001:db8::2 51234 21\r\n", err: ErrHeader},
		"v1 zone":              {in: "PROXY TCP6 fe80::1%eth0 fe80::2 51234 21\r\n", err: ErrHeader},
		"v1 port":              {in: "PROXY TCP4 192.0.2.1 192.0.2.2 65536 21\r\n", err: ErrHeader},
		"v1 port with zero":    {in: "PROXY TCP4 192.0.2.1 192.0.2.2 051234 21\r\n", err: ErrHeader},
		"v1 two blanks":        {in: "PROXY TCP4  192.0.2.1 192.0.2.2 51234 21\r\n", err: ErrHeader},
		"v1 bare LF":           {in: "PROXY TCP4 192.0.2.1 192.0.2.2 51234 21\nUSER a\r\n", err: ErrHeader},
		"v1 cut":               {in: "PROXY TCP4 192.0.2.1 192.0", err: io.EOF},
		"v2 IPv4":              {in: v2(0x21, 0x11, body4...), want: four},
		"v2 IPv6":              {in: v2(0x21, 0x21, body6...), want: six},
		"v2 with extensions":   {in: v2(0x21, 0x11, append(body4[:12:12], tlv...)...), want: four},
		"v2 local":             {in: v2(0x20, 0x00)},
		"v2 local with family": {in: v2(0x20, 0x11, body4...)},
		"v2 unspecified":       {in: v2(0x21, 0x00, tlv...)},
		"v2 unix":              {in: v2(0x21, 0x31, make([]byte, 216)...)},
		"v2 datagram":          {in: v2(0x21, 0x12, body4...), err: ErrHeader},
		"v2 unknown command":   {in: v2(0x22, 0x11, body4...), err: ErrHeader},
		"v2 version 1":         {in: v2(0x11, 0x11, body4...), err: ErrHeader},
		"v2 addresses cut":     {in: v2(0x21, 0x11, body4[:11]...), err: ErrHeader},
		"v2 too long":          {in: v2(0x21, 0x11, make([]byte, maxV2+1)...), err: ErrHeader},
		"v2 cut":               {in: v2(0x21, 0x11, body4...)[:20], err: io.ErrUnexpectedEOF},
		"nothing":              {in: "", err: io.EOF},
		"a command":            {in: "USER ann\r\n", err: ErrNone},
		"a TLS handshake":      {in: "\x16\x03\x01", err: ErrNone},
		"a verb like it":       {in: "PROXX", err: ErrNone},
	} {
		t.Run(name, func(t *testing.T) {
			const rest = "USER ann\r\n"
			r := bytes.NewBufferString(c.in)
			if c.err == nil {
				r.WriteString(rest)
			}
			got, err := Read(iotest.OneByteReader(r))
			if !errors.Is(err, c.err) || got != c.want {
				t.Fatalf("got %v, %v; want %v, %v", got, err, c.want, c.err)
			}
			if c.err == nil && r.String() != rest {
				t.Errorf("left for the session: got %q, want %q", r, rest)
			}
		})
	}
}

// FuzzRead holds that a header that is read, written again in both versions,
// reads as the same, and that no byte behind it is taken.
func FuzzRead(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.1 192.0.2.2 51234 21\r\n220"))
	f.Add([]byte("PROXY UNKNOWN\r\n"))
	f.Add([]byte(v2(0x21, 0x21, body6...)))
	f.Add([]byte(v2(0x21, 0x11, body4...)))
	f.Fuzz(func(t *testing.T, in []byte) {
		r := bytes.NewReader(in)
		e, err := Read(r)
		if err != nil {
			return
		}
		if taken := len(in) - r.Len(); taken > fixedV2+maxV2 {
			t.Errorf("took %d bytes", taken)
		}
		if !e.Client.IsValid() || e.Client.Addr().Is4() != e.Server.Addr().Is4() {
			return // nothing said, or an IPv4-in-IPv6 form at one end
		}
		for _, again := range [][]byte{formatV1(e), formatV2(e)} {
			got, err := Read(bytes.NewReader(again))
			if err != nil || got != e {
				t.Errorf("%q: got %v, %v; want %v", again, got, err, e)
			}
		}
	})
}

func formatV1(e Ends) []byte {
	family := "TCP6"
	if e.Client.Addr().Is4() {
		family = "TCP4"
	}
	return fmt.Appendf(nil, "PROXY %s %s %s %d %d\r\n", family,
		e.Client.Addr(), e.Server.Addr(), e.Client.Port(), e.Server.Port())
}

func formatV2(e Ends) []byte {
	family := byte(v2TCP6)
	if e.Client.Addr().Is4() {
		family = v2TCP4
	}
	body := append(e.Client.Addr().AsSlice(), e.Server.Addr().AsSlice()...)
	body = binary.BigEndian.AppendUint16(body, e.Client.Port())
	body = binary.BigEndian.AppendUint16(body, e.Server.Port())
	return []byte(v2(v2Proxy, family, body...))
}
