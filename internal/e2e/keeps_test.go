//go:build e2e

package e2e

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/jlaffaye/ftp"
)

// TestPresetsKeep does what must not cost a file, on each of the real servers: some of
// them delete whatever lies below the URL that they are given.
func TestPresetsKeep(t *testing.T) {
	for _, s := range storages() {
		if s.readOnly {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			u := s.start(t)
			b, _ := serve(t, u.settings(s.backend))
			conn, err := ftp.Dial(net.JoinHostPort(b.host, b.port))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Quit() // what it answers changes nothing
			if err := conn.Login(user, password); err != nil {
				t.Fatal(err)
			}
			must := func(what string, err error) {
				t.Helper()
				if err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			refused := func(what string, err error) {
				t.Helper()
				if err == nil {
					t.Errorf("%s is allowed", what)
				}
			}
			const name = `/d/a b+%41;#ü.txt`
			must("MKD", conn.MakeDir("/d"))
			must("STOR", conn.Stor(name, strings.NewReader("kept")))
			refused("MKD of a folder that is there", conn.MakeDir("/d"))
			refused("MKD of a file's name", conn.MakeDir(name))
			must("a rename to itself", conn.Rename(name, name))
			refused("a file into itself", conn.Rename(name, name+"/x"))
			refused("a folder into itself", conn.Rename("/d", "/d/in"))
			refused("DELE of a folder", conn.Delete("/d"))
			refused("DELE of the root", conn.Delete("/"))
			refused("RMD of a full folder", conn.RemoveDir("/d"))
			refused("RMD of the root", conn.RemoveDir("/"))
			refused("RMD of a file", conn.RemoveDir(name))
			must("STOR of another", conn.Stor("/x", strings.NewReader("x")))
			refused("a file over a folder", conn.Rename("/x", "/d"))
			r, err := conn.Retr(name)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if content, err := io.ReadAll(r); err != nil || string(content) != "kept" {
				t.Errorf("read %q, %v", content, err)
			}
		})
	}
}
