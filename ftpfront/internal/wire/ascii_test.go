package wire

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestToNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"":          "",
		"a\nb\n":    "a\r\nb\r\n",
		"a\r\nb":    "a\r\nb",
		"\n\n":      "\r\n\r\n",
		"a\rb":      "a\rb",
		"\r\n\n":    "\r\n\r\n",
		"no end":    "no end",
		"a\r\r\nb":  "a\r\r\nb",
		"\r":        "\r",
		"x\n\r\n\r": "x\r\n\r\n\r",
	} {
		if got := readAll(t, ToNetwork(strings.NewReader(in))); got != want {
			t.Errorf("ToNetwork(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFromNetwork(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"a\r\nb\r\n": "a\nb\n",
		"a\nb":       "a\nb",
		"a\rb":       "a\rb",
		"a\r":        "a\r",
		"a\r\r\nb":   "a\r\nb",
		"\r\n\r\n":   "\n\n",
	} {
		if got := readAll(t, FromNetwork(strings.NewReader(in))); got != want {
			t.Errorf("FromNetwork(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNewlineReadersPassErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for name, convert := range map[string]func(io.Reader) io.Reader{"ToNetwork": ToNetwork, "FromNetwork": FromNetwork} {
		r := convert(io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(broken)))
		got, err := io.ReadAll(r)
		if err != broken || !bytes.HasPrefix(got, []byte("a")) {
			t.Errorf("%s: %q, %v; want the text before the error, and the error", name, got, err)
		}
		if _, err := r.Read(make([]byte, 1)); err != broken {
			t.Errorf("%s: error %v when read again, want it to stay", name, err)
		}
	}
}

// FuzzNewlines holds that text with LF ends survives the way out and back, that
// converting what is converted changes nothing, and that it does not matter in
// what pieces the bytes come or go.
func FuzzNewlines(f *testing.F) {
	f.Add([]byte("a\nb\r\nc\rd"))
	f.Add([]byte("\r\r\n\n\r"))
	f.Add(bytes.Repeat([]byte("0123456789abcde\n"), asciiChunk/8))
	f.Fuzz(func(t *testing.T, in []byte) {
		out := readAll(t, ToNetwork(bytes.NewReader(in)))
		back := readAll(t, FromNetwork(bytes.NewReader(in)))
		if text := string(in); !strings.Contains(text, "\r") {
			if again := readAll(t, FromNetwork(strings.NewReader(out))); again != text {
				t.Errorf("%q comes back as %q", text, again)
			}
		}
		if again := readAll(t, ToNetwork(strings.NewReader(out))); again != out {
			t.Errorf("ToNetwork twice: %q, then %q", out, again)
		}
		if got := readAll(t, iotest.OneByteReader(ToNetwork(iotest.OneByteReader(bytes.NewReader(in))))); got != out {
			t.Errorf("ToNetwork byte by byte: %q, at once %q", got, out)
		}
		if got := readAll(t, iotest.OneByteReader(FromNetwork(iotest.OneByteReader(bytes.NewReader(in))))); got != back {
			t.Errorf("FromNetwork byte by byte: %q, at once %q", got, back)
		}
		if got := readAll(t, FromNetwork(iotest.DataErrReader(bytes.NewReader(in)))); got != back {
			t.Errorf("FromNetwork with the end beside the last bytes: %q, want %q", got, back)
		}
	})
}
