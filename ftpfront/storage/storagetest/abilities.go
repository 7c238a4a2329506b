package storagetest

import (
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

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
