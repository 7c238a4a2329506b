package verify

import (
	"bytes"
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
	const piece = 32 << 10
	var a, b [piece]byte
	first := int64(-1) // where they differ
	longer := false    // there it is that want ends
	for at := int64(0); ; {
		n, err := io.ReadFull(got, a[:])
		ended := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !ended {
			return "", err
		}
		m, _ := io.ReadFull(want, b[:]) // made-up content does not fail
		if same := commonPrefix(a[:n], b[:m]); first < 0 && (same < n || same < m) {
			first, longer = at+int64(same), same == m
		}
		at += int64(n)
		switch {
		case !ended:
		case first < 0:
			return "", nil
		case first == at:
			return count(at) + " only", nil
		case longer:
			return count(at), nil
		default:
			return fmt.Sprintf("%s, which differ from byte %d on", count(at), first), nil
		}
	}
}

// commonPrefix is the length of what a and b begin with alike.
func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}
