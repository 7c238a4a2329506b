package ftpfront

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// told collects the limits that a server tells of.
type told struct {
	mu     sync.Mutex
	limits []Limit
}

func (l *told) hook(_ SessionInfo, limit Limit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits = append(l.limits, limit)
}

func (l *told) has(limit Limit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Contains(l.limits, limit)
}

func TestListingLimit(t *testing.T) {
	store, seen := memstore.New(), &told{}
	for i := range 4 {
		if err := (testFile{name: storage.Root.Join(fmt.Sprint(i))}).put(t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: store},
		Limits:        Limits{MaxListing: 3}, Events: Events{LimitReached: seen.hook},
	})
	c := logIn(t, addr)
	c.begin(t, "NLST")
	c.want(t, "451 Listing too long.")
	if !seen.has(LimitListing) {
		t.Errorf("told: %v, want %s", seen.limits, LimitListing)
	}
}

func TestLimitsAreTold(t *testing.T) {
	seen := &told{}
	_, addr := serve(t, "127.0.0.1", false, Options{
		Authenticator: testUsers{files: memstore.New()},
		Limits:        Limits{Sessions: 1, LoginAttempts: 1}, Events: Events{LimitReached: seen.hook},
	})
	first := dial(t, addr)
	defer first.close()
	first.want(t, "220 *")
	second := dial(t, addr)
	defer second.close()
	second.want(t, "421 *")
	first.ask(t, "USER ann", "331 *", "PASS wrong", "421 *")
	for _, want := range []Limit{LimitSessions, LimitLoginAttempts} {
		if !seen.has(want) {
			t.Errorf("told: %v, want %s", seen.limits, want)
		}
	}
}

// A second's worth of commands passes at once; then they come at the rate.
func TestCommandRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{srv: &Server{opt: Options{}.withDefaults()}, commands: newPace(10), ctx: context.Background()}
		start := time.Now()
		for range 30 {
			s.slowDown()
		}
		if took := time.Since(start); took < 1900*time.Millisecond || took > 2*time.Second {
			t.Errorf("30 commands at 10 a second take %v, want 2s but for the first second's", took)
		}
	})
}

// Two sessions of an account share its rate; the narrower of two limits counts.
func TestAccountsShareTheirRate(t *testing.T) {
	srv, err := New(Options{Authenticator: testUsers{}, Limits: Limits{AccountBytesPerSecond: 500}})
	if err != nil {
		t.Fatal(err)
	}
	a := &Account{Name: "ann", Limits: AccountLimits{BytesPerSecond: 200}}
	first, second := srv.enter(a), srv.enter(a)
	if first != second || first.up == first.down || first.up.rate != 200 {
		t.Errorf("got %+v and %+v, want the same pair of 200 bytes a second", first, second)
	}
	srv.leave("ann")
	srv.leave("ann")
	if len(srv.perAccount) != 0 {
		t.Errorf("after both have left: %v", srv.perAccount)
	}
}
