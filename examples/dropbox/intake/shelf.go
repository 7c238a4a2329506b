package intake

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"os"
)

// shelf is the folder where documents are laid down for whoever comes next. What
// has not come whole has a hidden name there.
type shelf struct{ root *os.Root }

// hiddenPrefix begins the names of what has not come whole.
const hiddenPrefix = ".part-"

// openShelf opens the folder dir and removes what an earlier service left half done.
func openShelf(dir string) (*shelf, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	left, err := fs.Glob(root.FS(), hiddenPrefix+"*")
	for _, name := range left {
		err = errors.Join(err, root.Remove(name))
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return &shelf{root}, nil
}

// part is a document on its way. Either keep or drop ends it.
type part struct {
	shelf *shelf
	name  string
	file  *os.File
	sum   hash.Hash
	bytes int64
}

func (s *shelf) begin() (*part, error) {
	name := hiddenPrefix + rand.Text()
	f, err := s.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("begin a document: %w", err)
	}
	return &part{shelf: s, name: name, file: f, sum: sha256.New()}, nil
}

// Write implements io.Writer.
func (p *part) Write(b []byte) (int, error) {
	n, err := p.file.Write(b)
	p.sum.Write(b[:n])
	p.bytes += int64(n)
	return n, err
}

// digest is the SHA-256 of what was written, in hexadecimal.
func (p *part) digest() string { return fmt.Sprintf("%x", p.sum.Sum(nil)) }

// seal makes what was written safe.
func (p *part) seal() error {
	err := errors.Join(p.file.Sync(), p.file.Close())
	p.file = nil
	return err
}

// keep gives a sealed part its name.
func (p *part) keep(ticket string) error {
	if err := p.shelf.root.Rename(p.name, ticket); err != nil {
		return fmt.Errorf("keep a document: %w", err)
	}
	p.name = ""
	return nil
}

// drop removes what was not kept. It may be called always, and more than once.
func (p *part) drop() error {
	if p.name == "" {
		return nil
	}
	var err error
	if p.file != nil {
		err = p.file.Close()
		p.file = nil
	}
	err = errors.Join(err, p.shelf.root.Remove(p.name))
	p.name = ""
	return err
}

// receive reads a document of at most limit bytes into p while inspect looks at it.
// What broke off on the way is told apart from what is wrong in itself.
func (p *part) receive(r io.Reader, limit int64, inspect inspector) error {
	body := &watched{r: io.LimitReader(r, limit+1)}
	err := inspect(io.TeeReader(body, p))
	// A sender who is refused too early may not hear why; what goes wrong here is in body.
	_, _ = io.Copy(io.Discard, body)
	switch {
	case body.err != nil:
		return &Problem{
			Title: "Cut short", Status: http.StatusBadRequest, Detail: "The document broke off before its end.", Cause: body.err,
		}
	case body.n > limit:
		return problem(http.StatusRequestEntityTooLarge, "Too large", "A document has at most %d bytes here.", limit)
	case err != nil:
		return err
	}
	return p.seal()
}

// watched counts, and remembers why reading failed.
type watched struct {
	r   io.Reader
	n   int64
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
