package verify

import (
	"fmt"
	"regexp"
	"sync"
)

// Exchange is one HTTP request and its outcome.
type Exchange struct {
	Method string `json:"method"`
	URL    string `json:"url"`
	// Status of the answer; 0 if there was none.
	Status int `json:"status"`
	// Err says why there was none.
	Err string `json:"error,omitempty"`
}

func (e Exchange) String() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s %s: no answer", e.Method, e.URL)
	}
	return fmt.Sprintf("%s %s: %d", e.Method, e.URL, e.Status)
}

// secrets are query parameters whose names sound like secrets.
var secrets = regexp.MustCompile(`(?i)([?&][^=&]*(?:sig|token|key|secret|password|credential|auth)[^=&]*=)[^&]*`)

// Trace remembers the last exchanges. Its zero value is ready, and it may be used
// concurrently.
type Trace struct {
	mu   sync.Mutex
	last Exchange
	any  bool
}

// Note takes an exchange, with secrets in its query masked.
func (t *Trace) Note(e Exchange) {
	e.URL = secrets.ReplaceAllString(e.URL, "${1}***")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last, t.any = e, true
}

func (t *Trace) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.any = false
}

// latest is the last exchange since reset; nil if there was none.
func (t *Trace) latest() *Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.any {
		return nil
	}
	e := t.last
	return &e
}
