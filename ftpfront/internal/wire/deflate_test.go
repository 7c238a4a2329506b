package wire

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func deflated(t testing.TB, content []byte, level int) []byte {
	t.Helper()
	b, err := io.ReadAll(Deflate(bytes.NewReader(content), level))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzDeflate checks that content comes back from its stream, and that no stream
// with an end cut off or with something behind it passes for whole.
func FuzzDeflate(f *testing.F) {
	f.Add([]byte("hello, hello, hello"), 6, 3)
	f.Add([]byte{}, 0, 1)
	f.Fuzz(func(t *testing.T, content []byte, level, cut int) {
		stream := deflated(t, content, int(uint(level)%10))
		got, err := io.ReadAll(Inflate(iotest.OneByteReader(bytes.NewReader(stream))))
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("got %q, %v, want %q", got, err, content)
		}
		part := stream[:int(uint(cut)%uint(len(stream)))]
		if _, err := io.ReadAll(Inflate(bytes.NewReader(part))); !errors.Is(err, ErrDeflate) || errors.Is(err, io.EOF) {
			t.Errorf("%d of %d bytes: error %v, want %v", len(part), len(stream), err, ErrDeflate)
		}
		if _, err := io.ReadAll(Inflate(bytes.NewReader(append(stream, 0)))); !errors.Is(err, ErrDeflate) {
			t.Errorf("a byte too many: error %v, want %v", err, ErrDeflate)
		}
		io.Copy(io.Discard, Inflate(bytes.NewReader(content))) // does not panic
	})
}

func TestDeflateIsReadByZlib(t *testing.T) {
	want := strings.Repeat("0123456789", 100<<10)
	z, err := zlib.NewReader(Deflate(iotest.HalfReader(strings.NewReader(want)), 6))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(z)
	if err != nil || string(got) != want {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, len(want))
	}
}

func TestDeflatePassesErrorsOn(t *testing.T) {
	broken := errors.New("broken")
	for name, r := range map[string]io.Reader{
		"deflate": Deflate(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 6),
		"inflate": Inflate(io.MultiReader(bytes.NewReader(deflated(t, make([]byte, 1000), 6)[:12]), iotest.ErrReader(broken))),
		"at once": Inflate(iotest.ErrReader(broken)),
		"behind":  Inflate(io.MultiReader(bytes.NewReader(deflated(t, nil, 6)), iotest.ErrReader(broken))),
	} {
		if _, err := io.ReadAll(r); !errors.Is(err, broken) {
			t.Errorf("%s: error %v, want %v", name, err, broken)
		}
	}
}
