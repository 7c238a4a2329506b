package intake

import (
	"crypto/rand"
	"errors"
	"net/http"
	"sync"
	"time"
)

// receipt is what the service knows of a document that it has taken.
type receipt struct {
	Ticket   string    `json:"ticket"` // the name of its content on the shelf, too
	Name     string    `json:"name"`
	Partner  string    `json:"partner,omitempty"`
	User     string    `json:"user"`
	Bytes    int64     `json:"bytes"`
	SHA256   string    `json:"sha256"`
	Received time.Time `json:"received"`
}

// same reports whether r and o are of one document from one sender.
func (r receipt) same(o receipt) bool {
	return r.Name == o.Name && r.Partner == o.Partner && r.User == o.User && r.SHA256 == o.SHA256
}

// maxReceipts bounds what is remembered; the oldest is forgotten first.
const maxReceipts = 10_000

// desk hands out receipts. It is safe for concurrent use.
type desk struct {
	mu    sync.Mutex
	given map[string]receipt // by ticket
	keys  map[string]string  // idempotency key to ticket
	order []given            // the oldest first
}

// given is what has to be forgotten together.
type given struct{ ticket, key string }

func newDesk() *desk { return &desk{given: map[string]receipt{}, keys: map[string]string{}} }

var errOtherDocument = errors.New("the key belongs to another document")

// take keeps p and gives a receipt for it. A key that was used for the same document
// before gives that receipt, and p is not kept; an empty key is never the same.
// Sender and name are taken from r, the rest is filled in.
func (d *desk) take(key string, r receipt, p *part, now time.Time) (receipt, error) {
	r.Bytes, r.SHA256, r.Received = p.bytes, p.digest(), now
	d.mu.Lock()
	defer d.mu.Unlock()
	if ticket, used := d.keys[key]; key != "" && used {
		if before := d.given[ticket]; before.same(r) {
			return before, nil
		}
		return receipt{}, errOtherDocument
	}
	r.Ticket = "T" + rand.Text()
	if err := p.keep(r.Ticket); err != nil {
		return receipt{}, err
	}
	d.given[r.Ticket] = r
	if key != "" {
		d.keys[key] = r.Ticket
	}
	d.order = append(d.order, given{r.Ticket, key})
	if len(d.order) > maxReceipts {
		delete(d.given, d.order[0].ticket)
		delete(d.keys, d.order[0].key)
		d.order = d.order[1:]
	}
	return r, nil
}

func (d *desk) find(ticket string) (receipt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.given[ticket]
	if !ok {
		return r, problem(http.StatusNotFound, "No such ticket", "There is no ticket %.80q.", ticket)
	}
	return r, nil
}
