// Package storagetest is the conformance kit for storage.Backend: what every
// storage must keep so that the engine can keep its promises to clients, above
// all that an upload which was cut short never passes for a whole one.
//
//	func TestConformance(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storage.Backend { return memstore.New() })
//	}
//
// What a storage answers with Unsupported is skipped: a backend need not have
// everything, but what it has must work.
package storagetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// timeLimit bounds each test, so that a backend that hangs fails with its name.
const timeLimit = time.Minute

// Run tests a backend. It calls open once for each test, for an empty storage
// that the test may fill; open clears up behind it with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) storage.Backend) {
	for _, family := range []struct {
		name  string
		cases []test
	}{
		{"stat", statTests}, {"list", listTests}, {"read", readTests}, {"write", writeTests},
		{"cut", cutTests}, {"rename", renameTests}, {"remove", removeTests}, {"mkdir", mkdirTests},
		{"names", nameTests}, {"context", contextTests}, {"concurrent", concurrentTests}, {"abilities", abilityTests},
	} {
		t.Run(family.name, func(t *testing.T) {
			for _, c := range family.cases {
				t.Run(c.name, func(t *testing.T) {
					ctx, stop := context.WithTimeout(t.Context(), timeLimit)
					defer stop()
					c.run(&kit{T: t, Backend: open(t), ctx: ctx})
				})
			}
		})
	}
}

// test is one behaviour.
type test struct {
	name string
	run  func(*kit)
}

// kit is what a test works with: the backend under test, and shorthands that
// end the test when a preparation fails.
type kit struct {
	*testing.T
	storage.Backend
	ctx context.Context
}

// must ends the test if an operation failed that had to succeed. A backend that
// does not have the operation skips it.
func (k *kit) must(err error) {
	k.Helper()
	if storage.KindOf(err) == storage.Unsupported {
		k.Skipf("not supported: %v", err)
	}
	if err != nil {
		k.Fatalf("unexpected error: %v", err)
	}
}

// refused checks that an operation failed with one of kinds, in the form that
// the contract asks for.
func (k *kit) refused(err error, kinds ...storage.Kind) {
	k.Helper()
	if err == nil {
		k.Errorf("no error, want %v", kinds)
		return
	}
	if storage.KindOf(err) == storage.Unsupported {
		k.Skipf("not supported: %v", err)
	}
	if _, ok := errors.AsType[*storage.Error](err); !ok {
		k.Errorf("error is a %T (%v), want a *storage.Error", err, err)
		return
	}
	for _, kind := range kinds {
		if storage.KindOf(err) == kind {
			return
		}
	}
	k.Errorf("kind %q (%v), want one of %q", storage.KindOf(err), err, kinds)
}

// mkdir makes a directory that the test needs.
func (k *kit) mkdir(name storage.Path) {
	k.Helper()
	k.must(k.MakeDir(k.ctx, name))
}
