// Package proxyproto reads the header that a proxy puts before the bytes of a
// connection to say whose connection it is: the PROXY protocol of HAProxy,
// versions 1 and 2, for TCP over IPv4 and IPv6.
//
// It reads the header and not a byte more, so that the connection can be used
// as it is: splice, TCP_QUICKACK, resets all stay possible.
package proxyproto

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
)

// Section numbers are those of "The PROXY protocol", version 2.3, at
// https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt.
const (
	prefixV1    = "PROXY "
	signatureV2 = "\r\n\r\n\x00\r\nQUIT\n"

	// maxV1 is the longest header of version 1 (section 2.1).
	maxV1 = 107
	// minHeader is the shortest header: "PROXY UNKNOWN" with its line end. The
	// fixed part of version 2 is longer.
	minHeader = 15
	// fixedV2 is the length of the fixed part of version 2 (section 2.2).
	fixedV2 = 16
	// maxV2 bounds what follows the fixed part. The length field could say
	// 64 KiB; addresses and the extensions in use stay far below.
	maxV2 = 4 << 10
)

var (
	// ErrNone is the error for a connection that begins with something else.
	ErrNone = errors.New("no PROXY header")
	// ErrHeader is the error for a header that breaks the rules.
	ErrHeader = errors.New("broken PROXY header")
)

// Ends are the two ends of a client's connection.
type Ends struct {
	Client netip.AddrPort
	Server netip.AddrPort // what the client connected to
}

// Read reads one header. The zero Ends mean that the proxy speaks for itself
// (LOCAL) or does not know (UNKNOWN): the connection's own ends count then. It
// fails with ErrNone, ErrHeader or the error of r; how much of r was read then
// is not said.
func Read(r io.Reader) (Ends, error) {
	start, err := readStart(r)
	if err != nil {
		return Ends{}, err
	}
	if start[0] == prefixV1[0] {
		return readV1(r, start)
	}
	return readV2(r, start)
}

// readStart reads the first bytes, as many as every header has, and fails as
// soon as they cannot become one.
func readStart(r io.Reader) ([]byte, error) {
	b := make([]byte, 0, maxV1)
	for len(b) < minHeader {
		n, err := r.Read(b[len(b):minHeader])
		b = b[:len(b)+n]
		if !mayBegin(b, prefixV1) && !mayBegin(b, signatureV2) {
			return nil, ErrNone
		}
		if err != nil && len(b) < minHeader {
			return nil, err
		}
	}
	return b, nil
}

// mayBegin reports whether b begins with mark, as far as it goes.
func mayBegin(b []byte, mark string) bool {
	n := min(len(b), len(mark))
	return string(b[:n]) == mark[:n]
}

// readV1 reads the rest of a line byte by byte: what follows it is not ours.
func readV1(r io.Reader, line []byte) (Ends, error) {
	for !bytes.HasSuffix(line, []byte("\r\n")) {
		if len(line) == maxV1 {
			return Ends{}, fmt.Errorf("%w: line too long", ErrHeader)
		}
		line = line[:len(line)+1]
		if _, err := io.ReadFull(r, line[len(line)-1:]); err != nil {
			return Ends{}, err
		}
	}
	return parseV1(string(line[:len(line)-2]))
}

// parseV1 reads "PROXY TCP4 192.0.2.1 192.0.2.2 51234 21" (section 2.1).
func parseV1(line string) (Ends, error) {
	f := strings.Split(line, " ")
	if f[1] == "UNKNOWN" { // whatever follows is ignored
		return Ends{}, nil
	}
	if len(f) != 6 || f[1] != "TCP4" && f[1] != "TCP6" {
		return Ends{}, ErrHeader
	}
	client, okClient := parseEnd(f[2], f[4], f[1] == "TCP4")
	server, okServer := parseEnd(f[3], f[5], f[1] == "TCP4")
	if !okClient || !okServer {
		return Ends{}, ErrHeader
	}
	return Ends{Client: client, Server: server}, nil
}

func parseEnd(address, port string, is4 bool) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Is4() != is4 || a.Zone() != "" {
		return netip.AddrPort{}, false
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil || strconv.FormatUint(p, 10) != port {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a.Unmap(), uint16(p)), true
}

// readV2 reads the rest of a binary header (section 2.2).
func readV2(r io.Reader, fixed []byte) (Ends, error) {
	fixed = fixed[:fixedV2]
	if _, err := io.ReadFull(r, fixed[minHeader:]); err != nil {
		return Ends{}, err
	}
	length := binary.BigEndian.Uint16(fixed[14:])
	if length > maxV2 {
		return Ends{}, fmt.Errorf("%w: %d bytes long", ErrHeader, length)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return Ends{}, err
	}
	return parseV2(fixed[12], fixed[13], body)
}

// The values of the version, command, family and protocol (section 2.2).
const (
	v2Local  = 0x20
	v2Proxy  = 0x21
	v2TCP4   = 0x11
	v2TCP6   = 0x21
	v2Stream = 0x31 // a unix socket

	len4, len6 = 4, 16 // of an address, in bytes
)

// parseV2 reads the addresses at the front of body. Behind them may stand
// extensions (TLVs), which say nothing that is needed here.
func parseV2(command, family byte, body []byte) (Ends, error) {
	switch {
	case command == v2Local:
		return Ends{}, nil
	case command != v2Proxy:
		return Ends{}, fmt.Errorf("%w: version or command %#x", ErrHeader, command)
	case family>>4 == 0, family == v2Stream: // not known, or no address that could be
		return Ends{}, nil
	case family == v2TCP4:
		return cutEnds(body, len4)
	case family == v2TCP6:
		return cutEnds(body, len6)
	}
	return Ends{}, fmt.Errorf("%w: family or protocol %#x", ErrHeader, family)
}

func cutEnds(body []byte, n int) (Ends, error) {
	if len(body) < 2*n+4 {
		return Ends{}, fmt.Errorf("%w: addresses cut short", ErrHeader)
	}
	client, _ := netip.AddrFromSlice(body[:n]) // n is a length of addresses
	server, _ := netip.AddrFromSlice(body[n : 2*n])
	ports := body[2*n:]
	return Ends{
		Client: netip.AddrPortFrom(client.Unmap(), binary.BigEndian.Uint16(ports)),
		Server: netip.AddrPortFrom(server.Unmap(), binary.BigEndian.Uint16(ports[2:])),
	}, nil
}
