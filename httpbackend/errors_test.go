package httpbackend

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var ops = []storage.Op{
	storage.OpStat, storage.OpList, storage.OpRead, storage.OpWrite, storage.OpRename, storage.OpDelete,
	storage.OpMakeDir, storage.OpRemoveDir, storage.OpSetModTime,
}

func TestEveryStatusHasARow(t *testing.T) {
	table := statusTable()
	for status := 300; status < 600; status++ {
		if _, ok := table[status]; !ok && http.StatusText(status) != "" {
			t.Errorf("%d %s has no row", status, http.StatusText(status))
		}
	}
	for status := range table {
		if http.StatusText(status) == "" {
			t.Errorf("the row for %d is not of a status with a name", status)
		}
	}
}

func TestKindOfStatus(t *testing.T) {
	for _, c := range []struct {
		statuses []int
		op       storage.Op // empty: every operation
		want     storage.Kind
	}{
		{[]int{301, 302, 304, 307, 308}, "", storage.Internal},
		{[]int{400, 422}, "", storage.InvalidName},
		{[]int{401}, "", storage.Unauthenticated},
		{[]int{403}, "", storage.Denied},
		{[]int{404, 410}, "", storage.NotFound},
		{[]int{405, 501}, "", storage.Unsupported},
		{[]int{408, 425, 429, 503, 423}, "", storage.Busy},
		{[]int{409}, storage.OpWrite, storage.Conflict},
		{[]int{409}, storage.OpRename, storage.Conflict},
		{[]int{409}, storage.OpDelete, storage.Conflict},
		{[]int{409}, storage.OpMakeDir, storage.Exists},
		{[]int{409}, storage.OpRemoveDir, storage.NotEmpty},
		{[]int{409}, storage.OpList, storage.Busy},
		{[]int{409}, storage.OpRead, storage.Busy},
		{[]int{412, 428}, "", storage.Conflict},
		{[]int{402, 413}, "", storage.TooLarge},
		{[]int{416}, "", storage.BadRestart},
		{[]int{507}, "", storage.NoSpace},
		{[]int{502, 504}, "", storage.Unavailable},
		{[]int{500, 505, 599, 418, 499, 399}, "", storage.Internal},
	} {
		for _, status := range c.statuses {
			for _, op := range ops {
				if c.op != "" && c.op != op {
					continue
				}
				if got := kindOfStatus(status, op, false); got != c.want {
					t.Errorf("%d to %s is %v, want %v", status, op, got, c.want)
				}
			}
		}
	}
	if got := kindOfStatus(412, storage.OpWrite, true); got != storage.Exists {
		t.Errorf("412 to If-None-Match is %v", got)
	}
}

func TestKindNamesAreTheKindsOfMappings(t *testing.T) {
	var named []storage.Kind
	for _, name := range mapping.FaultKinds() {
		kind, ok := kindNames[name]
		if !ok {
			t.Errorf("%q is no kind here", name)
		}
		named = append(named, kind)
	}
	for _, kind := range storage.Kinds() {
		if !slices.Contains(named, kind) {
			t.Errorf("mappings cannot say %v", kind)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, "-5": 0, "1e3": 0, " 7": 0, "soon": 0, "99999999999999999999": 0,
		"2147483647":                    24 * time.Hour,
		"Sun, 22 Nov 2026 12:01:30 GMT": 90 * time.Second,
		"Sun, 22 Nov 2026 11:00:00 GMT": 0,
		"Sun, 22 Nov 2099 11:00:00 GMT": 24 * time.Hour,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q is %v, want %v", value, got, want)
		}
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "",
		"  a \r\n\t b  ":                "a b",
		"550 no\r\n226 done":            "550 no 226 done",
		"bell\a esc\x1b[2J nul\x00":     "bell esc[2J nul",
		"right\u202eleft\u200b":         "rightleft",
		"bad \xff utf8":                 "bad utf8",
		"Überweisung 日本":                "Überweisung 日本",
		strings.Repeat("ä", 300):        strings.Repeat("ä", 200),
		strings.Repeat("x", 199) + " y": strings.Repeat("x", 199),
	} {
		if got := oneLine(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestContentRange(t *testing.T) {
	for text, want := range map[string]contentRange{
		"bytes 0-0/1":                   {0, 0, 1},
		"bytes 5-9/10":                  {5, 9, 10},
		"bytes 5-9/*":                   {5, 9, -1},
		"bytes */10":                    {-1, -1, 10},
		"bytes 0-9/10 ":                 {},
		"bytes 5-4/10":                  {},
		"bytes 5-10/10":                 {},
		"bytes -5-9/10":                 {},
		"bytes +5-9/10":                 {},
		"bytes 5-/10":                   {},
		"bytes */*":                     {},
		"items 0-1/2":                   {},
		"":                              {},
		"bytes 0-9223372036854775807/*": {},
	} {
		got, ok := parseContentRange(text)
		if ok != (want != contentRange{}) || ok && got != want {
			t.Errorf("%q is %+v, %v", text, got, ok)
		}
	}
}

func FuzzOneLine(f *testing.F) {
	f.Add("a\r\nb")
	f.Add("\xff\u202e \u2028x")
	f.Fuzz(func(t *testing.T, text string) {
		got := oneLine(text)
		if utf8.RuneCountInString(got) > maxText || !utf8.ValidString(got) || strings.TrimSpace(got) != got {
			t.Errorf("%q becomes %q", text, got)
		}
		for _, r := range got {
			if !unicode.IsPrint(r) {
				t.Errorf("%q keeps %U", text, r)
			}
		}
		if again := oneLine(got); again != got {
			t.Errorf("%q becomes %q, then %q", text, got, again)
		}
	})
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 5-9/10")
	f.Add("bytes */10")
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := parseContentRange(text)
		if ok && r.first >= 0 && (r.last < r.first || r.size >= 0 && r.last >= r.size || r.last+1 < 0) {
			t.Errorf("%q is %+v", text, r)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("120")
	f.Add("Sun, 22 Nov 2026 12:01:30 GMT")
	f.Fuzz(func(t *testing.T, text string) {
		if d := retryAfter(text, time.Unix(0, 0)); d < 0 || d > maxRetryAfter {
			t.Errorf("%q is %v", text, d)
		}
	})
}
