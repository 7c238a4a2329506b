package restrict

import (
	"context"
	"testing"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// knowing is a backend with a digest and a space of everything.
type knowing struct{ storage.Backend }

func (knowing) Abilities() storage.Abilities {
	fail := func(op storage.Op, name storage.Path) error {
		if name.Base() == "none" {
			return storage.Fail(storage.NotFound, op, name)
		}
		return nil
	}
	return storage.Abilities{
		Digest: func(_ context.Context, name storage.Path, _ storage.Algorithm, _ storage.Range) ([]byte, error) {
			return []byte(name), fail(storage.OpDigest, name)
		},
		Digests: []storage.Algorithm{storage.MD5},
		Space: func(_ context.Context, name storage.Path) (storage.Space, error) {
			return storage.Space{Free: int64(len(name))}, fail(storage.OpSpace, name)
		},
	}
}

func TestDigestNeedsRead(t *testing.T) {
	b := narrowTo(t, knowing{memstore.New()}, "/t", "/in/** list write", "/** list read")
	a := storage.AbilitiesOf(b)
	if len(a.Digests) != 1 || a.Digests[0] != storage.MD5 {
		t.Errorf("Digests are %v", a.Digests)
	}
	for name, want := range map[storage.Path]string{"/a": "ok", "/in/a": "denied", "/none": "not found"} {
		sum, err := a.Digest(t.Context(), name, storage.MD5, storage.Whole)
		if got := outcome(t, err, name); got != want || got == "ok" && string(sum) != "/t/a" {
			t.Errorf("Digest of %s: %s, %q, want %s", name, got, sum, want)
		}
	}
}

func TestSpaceNeedsToBeSeen(t *testing.T) {
	b := narrowTo(t, knowing{memstore.New()}, "/t", "/drop write", "/hidden/**", "/in/x list")
	a := storage.AbilitiesOf(b)
	for name, want := range map[storage.Path]string{"/": "ok", "/drop": "ok", "/in": "ok", "/hidden": "denied", "/other": "denied"} {
		room, err := a.Space(t.Context(), name)
		if got := outcome(t, err, name); got != want || got == "ok" && room.Free != int64(len(name.Within("/t"))) {
			t.Errorf("Space of %s: %s, %+v, want %s", name, got, room, want)
		}
	}
}

func TestAbilitiesThatAreNotThereStayAway(t *testing.T) {
	type plain struct{ storage.Backend }
	a := storage.AbilitiesOf(narrowTo(t, plain{memstore.New()}, "/", "/** read"))
	if a.Digest != nil || a.Space != nil || a.SetModTime != nil {
		t.Error("abilities came out of nothing")
	}
}
