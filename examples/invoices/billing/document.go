package billing

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"github.com/labstack/echo/v4"
)

// csvDocument is a final invoice as a table. It depends on the invoice alone, so
// that the size told in a listing is the size of the download.
func csvDocument(inv Invoice) []byte {
	rows := [][]string{{"position", "text", "quantity", "unit_price", "price", "currency"}}
	for i, l := range inv.Lines {
		rows = append(rows, []string{
			strconv.Itoa(i + 1), l.Text, strconv.Itoa(l.Quantity), l.UnitPrice.String(), l.Price().String(), inv.Currency,
		})
	}
	rows = append(rows, []string{"", "total", "", "", inv.total().String(), inv.Currency})
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil { // writing to memory does not fail
		panic(err)
	}
	return b.Bytes()
}

// getInvoiceDocument answers GET /customers/{customer}/invoices/{id}/document.
func (s *service) getInvoiceDocument(c echo.Context) error {
	inv, err := s.book.invoice(c.Param("customer"), c.Param("id"))
	if err != nil {
		return err
	}
	if inv.State != Final {
		return conflict("Not issued", "Invoice %s is %s; only final invoices have a document.", inv.ID, inv.State)
	}
	doc := csvDocument(inv)
	h := c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(doc)))
	// ServeContent knows ranges and conditions (RFC 9110, sections 13 and 14).
	http.ServeContent(c.Response(), c.Request(), "", *inv.IssuedAt, bytes.NewReader(doc))
	return nil
}
