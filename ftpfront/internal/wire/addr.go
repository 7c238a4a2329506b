package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// ErrAddr is the error for an argument of PORT or EPRT that is no address.
var ErrAddr = errors.New("not an address")

// ErrNetwork is the error for an EPRT or EPSV network that is neither 1 (IPv4)
// nor 2 (IPv6); RFC 2428 answers it with 522.
var ErrNetwork = errors.New("network protocol not supported")

// ParsePort reads the six numbers of PORT (RFC 959, section 4.1.2).
func ParsePort(arg string) (netip.AddrPort, error) {
	fields := strings.Split(arg, ",")
	if len(fields) != 6 {
		return netip.AddrPort{}, ErrAddr
	}
	var b [6]byte
	for i, f := range fields {
		n, err := strconv.ParseUint(strings.TrimSpace(f), 10, 8)
		if err != nil {
			return netip.AddrPort{}, ErrAddr
		}
		b[i] = byte(n)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[:4])), uint16(b[4])<<8|uint16(b[5])), nil
}

// FormatPort writes an IPv4 address and port as the six numbers of PORT and
// PASV.
func FormatPort(a netip.AddrPort) string {
	ip, p := a.Addr().Unmap().As4(), a.Port()
	return fmt.Sprintf("%d,%d,%d,%d,%d,%d", ip[0], ip[1], ip[2], ip[3], p>>8, p&0xff)
}

// ParseExtendedPort reads the argument of EPRT, "|1|132.235.1.2|6275|"
// (RFC 2428, section 2). The delimiter is whatever comes first.
func ParseExtendedPort(arg string) (netip.AddrPort, error) {
	if len(arg) < 2 || arg[0] < 33 || arg[0] > 126 {
		return netip.AddrPort{}, ErrAddr
	}
	f := strings.Split(arg, arg[:1])
	if len(f) != 5 || f[4] != "" {
		return netip.AddrPort{}, ErrAddr
	}
	if f[1] != "1" && f[1] != "2" {
		return netip.AddrPort{}, ErrNetwork
	}
	ip, err := netip.ParseAddr(f[2])
	if err != nil || ip.Zone() != "" || ip.Is4() != (f[1] == "1") {
		return netip.AddrPort{}, ErrAddr
	}
	port, err := strconv.ParseUint(f[3], 10, 16)
	if err != nil || port == 0 {
		return netip.AddrPort{}, ErrAddr
	}
	return netip.AddrPortFrom(ip, uint16(port)), nil
}

// FormatExtendedPort writes the argument of EPRT.
func FormatExtendedPort(a netip.AddrPort) string {
	network := 2
	if a.Addr().Is4() {
		network = 1
	}
	return fmt.Sprintf("|%d|%s|%d|", network, a.Addr(), a.Port())
}
