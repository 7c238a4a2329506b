package intake

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"
)

// Limits of a drop, in bytes.
const (
	maxDrop  = 16 << 20 // larger documents come by /uploads
	maxField = 200
	maxKey   = 200
)

// form is a drop as it is read, part by part.
type form struct {
	receipt // name and sender
	part    *part
	seen    []string
}

// drop answers POST /drops. The ticket goes out once the document is safe. Whoever
// heard no answer sends the document again with the same Idempotency-Key, and gets
// the ticket of the first time.
func (s *Service) drop(c echo.Context) error {
	key := c.Request().Header.Get("Idempotency-Key")
	if len(key) > maxKey {
		return problem(http.StatusBadRequest, "Bad key", "An idempotency key has at most %d bytes.", maxKey)
	}
	f := &form{}
	defer func() {
		if f.part != nil {
			s.discard(f.part)
		}
	}()
	if err := s.readForm(f, c.Request()); err != nil {
		return err
	}
	r, err := s.desk.take(key, f.receipt, f.part, s.now().UTC())
	if errors.Is(err, errOtherDocument) {
		return unfit("Key in use", "The idempotency key was used for another document.")
	}
	if err != nil {
		return err
	}
	return c.JSON(http.StatusAccepted, map[string]string{"ticket": r.Ticket})
}

// readForm reads the parts in whatever order they come, up to the closing boundary:
// a form that lacks it was cut short (RFC 2046, section 5.1.1).
func (s *Service) readForm(f *form, r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return problem(http.StatusUnsupportedMediaType, "Not a form", "A drop is multipart/form-data.")
	}
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return f.complete()
		}
		if err != nil {
			return &Problem{Title: "Cut short", Status: http.StatusBadRequest, Detail: "The form broke off before its end.", Cause: err}
		}
		if slices.Contains(f.seen, p.FormName()) {
			return unfit("Not a drop", "The form has %.40q twice.", p.FormName())
		}
		f.seen = append(f.seen, p.FormName())
		if err := s.readPart(f, p); err != nil {
			return err
		}
	}
}

func (s *Service) readPart(f *form, p *multipart.Part) (err error) {
	switch p.FormName() {
	case "document":
		return s.readDocument(f, p)
	case "partner":
		f.Partner, err = readField(p)
	case "user":
		f.User, err = readField(p)
	default:
		err = unfit("Not a drop", "The form has an unknown field %.40q.", p.FormName())
	}
	return err
}

func (s *Service) readDocument(f *form, p *multipart.Part) error {
	inspect, err := inspectorOf(p.FileName())
	if err != nil {
		return err
	}
	f.Name = p.FileName()
	if f.part, err = s.shelf.begin(); err != nil {
		return err
	}
	return f.part.receive(p, maxDrop, inspect)
}

func readField(p *multipart.Part) (string, error) {
	text, err := io.ReadAll(io.LimitReader(p, maxField+1))
	if err != nil {
		return "", &Problem{Title: "Cut short", Status: http.StatusBadRequest, Detail: "The form broke off before its end.", Cause: err}
	}
	if len(text) == 0 || len(text) > maxField || strings.ContainsFunc(string(text), unicode.IsControl) {
		return "", unfit("Not a drop", "%s: want 1 to %d bytes of text.", p.FormName(), maxField)
	}
	return string(text), nil
}

// complete checks that nothing is missing.
func (f *form) complete() error {
	for _, name := range []string{"document", "partner", "user"} {
		if !slices.Contains(f.seen, name) {
			return unfit("Not a drop", "The form has no field %q.", name)
		}
	}
	return nil
}
