package main

import (
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
)

// proxyHeader is what a proxy says of a client.
func proxyHeader(client string) string {
	return fmt.Sprintf("PROXY TCP4 %s 203.0.113.1 40000 21\r\n", client)
}

// headed begins each connection with a header, as a proxy does.
func headed(client string) func(network, addr string) (net.Conn, error) {
	return func(network, addr string) (net.Conn, error) {
		conn, err := net.Dial(network, addr)
		if err != nil {
			return nil, err
		}
		if _, err := io.WriteString(conn, proxyHeader(client)); err != nil {
			conn.Close() // of no use
			return nil, err
		}
		return conn, nil
	}
}

func TestFilesPassThroughAProxy(t *testing.T) {
	w := newWorld(t, map[string]string{"ftp.proxy_protocol.trusted": "127.0.0.0/8,::1"})
	c, err := ftp.Dial(w.ftp, ftp.DialWithDialFunc(headed("192.0.2.7")))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Quit() // the test ends here
	if err := c.Login("ann", "right"); err != nil {
		t.Fatal(err)
	}
	if err := c.Stor("up.txt", strings.NewReader("hello")); err != nil {
		t.Fatal(err)
	}
	r, err := c.Retr("up.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close() // read to its end
	if got, err := io.ReadAll(r); string(got) != "hello" {
		t.Errorf("got %q (%v), want hello", got, err)
	}
}

func TestPassiveAddressByNetwork(t *testing.T) {
	w := newWorld(t, map[string]string{
		"ftp.proxy_protocol.trusted":       "127.0.0.1",
		"ftp.passive.address":              "198.51.100.1",
		"ftp.passive.addresses.0.networks": "192.0.2.0/24",
		"ftp.passive.addresses.0.address":  "auto",
		"ftp.passive.addresses.1.networks": "10.0.0.0/8,172.16.0.0/12",
		"ftp.passive.addresses.1.address":  "10.0.0.1",
	})
	for client, want := range map[string]string{
		"192.0.2.7": "203,0,113,1", "172.16.3.4": "10,0,0,1", "198.51.100.77": "198,51,100,1",
	} {
		conn, err := headed(client)("tcp", w.ftp)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(30 * time.Second)) // an error shows in the replies
		c := textproto.NewConn(conn)
		for _, step := range []struct {
			command string
			code    int
		}{{"", 220}, {"USER ann", 331}, {"PASS right", 230}, {"PASV", 227}} {
			if step.command != "" {
				if err := c.PrintfLine("%s", step.command); err != nil {
					t.Fatal(err)
				}
			}
			_, text, err := c.ReadResponse(step.code)
			if err != nil {
				t.Fatalf("%s: %s: %v", client, step.command, err)
			}
			if step.code == 227 && !strings.Contains(text, "("+want+",") {
				t.Errorf("%s: told %q, want %s", client, text, want)
			}
		}
	}
}
