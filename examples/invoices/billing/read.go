package billing

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
)

// Limits of a page.
const (
	defaultPerPage = 50
	maxPerPage     = 200
)

// page is a part of a collection.
type page[T any] struct {
	Data  []T `json:"data"`
	Total int `json:"total"` // of all pages
}

// writePage answers with the page of all that the request asks for.
func writePage[T any](c echo.Context, all []T) error {
	q := query{values: c.QueryParams()}
	number, size := q.number("page", 1, math.MaxInt32, 1), q.number("per_page", 1, maxPerPage, defaultPerPage)
	if q.err != nil {
		return q.err
	}
	from := min((number-1)*size, len(all))
	part := all[from:min(from+size, len(all))]
	return c.JSON(http.StatusOK, page[T]{Data: append([]T{}, part...), Total: len(all)})
}

// query reads parameters and keeps the first that is wrong.
type query struct {
	values url.Values
	err    error
}

// number is a parameter from least to most, or absent if it is not there.
func (q *query) number(name string, least, most, absent int) int {
	text := q.values.Get(name)
	if text == "" {
		return absent
	}
	n, err := strconv.Atoi(text)
	if (err != nil || n < least || n > most) && q.err == nil {
		q.err = problem(http.StatusBadRequest, "Bad parameter", "%s: want a number from %d to %d, not %.20q.", name, least, most, text)
	}
	return n
}

func (q *query) state() State {
	s := State(q.values.Get("state"))
	if !slices.Contains([]State{"", Draft, Final, Void}, s) && q.err == nil {
		q.err = problem(http.StatusBadRequest, "Bad parameter", "state: want draft, final or void, not %.20q.", s)
	}
	return s
}

// listCustomers answers GET /customers.
func (s *service) listCustomers(c echo.Context) error { return writePage(c, s.book.list()) }

// getCustomer answers GET /customers/{customer}.
func (s *service) getCustomer(c echo.Context) error {
	customer, err := s.book.customer(c.Param("customer"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, customer)
}

// searchInvoices answers GET /invoices.
func (s *service) searchInvoices(c echo.Context) error {
	q := query{values: c.QueryParams()}
	f := filter{
		customer: q.values.Get("customer"), state: q.state(),
		year: q.number("year", minYear, maxYear, 0), month: q.number("month", 1, 12, 0),
	}
	if q.err != nil {
		return q.err
	}
	found, err := s.book.search(f)
	if err != nil {
		return err
	}
	return writePage(c, found)
}

// getInvoice answers GET /customers/{customer}/invoices/{id}.
func (s *service) getInvoice(c echo.Context) error {
	inv, err := s.book.invoice(c.Param("customer"), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSONPretty(http.StatusOK, inv, "  ") // people edit it
}

// year is a year with final invoices.
type year struct {
	Year     int       `json:"year"`
	Invoices int       `json:"invoices"`
	Changed  time.Time `json:"changed"`
}

// listYears answers GET /years.
func (s *service) listYears(c echo.Context) error {
	final, err := s.book.search(filter{state: Final})
	if err != nil {
		return fmt.Errorf("search all: %w", err)
	}
	byYear := map[int]year{}
	for _, inv := range final {
		y := byYear[inv.Period.Year]
		y.Year, y.Invoices = inv.Period.Year, y.Invoices+1
		if inv.Changed.After(y.Changed) {
			y.Changed = inv.Changed
		}
		byYear[y.Year] = y
	}
	var years []year
	for _, y := range byYear {
		years = append(years, y)
	}
	slices.SortFunc(years, func(a, b year) int { return a.Year - b.Year })
	return writePage(c, years)
}
