package httpbackend

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/go-resty/resty/v2"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// Upstream is one HTTP service, for all sessions.
type Upstream struct {
	opt       Options
	base      string         // scheme, host and path, without a last slash
	server    map[string]any // as values see it
	allowed   origins
	client    *resty.Client
	transport *http.Transport
	gate      *gate
	memory    *budget
	buffers   buffers
	tree      *tree
	plans     map[*mapping.Call]*callPlan // of every call of the mapping; not written after New
	mounts    []mount
	// expectIgnored: the upstream has once not answered Expect: 100-continue.
	expectIgnored atomic.Bool
}

// New checks the options and makes an Upstream. It sends nothing.
func New(opt Options) (*Upstream, error) {
	opt, base, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	u := &Upstream{
		opt: opt, base: baseText(base), server: serverScope(base, opt.Variables), allowed: newOrigins(base, opt.Mapping.Origins),
		gate: newGate(opt), memory: newBudget(opt), tree: newTree(opt.Mapping), plans: newCallPlans(opt.Mapping),
	}
	if u.mounts, err = newMounts(opt); err != nil {
		return nil, err
	}
	u.client, u.transport = newClient(opt)
	return u, nil
}

// serverScope is the server as values see it.
func serverScope(base *url.URL, variables map[string]string) map[string]any {
	m := map[string]any{"url": baseText(base), "path": base.Path}
	for name, v := range variables {
		m[name] = v
	}
	return m
}

func baseText(u *url.URL) string { return u.Scheme + "://" + u.Host + u.EscapedPath() }

// Close closes the connections that no request uses.
func (u *Upstream) Close() {
	u.transport.CloseIdleConnections()
	for _, m := range u.mounts {
		m.up.Close()
	}
}

// Caller is the session that an Upstream acts for.
type Caller struct {
	// Session is the id of the session: requests carry it in X-Request-Id, with
	// their number after it. Printable ASCII.
	Session string
	// User is what mappings see as user: id, name and tenant (text), groups,
	// claims and vars.
	User map[string]any
	// Credentials by the names that the mapping gives them.
	Credentials map[string]Credential
}

// Backend is an Upstream bound to one Caller.
type Backend struct {
	up        *Upstream
	caller    Caller
	trace     string // trace id of the session (W3C Trace Context, section 3.2.2.3)
	number    atomic.Int64
	transfers atomic.Int64 // uploads so far
	cache     statCache
	lookups   lookups
}

var (
	_ storage.Backend = (*Backend)(nil)
	_ storage.Abler   = (*Backend)(nil)
)

// Backend binds the upstream, and those of the mapping's mounts, to a caller. It is a
// storage.Abler too.
func (u *Upstream) Backend(c Caller) storage.Backend {
	if len(u.mounts) == 0 {
		return u.bind(c)
	}
	m := &mounted{root: u.bind(c)}
	for _, mount := range u.mounts {
		m.mounts = append(m.mounts, boundMount{mount.at, mount.up.bind(c)})
	}
	return m
}

func (u *Upstream) bind(c Caller) *Backend {
	if c.User == nil {
		c.User = map[string]any{}
	}
	return &Backend{up: u, caller: c, trace: traceID(c.Session), cache: statCache{keep: u.opt.StatCache}, lookups: lookups{keep: u.opt.StatCache}}
}

// traceID makes the trace id of a session from its id, as the login webhook's
// caller does, so that both lie in one trace without handing it on.
func traceID(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:16])
}

// randomHex returns n random bytes in hexadecimal.
func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
