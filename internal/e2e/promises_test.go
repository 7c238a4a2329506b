//go:build e2e

package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// store says how files are put to and got from a server; its paths are escaped.
type store struct {
	put func(path, body string) ask
	get func(path string) ask
	// list returns the names in a directory, which ends in a slash.
	list func(t *testing.T, dir string) []string
}

// escape encodes a path as AWS wants it: all but unreserved characters (RFC 3986,
// section 2.3) and slashes. Every other server takes that, too.
func escape(path string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~/", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// wantNames writes files of odd names into a directory, and wants to read each
// and to see it listed, but for those that the server refuses to write, hides from
// the listing, or both.
func (u *upstream) wantNames(t *testing.T, s store, dir string, spoilt ...string) {
	t.Helper()
	var listed []string
	for _, name := range oddNames {
		got := u.send(t, s.put(dir+escape(name), name))
		if got.status/100 == 2 {
			listed = append(listed, name)
			if back := u.want(t, s.get(dir+escape(name)), http.StatusOK); back.body != name {
				t.Errorf("%q has become %q", name, back.body)
			}
		} else if !slices.Contains(spoilt, name) {
			t.Errorf("write %q: status %d\n%s", name, got.status, got.body)
		}
	}
	names := s.list(t, dir)
	for _, name := range listed {
		if there, want := slices.Contains(names, name), !slices.Contains(spoilt, name); there != want {
			t.Errorf("%q is listed: %v, want %v", name, there, want)
		}
	}
}

// What a server makes of an upload that was cut in its middle.
type remains string

const (
	nothing remains = "nothing is stored and what was there stays"
	half    remains = "the half that came is stored"
)

// wantCut cuts an upload of a new file and one over an old file.
func (u *upstream) wantCut(t *testing.T, s store, dir string, want remains, change func(ask) ask) {
	t.Helper()
	const size = 400_000
	body := strings.Repeat("0123456789abcdef", size/16)
	u.send(t, s.put(dir+"old", "old"))
	for name, before := range map[string]string{"new": "", "old": "old"} {
		u.cut(t, change(s.put(dir+name, body)))
		got := u.send(t, s.get(dir+name))
		switch {
		case want == half && got.status == http.StatusOK && len(got.body) == size/2:
		case want == nothing && before == "" && got.status == http.StatusNotFound:
		case want == nothing && before != "" && got.body == before:
		default:
			t.Errorf("a cut upload of %s: status %d, %d bytes, want that %s", name, got.status, len(got.body), want)
		}
	}
}

// whole is an upload as it is, with its length.
func whole(a ask) ask { return a }
