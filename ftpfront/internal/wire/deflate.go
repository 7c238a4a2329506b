package wire

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
)

// ErrDeflate is the error of Inflate for content that is no whole zlib stream,
// or more than one.
var ErrDeflate = errors.New("not a whole zlib stream")

// deflateChunk is how much content the readers of MODE Z handle at a time.
const deflateChunk = 32 << 10

// Deflate returns a reader that gives the content of r as one zlib stream (RFC
// 1950), the form of MODE Z on the wire (draft-preston-ftpext-deflate). level is
// from 0 to 9.
func Deflate(r io.Reader, level int) io.Reader {
	d := &deflater{src: r}
	d.z, d.err = zlib.NewWriterLevel(&d.out, level)
	return d
}

type deflater struct {
	src io.Reader
	z   *zlib.Writer
	out bytes.Buffer // compressed and not yet given
	in  []byte
	err error // given once out is empty
}

func (d *deflater) Read(p []byte) (int, error) {
	for d.out.Len() == 0 {
		if d.err != nil {
			return 0, d.err
		}
		if d.in == nil {
			d.in = make([]byte, deflateChunk)
		}
		n, err := d.src.Read(d.in)
		d.z.Write(d.in[:n]) // a bytes.Buffer takes everything
		if d.err = err; err == io.EOF {
			d.z.Close() // as above
		}
	}
	return d.out.Read(p)
}

// Inflate returns a reader that gives the content of the zlib stream in r. It
// gives io.EOF when the stream has ended with its checksum and r has ended right
// behind it; a stream that ends early, is damaged or is followed by more fails
// with ErrDeflate. Other errors of r pass through.
func Inflate(r io.Reader) io.Reader { return &inflater{src: bufio.NewReaderSize(r, deflateChunk)} }

type inflater struct {
	src *bufio.Reader
	z   io.Reader // nil before the header is read
	err error
}

func (f *inflater) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	if f.z == nil {
		if f.z, f.err = zlib.NewReader(f.src); f.err != nil {
			f.err = brokenStream(f.err)
			return 0, f.err
		}
	}
	n, err := f.z.Read(p)
	switch {
	case err == io.EOF:
		f.err = f.end()
	case err != nil:
		f.err = brokenStream(err)
	}
	return n, f.err
}

// end looks at what follows the stream: nothing may.
func (f *inflater) end() error {
	_, err := f.src.ReadByte()
	if err == nil {
		return ErrDeflate
	}
	return err
}

// brokenStream tells damage of the stream from an error of its source.
func brokenStream(err error) error {
	var corrupt flate.CorruptInputError
	switch {
	case err == io.EOF, err == io.ErrUnexpectedEOF: // nobody may take it for the end
		return ErrDeflate
	case errors.As(err, &corrupt),
		err == zlib.ErrHeader, err == zlib.ErrChecksum, err == zlib.ErrDictionary:
		return fmt.Errorf("%w: %w", ErrDeflate, err)
	}
	return err
}
