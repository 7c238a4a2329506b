package verify

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// content is made up: no two blocks are alike, so that a part in the wrong place
// shows, and what begins with the same seed begins alike.
type content struct {
	size int64
	seed uint32
}

func (c content) String() string { return count(c.size) }

// count says a number of bytes.
func count(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// reader gives the content.
func (c content) reader() io.Reader {
	return io.LimitReader(&noise{x: c.seed*2654435761 + 1}, c.size)
}

// noise is an endless xorshift.
type noise struct{ x uint32 }

func (n *noise) Read(p []byte) (int, error) {
	for i := range p {
		n.x ^= n.x << 13
		n.x ^= n.x >> 17
		n.x ^= n.x << 5
		p[i] = byte(n.x >> 8)
	}
	return len(p), nil
}

// errCut is the error of an upload that is cut short.
var errCut = errors.New("the connection was lost (on purpose)")

// cutShort gives the content and then fails.
func (c content) cutShort() io.Reader { return io.MultiReader(c.reader(), failing{}) }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

// differs says in which way got is not want; empty: in none.
func differs(got, want io.Reader) (string, error) {
	g, w := bufio.NewReaderSize(got, 64<<10), bufio.NewReaderSize(want, 64<<10)
	for at := int64(0); ; at++ {
		a, errGot := g.ReadByte()
		b, errWant := w.ReadByte() // of made-up content: nil or io.EOF
		switch {
		case errGot != nil && errGot != io.EOF:
			return "", errGot
		case errGot != nil && errWant != nil:
			return "", nil
		case errGot != nil:
			return count(at) + " only", nil
		case errWant != nil:
			more, err := io.Copy(io.Discard, g)
			return count(at + 1 + more), err
		case a != b:
			more, err := io.Copy(io.Discard, g)
			return fmt.Sprintf("%s, which differ from byte %d on", count(at+1+more), at), err
		}
	}
}
