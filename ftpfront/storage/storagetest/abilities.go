package storagetest

import (
	"encoding/hex"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// digestsOfABC are the digests of "abc", as the standards of the algorithms give them.
var digestsOfABC = map[storage.Algorithm]string{
	storage.CRC32:  "352441c2",
	storage.MD5:    "900150983cd24fb0d6963f7d28e17f72",
	storage.SHA1:   "a9993e364706816aba3e25717850c26c9cd0d89d",
	storage.SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	storage.SHA512: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
		"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
}

var abilityTests = []test{
	{"set the modification time", func(k *kit) {
		set := storage.AbilitiesOf(k.Backend).SetModTime
		if set == nil {
			k.Skip("not there")
		}
		k.put("/a", "hello")
		want := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
		k.must(set(k.ctx, "/a", want))
		e, err := k.Stat(k.ctx, "/a")
		k.must(err)
		if !e.ModTime.Truncate(time.Second).Equal(want) {
			k.Errorf("modification time is %v, want %v", e.ModTime, want)
		}
		k.holds("/a", "hello")
		k.refused(set(k.ctx, "/none", want), storage.NotFound)
	}},
	{"digests are of the content", func(k *kit) {
		a := storage.AbilitiesOf(k.Backend)
		if a.Digest == nil {
			k.Skip("not there")
		}
		k.put("/a", "abc")
		for _, alg := range a.Digests {
			want := digestsOfABC[alg]
			for _, part := range []storage.Range{storage.Whole, {First: 0, End: 3}} {
				sum, err := a.Digest(k.ctx, "/a", alg, part)
				if err != nil && storage.KindOf(err) == storage.Unsupported {
					continue // it need not know that of every file and part
				}
				if got := hex.EncodeToString(sum); err != nil || got != want {
					k.Errorf("%s of %v is %s, %v, want %s", alg, part, got, err, want)
				}
			}
			if _, err := a.Digest(k.ctx, "/none", alg, storage.Whole); storage.KindOf(err) != storage.Unsupported {
				k.refused(err, storage.NotFound)
			}
		}
	}},
	{"space of the root", func(k *kit) {
		space := storage.AbilitiesOf(k.Backend).Space
		if space == nil {
			k.Skip("not there")
		}
		room, err := space(k.ctx, storage.Root)
		k.must(err)
		if room.Free < storage.UnknownSize || room.Total < storage.UnknownSize {
			k.Errorf("space is %+v", room)
		}
		_, err = space(k.ctx, "/none")
		k.refused(err, storage.NotFound)
	}},
	{"permitted of the root", func(k *kit) {
		permitted := storage.AbilitiesOf(k.Backend).Permitted
		if permitted == nil {
			k.Skip("not there")
		}
		if a := permitted(storage.Root); !storage.AllActions.Has(a) {
			k.Errorf("Permitted(/) = %b, which has actions that are not known", a)
		}
	}},
}
