package verify

import (
	"errors"
	"io"
	"testing"
	"testing/iotest"
)

func TestDiffers(t *testing.T) {
	c := content{100_000, 1}
	longer := content{100_007, 1}
	other := io.MultiReader(content{40_000, 1}.reader(), content{60_000, 2}.reader())
	for _, x := range []struct {
		name string
		got  io.Reader
		want content
		says string
	}{
		{"same", iotest.HalfReader(c.reader()), c, ""},
		{"nothing", content{}.reader(), content{}, ""},
		{"nothing of something", content{}.reader(), c, "0 bytes only"},
		{"part", content{99_999, 1}.reader(), c, "99999 bytes only"},
		{"more", longer.reader(), c, "100007 bytes"},
		{"other", other, c, "100000 bytes, which differ from byte 40000 on"},
	} {
		got, err := differs(x.got, x.want.reader())
		if err != nil || got != x.says {
			t.Errorf("%s: %q, %v; want %q", x.name, got, err, x.says)
		}
	}
	if _, err := differs(c.cutShort(), c.reader()); !errors.Is(err, errCut) {
		t.Errorf("a reader that fails: %v, want %v", err, errCut)
	}
}
