package billing

import (
	"cmp"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Book holds customers and their invoices, in memory. It is safe for concurrent use.
type Book struct {
	mu        sync.Mutex
	customers map[string]Customer
	invoices  map[string]Invoice // by id
}

// NewBook returns a book that begins with what is given. Each invoice belongs to
// one of the customers.
func NewBook(customers []Customer, invoices []Invoice) *Book {
	b := &Book{customers: map[string]Customer{}, invoices: map[string]Invoice{}}
	for _, c := range customers {
		b.customers[c.Slug] = c
	}
	for _, inv := range invoices {
		b.enter(inv)
	}
	return b
}

// enter writes inv, with what the service says of it. The lock is held, or the
// book is new.
func (b *Book) enter(inv Invoice) {
	inv.Total, inv.CSVBytes = inv.total(), 0
	if inv.State == Final {
		inv.CSVBytes = len(csvDocument(inv))
	}
	b.invoices[inv.ID] = inv
	c := b.customers[inv.Customer]
	if inv.Changed.After(c.Changed) {
		c.Changed = inv.Changed
		b.customers[c.Slug] = c
	}
}

// list returns the customers by name in URLs.
func (b *Book) list() []Customer {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Customer
	for _, c := range b.customers {
		all = append(all, c)
	}
	slices.SortFunc(all, func(x, y Customer) int { return cmp.Compare(x.Slug, y.Slug) })
	return all
}

func (b *Book) customer(slug string) (Customer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.find(slug)
}

// find is customer for those who hold the lock.
func (b *Book) find(slug string) (Customer, error) {
	c, ok := b.customers[slug]
	if !ok {
		return c, problem(http.StatusNotFound, "No such customer", "There is no customer %.80q.", slug)
	}
	return c, nil
}

// filter chooses invoices; what is zero chooses all.
type filter struct {
	customer    string
	year, month int
	state       State
}

func (f filter) takes(inv Invoice) bool {
	return (f.customer == "" || f.customer == inv.Customer) && (f.year == 0 || f.year == inv.Period.Year) &&
		(f.month == 0 || f.month == inv.Period.Month) && (f.state == "" || f.state == inv.State)
}

// search returns the invoices that f takes in an order that does not change, so
// that pages fit together.
func (b *Book) search(f filter) ([]Invoice, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if f.customer != "" {
		if _, err := b.find(f.customer); err != nil {
			return nil, err
		}
	}
	var found []Invoice
	for _, inv := range b.invoices {
		if f.takes(inv) {
			found = append(found, inv)
		}
	}
	slices.SortFunc(found, func(x, y Invoice) int {
		return cmp.Or(cmp.Compare(x.Customer, y.Customer), cmp.Compare(x.Period.String(), y.Period.String()), cmp.Compare(x.ID, y.ID))
	})
	return found, nil
}

// invoice returns an invoice of a customer. That of another is not found.
func (b *Book) invoice(customer, id string) (Invoice, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	inv, ok := b.invoices[id]
	if !ok || inv.Customer != customer {
		return Invoice{}, problem(http.StatusNotFound, "No such invoice", "Customer %.80q has no invoice %.80q.", customer, id)
	}
	return inv, nil
}

// put makes or replaces a draft, or issues it. It returns what the invoice is now,
// and whether it is new.
func (b *Book) put(inv Invoice, now time.Time) (stored Invoice, created bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.find(inv.Customer); err != nil {
		return inv, false, err
	}
	old, exists := b.invoices[inv.ID]
	switch {
	case exists && old.Customer != inv.Customer:
		return inv, false, conflict("Number in use", "The id %s is not free.", inv.ID)
	case exists && old.State != Draft:
		return inv, false, conflict("Invoice is "+string(old.State), "Invoice %s is %s and cannot be changed.", old.ID, old.State)
	}
	inv.Changed, inv.IssuedAt = now, nil
	if inv.State == Final {
		if other, ok := b.issued(inv.Customer, inv.Period); ok {
			return inv, false, conflict("Month is invoiced", "Invoice %s is final for %s already.", other.ID, inv.Period)
		}
		inv.IssuedAt = &now
	}
	b.enter(inv)
	return b.invoices[inv.ID], !exists, nil
}

// issued returns the final invoice of a month, of which there is at most one.
func (b *Book) issued(customer string, p Period) (Invoice, bool) {
	for _, inv := range b.invoices {
		if inv.State == Final && inv.Customer == customer && inv.Period == p {
			return inv, true
		}
	}
	return Invoice{}, false
}

// void gives a draft up. To give up again changes nothing.
func (b *Book) void(customer, id string, now time.Time) error {
	inv, err := b.invoice(customer, id)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch inv = b.invoices[id]; inv.State { // it may have been issued meanwhile
	case Final:
		return conflict("Invoice is final", "Invoice %s was issued on %s and cannot be voided.", id, inv.IssuedAt.Format(time.DateOnly))
	case Draft:
		inv.State, inv.Changed = Void, now
		b.enter(inv)
	}
	return nil
}
