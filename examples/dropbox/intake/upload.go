package intake

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/labstack/echo/v4"
)

// Limits of uploads.
const (
	maxUpload     = 1 << 30 // bytes
	maxOpen       = 10_000
	uploadExpires = time.Hour
	maxJSON       = 64 << 10 // bytes
)

// uploads are those that were begun. The key signs their URLs.
type uploads struct {
	mu   sync.Mutex
	open map[string]*upload
	key  []byte
}

// upload is a large document on its way: begun, put, complete. Its fields belong to
// the lock of uploads.
type upload struct {
	receipt       // name and user; all of it once complete
	part    *part // what was put last; nil before
	expires time.Time
}

func (u *upload) complete() bool { return u.Ticket != "" }

// readJSON reads a body into v. Unknown members are refused.
func readJSON(c echo.Context, v any) error {
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, maxJSON))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		_, err = d.Token()
	}
	if err != io.EOF { // one document, and all of it
		return &Problem{Title: "Not JSON", Status: http.StatusBadRequest, Detail: "The body is not the JSON that is expected here.", Cause: err}
	}
	return nil
}

// beginUpload answers POST /uploads with where to put the content.
func (s *Service) beginUpload(c echo.Context) error {
	var ask struct{ Name, User string }
	if err := readJSON(c, &ask); err != nil {
		return err
	}
	for _, text := range []string{ask.Name, ask.User} {
		if text == "" || len(text) > maxField || strings.ContainsFunc(text, unicode.IsControl) {
			return unfit("Not an upload", "name and user: want 1 to %d bytes of text.", maxField)
		}
	}
	now := s.now()
	u := &upload{receipt: receipt{Name: ask.Name, User: ask.User}, expires: now.Add(uploadExpires)}
	id := rand.Text()
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	s.forgetExpired(now)
	if len(s.uploads.open) >= maxOpen {
		c.Response().Header().Set("Retry-After", "60")
		return problem(http.StatusServiceUnavailable, "Too many uploads", "Too many uploads are under way; try again later.")
	}
	s.uploads.open[id] = u
	q := url.Values{"expires": {strconv.FormatInt(u.expires.Unix(), 10)}}
	q.Set("signature", s.uploads.sign(id, q.Get("expires")))
	return c.JSON(http.StatusCreated, map[string]string{
		"id": id, "put_url": "http://" + c.Request().Host + "/blobs/" + id + "?" + q.Encode(),
	})
}

// forgetExpired ends uploads that nobody ended. The lock is held.
func (s *Service) forgetExpired(now time.Time) {
	for id, u := range s.uploads.open {
		if now.After(u.expires) {
			s.forget(id, u)
		}
	}
}

func (s *Service) forget(id string, u *upload) {
	delete(s.uploads.open, id)
	if u.part != nil {
		s.discard(u.part)
	}
}

func (u *uploads) sign(id, expires string) string {
	mac := hmac.New(sha256.New, u.key)
	fmt.Fprintf(mac, "PUT\n%s\n%s", id, expires) // a hash does not fail
	return fmt.Sprintf("%x", mac.Sum(nil))
}

// find returns an upload; the lock is held.
func (u *uploads) find(id string) (*upload, error) {
	up, ok := u.open[id]
	if !ok {
		return nil, problem(http.StatusNotFound, "No such upload", "There is no upload %.80q.", id)
	}
	return up, nil
}

// putBlob answers PUT on the URL of an upload. As object stores do, it wants to know
// the length, and no credential besides the signature.
func (s *Service) putBlob(c echo.Context) error {
	id, r := c.Param("id"), c.Request()
	if r.Header.Get("Authorization") != "" {
		return problem(http.StatusBadRequest, "Two credentials", "The URL is signed; the request must show no other credential.")
	}
	expires := c.QueryParam("expires")
	unix, _ := strconv.ParseInt(expires, 10, 64) // one that is no number is not signed
	signed := hmac.Equal([]byte(c.QueryParam("signature")), []byte(s.uploads.sign(id, expires)))
	if !signed || s.now().After(time.Unix(unix, 0)) {
		return problem(http.StatusForbidden, "Not signed", "The URL is not signed, or has expired.")
	}
	if r.ContentLength < 0 {
		return problem(http.StatusLengthRequired, "Length required", "The request must have a Content-Length.")
	}
	p, err := s.shelf.begin()
	if err != nil {
		return err
	}
	if err := p.receive(r.Body, maxUpload, inspectNothing); err != nil {
		s.discard(p)
		return err
	}
	if err := s.replace(id, p); err != nil {
		s.discard(p)
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// replace makes p the content of an upload.
func (s *Service) replace(id string, p *part) error {
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	u, err := s.uploads.find(id)
	if err != nil {
		return err
	}
	if u.complete() {
		return problem(http.StatusConflict, "Complete", "Upload %s was handed over as %s.", id, u.Ticket)
	}
	if u.part != nil {
		s.discard(u.part)
	}
	u.part = p
	return nil
}

// completeUpload answers POST /uploads/{id}/complete. What was put must be what the
// sender says it was. To complete again gives the same ticket.
func (s *Service) completeUpload(c echo.Context) error {
	var sent struct {
		SHA256 string `json:"sha256"`
		Bytes  int64  `json:"bytes"`
	}
	if err := readJSON(c, &sent); err != nil {
		return err
	}
	id := c.Param("id")
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	u, err := s.uploads.find(id)
	if err != nil {
		return err
	}
	if u.part == nil {
		return problem(http.StatusConflict, "Nothing put", "Nothing was put for upload %s.", id)
	}
	if got := u.part.digest(); sent.Bytes != u.part.bytes || !strings.EqualFold(sent.SHA256, got) {
		return unfit("Not what was sent", "Put were %d bytes with SHA-256 %s, sent %d bytes with %.64s.", u.part.bytes, got, sent.Bytes, sent.SHA256)
	}
	if !u.complete() {
		if u.receipt, err = s.desk.take("", u.receipt, u.part, s.now().UTC()); err != nil {
			return err
		}
	}
	return c.JSON(http.StatusOK, map[string]string{"ticket": u.Ticket})
}

// abortUpload answers DELETE /uploads/{id}.
func (s *Service) abortUpload(c echo.Context) error {
	id := c.Param("id")
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	u, err := s.uploads.find(id)
	if err != nil {
		return err
	}
	if u.complete() {
		return problem(http.StatusConflict, "Complete", "Upload %s was handed over as %s.", id, u.Ticket)
	}
	s.forget(id, u)
	return c.NoContent(http.StatusNoContent)
}
