package wire

import (
	"testing"
	"time"
)

func TestAppendUnix(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		entry UnixEntry
		want  string
	}{
		{UnixEntry{Perm: "rw-r--r--", Size: 42, ModTime: now.Add(-time.Hour), Name: "a b.txt"},
			"-rw-r--r-- 1 ftp ftp           42 Nov 22 11:00 a b.txt"},
		{UnixEntry{Dir: true, Perm: "rwxr-xr-x", Size: -1, ModTime: now.AddDate(-1, 0, 0), Name: "d"},
			"drwxr-xr-x 1 ftp ftp            0 Nov 22  2025 d"},
		{UnixEntry{Perm: "r--r--r--", Size: 1 << 50, Name: "x"},
			"-r--r--r-- 1 ftp ftp 1125899906842624 Jan  1  1970 x"},
		{UnixEntry{Perm: "r--r--r--", ModTime: now.AddDate(0, 0, 2), Name: "future"},
			"-r--r--r-- 1 ftp ftp            0 Nov 24  2026 future"},
	} {
		if got := string(AppendUnix(nil, c.entry, now)); got != c.want {
			t.Errorf("%+v is written as\n%q, want\n%q", c.entry, got, c.want)
		}
	}
}
