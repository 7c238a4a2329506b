package wire

import (
	"strings"
	"testing"
)

func TestReplyAppend(t *testing.T) {
	for _, c := range []struct {
		reply Reply
		want  string
	}{
		{Reply{Code: OK, Text: "OK."}, "200 OK.\r\n"},
		{Reply{Code: OK}, "200 \r\n"},
		{Reply{Code: SystemStatus, Head: "Features:", Lines: []string{"SIZE", "211 End."}, Text: "End."}, "211-Features:\r\n SIZE\r\n 211 End.\r\n211 End.\r\n"},
		{Reply{Code: PathCreated, Text: "\"a\r\n230 Logged in.\" created."}, "257 \"a  230 Logged in.\" created.\r\n"},
		{Reply{Code: OK, Text: "a\x00b\xffc"}, "200 a b\xff\xffc\r\n"},
	} {
		if got := string(c.reply.Append(nil)); got != c.want {
			t.Errorf("%+v is written as %q, want %q", c.reply, got, c.want)
		}
	}
}

// FuzzReply holds that no text can end a reply early or forge another.
func FuzzReply(f *testing.F) {
	f.Add("Head", "line", "text")
	f.Add("", "", "a\r\n230 Logged in.")
	f.Add("x", "226 Done.\n226 Done.", "\xff\r")
	f.Fuzz(func(t *testing.T, head, line, text string) {
		r := Reply{Code: FileActionDone, Head: head, Lines: []string{line}, Text: text}
		lines := strings.Split(string(r.Append(nil)), "\r\n")
		want := 2 // the last is empty
		if head != "" {
			want = 4
		}
		if len(lines) != want || strings.ContainsAny(strings.Join(lines, ""), "\r\n\x00") {
			t.Fatalf("%+v is written as %d lines %q, want %d", r, len(lines), lines, want)
		}
		for i, l := range lines[:want-1] {
			if last := strings.HasPrefix(l, "250 "); last != (i == want-2) {
				t.Errorf("line %d of %q ends the reply: %v", i, lines, last)
			}
		}
	})
}
