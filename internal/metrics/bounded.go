package metrics

import (
	"strings"
	"sync"
)

// other stands for every value of a label that is not counted by itself.
const other = "other"

// maxName bounds the length of a label's value.
const maxName = 64

// bounded lets a limited number of different values through, the first that
// come, so that nobody can fill the memory of the bridge, or of Prometheus, with
// values of a label. It may be used by several goroutines at once.
type bounded struct {
	most int

	mu   sync.Mutex
	seen map[string]bool
}

// verb lets values of the form of FTP's verbs through: three or four capitals,
// or an experimental verb, which begins with X and may be longer and hold
// digits (XSHA256).
func (b *bounded) verb(v string) string {
	longest, notPart := 4, notCapital
	if strings.HasPrefix(v, "X") {
		longest, notPart = 8, notCapitalOrDigit
	}
	if len(v) < 3 || len(v) > longest || strings.ContainsFunc(v, notPart) {
		return other
	}
	return b.admit(v)
}

func notCapital(r rune) bool { return r < 'A' || r > 'Z' }

func notCapitalOrDigit(r rune) bool { return notCapital(r) && (r < '0' || r > '9') }

// word lets values of small letters and "-" or "_" through.
func (b *bounded) word(v string) string {
	isOther := func(r rune) bool { return (r < 'a' || r > 'z') && r != '-' && r != '_' }
	if v == "" || len(v) > maxName || strings.ContainsFunc(v, isOther) {
		return other
	}
	return b.admit(v)
}

// name lets printable ASCII through: operation ids and names of upstreams.
func (b *bounded) name(v string) string {
	if v == "" || len(v) > maxName || strings.ContainsFunc(v, func(r rune) bool { return r < '!' || r > '~' }) {
		return other
	}
	return b.admit(v)
}

func (b *bounded) admit(v string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen[v] {
		return v
	}
	if len(b.seen) >= b.most {
		return other
	}
	if b.seen == nil {
		b.seen = make(map[string]bool)
	}
	// A copy: v may be a part of a long line.
	v = strings.Clone(v)
	b.seen[v] = true
	return v
}
