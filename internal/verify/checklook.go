package verify

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

const (
	maxLooks    = 200      // entries whose stat is compared
	maxLookFile = 4 << 20  // bytes of a file that is read whole
	maxLookAll  = 16 << 20 // bytes of all files that are read
)

// lookChecks read what is there already.
func lookChecks() []check {
	looks := func(needs func(dir storage.Path) func(*run) string) func(*run) string {
		return func(r *run) string {
			if r.Look == "" {
				return "--path names no folder to look at"
			}
			return needs(r.Look)(r)
		}
	}
	return []check{
		{name: "what is there: list", lacks: looks(cannotList), run: func(k *kit) { k.validList(k.Look) }},
		{name: "what is there: stat agrees with list", lacks: looks(cannotList), hint: statHint, run: (*kit).lookStat},
		{name: "what is there: files can be read whole", lacks: looks(cannotList), run: (*kit).lookRead,
			hint: "a size that is not that of the content makes clients report broken transfers: leave size out if the API does not tell it"},
		{name: "what is there: reads from an offset", lacks: looks(cannotList), hint: rangeHint, run: (*kit).lookOffset},
		{name: "what is there: names that are not", lacks: looks(cannotList), hint: notFoundHint, run: func(k *kit) {
			k.missing(k.Look.Join(k.Name + "-none"))
		}},
	}
}

const (
	statHint     = "the mapping's stat and list read different fields, or the service rounds differently"
	rangeHint    = "does the service know Range requests? If not, say range: none (what comes before the offset is then dropped)"
	notFoundHint = "answers that mean that there is nothing need a 404, or an errors row with kind: not-found"
)

// lookStat compares the first entries with what stat says.
func (k *kit) lookStat() {
	entries := k.validList(k.Look)
	files := k.Fresh()
	for _, want := range entries[:min(len(entries), maxLooks)] {
		k.agrees(files, k.Look.Join(want.Name), want)
	}
}

// agrees ends the check unless stat says the same as a listing did.
func (k *kit) agrees(files storage.Backend, name storage.Path, listed storage.Entry) {
	if k.over() {
		return
	}
	e, err := files.Stat(k.ctx, name)
	k.must(fmt.Sprintf("stat of %q, which is listed", name), err)
	if k.over() {
		return
	}
	known := e.Size != storage.UnknownSize && listed.Size != storage.UnknownSize && !listed.IsDir()
	timed := !e.ModTime.IsZero() && !listed.ModTime.IsZero()
	switch {
	case e.IsDir() != listed.IsDir(), known && e.Size != listed.Size:
		k.fail(fmt.Sprintf("stat of %q: %s, as listed", listed.Name, entryText(listed)), entryText(e))
	case timed && !sameSecond(e.ModTime, listed.ModTime):
		k.fail(fmt.Sprintf("stat of %q: the time %s, as listed", listed.Name, stamp(listed.ModTime)), stamp(e.ModTime))
	}
}

func sameSecond(a, b time.Time) bool {
	return a.Truncate(time.Second).Equal(b.Truncate(time.Second))
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// lookFiles yields files that are worth reading, as long as they are not too much.
func (k *kit) lookFiles(yield func(storage.Path, storage.Entry)) {
	total := int64(0)
	found := false
	for _, e := range k.validList(k.Look) {
		name := k.Look.Join(e.Name)
		if e.IsDir() || e.Size > maxLookFile || total+max(e.Size, 0) > maxLookAll || k.over() {
			continue
		}
		if permitted := k.abilities.Permitted; permitted != nil && !permitted(name).Has(storage.Read) {
			continue
		}
		found = true
		total += max(e.Size, 0)
		yield(name, e)
	}
	if !found {
		k.skip("there is no file to read")
	}
}

func (k *kit) lookRead() {
	k.lookFiles(func(name storage.Path, e storage.Entry) {
		b, whole := k.slurp(name, 0)
		if !k.over() && whole && e.Size != storage.UnknownSize && int64(len(b)) != e.Size {
			k.fail(fmt.Sprintf("%q has %s, as listed", name, count(e.Size)), count(int64(len(b))))
		}
	})
}

// slurp reads a file from an offset on, but not more than is bearable; whole: that was all.
func (k *kit) slurp(name storage.Path, offset int64) (b []byte, whole bool) {
	if k.over() {
		return nil, false
	}
	r, err := k.backend.Open(k.ctx, name, offset)
	what := fmt.Sprintf("%q can be read from byte %d on", name, offset)
	k.must(what, err)
	if err != nil || k.over() {
		return nil, false
	}
	defer r.Close() // it was only read
	b, err = io.ReadAll(io.LimitReader(r, maxLookFile))
	k.must(what, err)
	return b, len(b) < maxLookFile
}

// lookOffset reads one file in parts.
func (k *kit) lookOffset() {
	done := false
	k.lookFiles(func(name storage.Path, e storage.Entry) {
		if done {
			return
		}
		all, whole := k.slurp(name, 0)
		if k.over() || !whole || len(all) < 2 {
			return
		}
		done = true
		half := len(all) / 2
		if tail, _ := k.slurp(name, int64(half)); !k.over() && !bytes.Equal(tail, all[half:]) {
			k.fail(fmt.Sprintf("%q from byte %d on: its last %s", name, half, count(int64(len(all)-half))), count(int64(len(tail)))+" that are others")
		}
		k.atEnd(name, int64(len(all)))
	})
	if !done {
		k.skip("there is no file of two bytes and more to read")
	}
}

// atEnd reads at the end of a file and past it.
func (k *kit) atEnd(name storage.Path, size int64) {
	if k.over() {
		return
	}
	k.reads(k.backend, name, size, "a read at the end gives nothing", bytes.NewReader(nil))
	if k.over() {
		return
	}
	r, err := k.backend.Open(k.ctx, name, size+1)
	if err == nil {
		_, err = io.ReadAll(r)
		err = errors.Join(err, r.Close())
	}
	k.refused("a read past the end", err, storage.BadRestart)
}

// missing ends the check unless every operation says that there is nothing.
func (k *kit) missing(name storage.Path) {
	if k.over() {
		return
	}
	_, err := k.backend.Stat(k.ctx, name)
	k.refused("stat of a name that is not there", err, storage.NotFound)
	if k.mapped(name, storage.Read) {
		r, err := k.backend.Open(k.ctx, name, 0)
		if err == nil {
			r.Close() // it should not be there
		}
		k.refused("read of a name that is not there", err, storage.NotFound)
	}
	if k.mapped(name, storage.ListDir) {
		var err error
		for _, err = range k.backend.List(k.ctx, name) {
			if err != nil {
				break
			}
		}
		k.refused("list of a name that is not there", err, storage.NotFound)
	}
}

// mapped reports whether an action may have a call at name.
func (k *kit) mapped(name storage.Path, a storage.Actions) bool {
	return !k.over() && (k.abilities.Permitted == nil || k.abilities.Permitted(name).Has(a))
}
