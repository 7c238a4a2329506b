package billing

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// State is how far an invoice has come. It goes from Draft to Final or to Void,
// and no way back.
type State string

// The states of an invoice.
const (
	Draft State = "draft" // may be changed
	Final State = "final" // issued; never changes again
	Void  State = "void"  // a draft that was given up
)

// Customer gets invoices.
type Customer struct {
	Slug    string    `json:"slug"` // the key in URLs
	Name    string    `json:"name"`
	Changed time.Time `json:"changed"` // the last change of the customer or an invoice
}

// Period is the month that an invoice is for.
type Period struct {
	Year  int `json:"year"`
	Month int `json:"month"`
}

// String returns the period as in 2026-03.
func (p Period) String() string { return fmt.Sprintf("%04d-%02d", p.Year, p.Month) }

// Line is one thing that is paid for.
type Line struct {
	Text      string `json:"text"`
	Quantity  int    `json:"quantity"`
	UnitPrice Amount `json:"unit_price"`
}

// Price is what the line costs.
func (l Line) Price() Amount { return Amount(l.Quantity) * l.UnitPrice }

// Invoice is what a customer has to pay for a month. Total, Changed, IssuedAt and
// CSVBytes are the service's to say; what a client sends in their place is ignored.
type Invoice struct {
	ID       string `json:"id"` // a UUID in lower case, chosen by who makes the draft
	Customer string `json:"customer"`
	State    State  `json:"state"`
	Period   Period `json:"period"`
	Currency string `json:"currency"` // ISO 4217
	Lines    []Line `json:"lines"`

	Total    Amount     `json:"total"`
	Changed  time.Time  `json:"changed"`
	IssuedAt *time.Time `json:"issued_at,omitempty"` // final invoices only
	CSVBytes int        `json:"csv_bytes,omitempty"` // size of the document; final invoices only
}

func (inv *Invoice) total() Amount {
	var sum Amount
	for _, l := range inv.Lines {
		sum += l.Price()
	}
	return sum
}

// Limits of an invoice. The largest total stays far from the end of an Amount.
const (
	minYear      = 2000
	maxYear      = 2999
	maxLines     = 200
	maxText      = 200 // bytes
	maxQuantity  = 100_000
	maxUnitPrice = Amount(9_999_999_99)
)

var (
	uuidForm     = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	currencyForm = regexp.MustCompile(`^[A-Z]{3}$`)
)

// faults says what is wrong with what a client has sent, for people.
func (inv *Invoice) faults() []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if inv.State != Draft && inv.State != Final {
		add("state: want draft or final, not %.20q", inv.State)
	}
	if inv.Period.Year < minYear || inv.Period.Year > maxYear {
		add("period.year: want %d to %d, not %d", minYear, maxYear, inv.Period.Year)
	}
	if inv.Period.Month < 1 || inv.Period.Month > 12 {
		add("period.month: want 1 to 12, not %d", inv.Period.Month)
	}
	if !currencyForm.MatchString(inv.Currency) {
		add("currency: want three capital letters, not %.20q", inv.Currency)
	}
	if n := len(inv.Lines); n == 0 || n > maxLines {
		add("lines: want 1 to %d, not %d", maxLines, n)
		return all
	}
	for i, l := range inv.Lines {
		if fault := l.fault(); fault != "" {
			add("lines[%d].%s", i, fault)
		}
	}
	return all
}

func (l Line) fault() string {
	switch {
	case l.Text == "" || len(l.Text) > maxText || strings.ContainsFunc(l.Text, unicode.IsControl):
		return fmt.Sprintf("text: want 1 to %d bytes without line ends", maxText)
	case l.Quantity < 1 || l.Quantity > maxQuantity:
		return fmt.Sprintf("quantity: want 1 to %d, not %d", maxQuantity, l.Quantity)
	case l.UnitPrice > maxUnitPrice || l.UnitPrice < -maxUnitPrice:
		return fmt.Sprintf("unit_price: want at most %s, not %s", maxUnitPrice, l.UnitPrice)
	}
	return ""
}
