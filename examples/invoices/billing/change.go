package billing

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// maxBody bounds an invoice, in bytes.
const maxBody = 1 << 20

// putInvoice answers PUT /customers/{customer}/invoices/{id}.
func (s *service) putInvoice(c echo.Context) error {
	id, customer := c.Param("id"), c.Param("customer")
	if !uuidForm.MatchString(id) {
		return invalid("id: want a UUID in lower case, not %.40q.", id)
	}
	inv, err := readInvoice(c)
	if err != nil {
		return err
	}
	if inv.ID != "" && inv.ID != id || inv.Customer != "" && inv.Customer != customer {
		return invalid("The content is invoice %.40q of customer %.40q, not the one of this address.", inv.ID, inv.Customer)
	}
	inv.ID, inv.Customer = id, customer
	if inv.State == "" {
		inv.State = Draft
	}
	if faults := inv.faults(); len(faults) > 0 {
		return invalid("%s.", strings.Join(faults, "; "))
	}
	stored, created, err := s.book.put(inv, s.now().UTC())
	if err != nil {
		return err
	}
	if created {
		return c.JSON(http.StatusCreated, stored)
	}
	return c.JSON(http.StatusOK, stored)
}

// readInvoice reads the body. Members that an invoice does not have are refused,
// for a misspelt one would be lost without a word.
func readInvoice(c echo.Context) (Invoice, error) {
	r := c.Request()
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/json" {
		return Invoice{}, problem(http.StatusUnsupportedMediaType, "Not JSON", "An invoice is application/json.")
	}
	// All of it is read before any of it counts: a body that breaks off fails here.
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return Invoice{}, problem(http.StatusRequestEntityTooLarge, "Too large", "An invoice has at most %d bytes.", maxBody)
	}
	if err != nil {
		return Invoice{}, problem(http.StatusBadRequest, "Cut short", "The content broke off before its end.")
	}
	return parseInvoice(body)
}

// parseInvoice reads one invoice and nothing after it. The error is a Problem.
func parseInvoice(body []byte) (Invoice, error) {
	var inv Invoice
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(&inv)
	switch {
	case errors.Is(err, io.EOF):
		return inv, invalid("The content is empty.")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return inv, invalid("line %d: the JSON ends too early.", lineOf(body, len(body)))
	case err != nil:
		return inv, invalid("line %d: %s.", lineOf(body, at(err, d)), strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return inv, invalid("line %d: there is more after the invoice.", lineOf(body, int(d.InputOffset())))
	}
	return inv, nil
}

// at is where in its input d has met err, as well as that is known.
func at(err error, d *json.Decoder) int {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return int(e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return int(e.Offset)
	}
	return int(d.InputOffset())
}

func lineOf(body []byte, offset int) int {
	return 1 + bytes.Count(body[:min(max(offset, 0), len(body))], []byte("\n"))
}

// voidInvoice answers DELETE /customers/{customer}/invoices/{id}.
func (s *service) voidInvoice(c echo.Context) error {
	if err := s.book.void(c.Param("customer"), c.Param("id"), s.now().UTC()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
