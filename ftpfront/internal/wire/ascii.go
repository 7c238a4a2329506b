package wire

import (
	"bytes"
	"io"
)

// asciiChunk is how much content the newline readers convert at a time.
const asciiChunk = 32 << 10

// ToNetwork returns a reader that gives the text of r with every line end as
// CR LF, the form of TYPE A on the wire (RFC 959, section 3.1.1.1). A line end
// that is CR LF already stays as it is.
func ToNetwork(r io.Reader) io.Reader { return &newlineReader{src: r, convert: toNetwork} }

// FromNetwork returns a reader that gives the text of r with every CR LF as LF.
// A CR that no LF follows is kept.
func FromNetwork(r io.Reader) io.Reader { return &newlineReader{src: r, convert: fromNetwork} }

// newlineReader converts chunk by chunk. last is the last byte of the chunk
// before, for line ends that straddle two.
type newlineReader struct {
	src     io.Reader
	convert func(out, in []byte, last byte, end bool) (converted []byte, newLast byte)
	in, out []byte
	pending []byte // the part of out not yet given
	last    byte
	err     error
}

func (n *newlineReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(n.pending) == 0 {
		if n.err != nil {
			return 0, n.err
		}
		if n.in == nil {
			n.in = make([]byte, asciiChunk)
		}
		k, err := n.src.Read(n.in)
		n.err = err
		n.pending, n.last = n.convert(n.out[:0], n.in[:k], n.last, err == io.EOF)
		n.out = n.pending
	}
	k := copy(p, n.pending)
	n.pending = n.pending[k:]
	return k, nil
}

func toNetwork(out, in []byte, last byte, _ bool) ([]byte, byte) {
	for len(in) > 0 {
		i := bytes.IndexByte(in, '\n')
		if i < 0 {
			return append(out, in...), in[len(in)-1]
		}
		if i > 0 {
			last = in[i-1]
		}
		out = append(out, in[:i]...)
		if last != '\r' {
			out = append(out, '\r')
		}
		out, last, in = append(out, '\n'), '\n', in[i+1:]
	}
	return out, last
}

// fromNetwork holds back a CR at the end of a chunk until it is known whether
// an LF follows: last is '\r' exactly while one is held.
func fromNetwork(out, in []byte, last byte, end bool) ([]byte, byte) {
	held := last == '\r'
	for _, c := range in {
		if held && c != '\n' {
			out = append(out, '\r')
		}
		held = c == '\r'
		if !held {
			out = append(out, c)
		}
	}
	if held && end {
		return append(out, '\r'), 0
	}
	if held {
		return out, '\r'
	}
	return out, 0
}
