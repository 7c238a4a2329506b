package main

import (
	"net/textproto"
	"strings"
	"testing"
)

// TestFactsComeFromTheStorage holds that what a storage service tells of its
// files reaches FTP clients, and what it does not tell is computed if wished.
func TestFactsComeFromTheStorage(t *testing.T) {
	for digests, want := range map[string]string{
		"storage": "502 Command not implemented.",
		"compute": "250 ",
	} {
		w := newWorld(t, map[string]string{"ftp.digests": digests, "ftp.hosts": "ftp.example"})
		c, err := textproto.Dial("tcp", w.ftp)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		for _, step := range []struct{ command, want string }{
			{"", "220 "},
			{"HOST other.example", "504 Unknown host."},
			{"HOST FTP.example", "220 Ready."},
			{"USER ann", "331 "},
			{"PASS right", "230 "},
			{"AVBL", "213 "},
			{"AVBL none", "550 "},
			{"XMD5 README.txt", want},
		} {
			if step.command != "" {
				if err := c.PrintfLine("%s", step.command); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := c.ReadLine(); err != nil || !strings.HasPrefix(got, step.want) {
				t.Errorf("ftp.digests %s: %s: %q, %v, want %q", digests, step.command, got, err, step.want)
			}
		}
	}
}
