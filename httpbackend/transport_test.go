package httpbackend

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/url"
	"strings"
	"testing"
)

// A name may lead anywhere: what counts is the address that it has led to.
func TestDialerSeesTheAddressOfAName(t *testing.T) {
	for _, address := range [][4]byte{{169, 254, 169, 254}, {169, 254, 0, 1}, {100, 100, 100, 200}} {
		d := newDialer(Options{})
		d.Resolver = resolverTo(address)
		c, err := d.DialContext(t.Context(), "tcp4", "files.example.:80")
		if err == nil {
			c.Close()
		}
		if !errors.Is(err, errForbidden) {
			t.Errorf("%v: %v", address, err)
		}
	}
}

// The dialer's resolver works: what is not link-local is dialled.
func TestDialerConnectsElsewhere(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := newDialer(Options{})
	d.Resolver = resolverTo([4]byte{127, 0, 0, 1})
	_, port, _ := net.SplitHostPort(l.Addr().String())
	c, err := d.DialContext(t.Context(), "tcp4", "files.example.:"+port)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if newDialer(Options{AllowMetadata: true}).Control != nil {
		t.Error("AllowMetadata allows nothing")
	}
}

// resolverTo gives every name one address.
func resolverTo(address [4]byte) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe() // no PacketConn: messages have their length before them (RFC 1035, section 4.2.2)
		go serveName(theirs, address)
		return ours, nil
	}}
}

// serveName answers the question of one DNS message with an address.
func serveName(c net.Conn, address [4]byte) {
	defer c.Close()
	query := make([]byte, 1024)
	n, err := c.Read(query)
	if err != nil || n < 14 {
		return
	}
	question := query[14:n]
	end := strings.IndexByte(string(question), 0) + 5 // name, type and class
	msg := append([]byte{query[2], query[3], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0}, question[:end]...)
	msg = append(msg, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4) // an address of the name above
	msg = append(msg, address[:]...)
	_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(msg))), msg...))
}

func TestMatchesOrigin(t *testing.T) {
	for _, c := range []struct {
		url, allowed string
		want         bool
	}{
		{"https://a.example/x", "https://a.example", true},
		{"https://A.EXAMPLE:443/x", "https://a.example", true},
		{"https://a.example:8443/x", "https://a.example", false},
		{"http://a.example/x", "https://a.example", false},
		{"https://b.a.example", "https://*.a.example", true},
		{"https://c.b.a.example", "https://*.a.example", true},
		{"https://a.example", "https://*.a.example", false},
		{"https://xa.example", "https://*.a.example", false},
		{"https://a.example.evil.example", "https://*.a.example", false},
		{"https://b.a.example:8443", "https://*.a.example:8443", true},
		{"https://b.a.example", "https://*.a.example:8443", false},
		{"http://b.a.example", "https://*.a.example", false},
		{"https://a.example", "same-origin", false},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := matchesOrigin(u, c.allowed); got != c.want {
			t.Errorf("%s of %s: %v", c.url, c.allowed, got)
		}
	}
}
