package verify

import (
	"fmt"
	"io"
	"sync"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// writeChecks store files whole.
func writeChecks() []check {
	var checks []check
	for _, size := range []int64{0, 1, 64<<10 + 1, 3 << 20} {
		checks = append(checks, check{
			name: "write " + count(size), needs: storage.Write,
			hint: "does the write send the content as it is (body: stream, content_type)? Does stat tell the content's size?",
			run: func(k *kit) {
				name, c := k.path("a"), content{size, 1}
				k.put(name, c)
				k.holds(name, c)
			},
		})
	}
	return append(checks,
		check{name: "overwrite: a shorter file replaces all", needs: storage.Write | storage.Overwrite,
			hint: "the service writes over the beginning, or keeps the old file: an upload has to replace the whole",
			run: func(k *kit) {
				name := k.path("a")
				k.put(name, content{100 << 10, 1})
				k.put(name, content{10, 2})
				k.holds(name, content{10, 2})
			}},
		check{name: "create on a taken name", needs: storage.Write, hint: "create has to be refused in one step, as with If-None-Match: * and 412",
			lacks: creates,
			run: func(k *kit) {
				name := k.path("a")
				k.write(name, content{100, 1}, storage.PutOptions{Mode: storage.Create})
				k.holds(name, content{100, 1})
				_, err := k.backend.Put(k.ctx, name, content{50, 2}.reader(), storage.PutOptions{Mode: storage.Create})
				k.refused("create of a name that is taken", err, storage.Exists)
				k.holds(name, content{100, 1})
			}},
		check{name: "append", needs: storage.Write | storage.AppendTo, hint: appendHint, run: func(k *kit) {
			name := k.path("a")
			k.write(name, content{100, 1}, storage.PutOptions{Mode: storage.Append}) // makes it
			k.write(name, content{200, 2}, storage.PutOptions{Mode: storage.Append})
			k.holds(name, content{100, 1}, content{200, 2})
		}},
		check{name: "resume in the middle and at the end", needs: storage.Write | storage.AppendTo, hint: appendHint, run: resume},
		check{name: "8 uploads at once", needs: storage.Write, hint: "the service mixes up requests that run together", run: together},
		check{name: "write into a missing folder", needs: storage.Write, run: func(k *kit) {
			if !k.folder {
				k.skip("there are no folders")
				return
			}
			// A service may make the folder, or refuse; what it says has to be true.
			dir := k.path("none")
			name := dir.Join("a")
			k.made[name] = true
			if _, err := k.backend.Put(k.ctx, name, content{10, 1}.reader(), storage.PutOptions{}); err != nil {
				k.refused("write into a missing folder", err)
				k.absent(dir)
				return
			}
			k.holds(name, content{10, 1})
		}},
	)
}

const appendHint = "see append and resume in the mapping: how does the service learn where the content goes?"

// creates says why nothing can be stored that must not replace anything.
func creates(r *run) string {
	const why = "not mapped: create"
	ctx, cancel := cancelled()
	defer cancel()
	// No request is made: the context has ended.
	_, err := r.backend.Put(ctx, r.base.Join(r.prefix+"create"), content{}.reader(), storage.PutOptions{Mode: storage.Create})
	if storage.KindOf(err) == storage.Unsupported {
		return why
	}
	return ""
}

func resume(k *kit) {
	name := k.path("a")
	k.put(name, content{1000, 1})
	if k.over() {
		return
	}
	_, err := k.backend.Put(k.ctx, name, content{300, 2}.reader(), storage.PutOptions{Mode: storage.Resume, Offset: 400})
	if err != nil && storage.KindOf(err) == storage.Unsupported {
		k.skip("not mapped: an append that is told the offset")
		return
	}
	k.must("an upload that resumes at byte 400 succeeds", err)
	if k.over() {
		return
	}
	// What followed is replaced, or kept until something is written there.
	k.holds(name, content{400, 1}, content{300, 2})
	k.write(name, content{50, 3}, storage.PutOptions{Mode: storage.Resume, Offset: 700})
	k.holds(name, content{400, 1}, content{300, 2}, content{50, 3})
	if k.over() {
		return
	}
	_, err = k.backend.Put(k.ctx, name, content{5, 4}.reader(), storage.PutOptions{Mode: storage.Resume, Offset: 2000})
	k.refused("an upload that resumes past the end", err)
	k.holds(name, content{400, 1}, content{300, 2}, content{50, 3})
}

func together(k *kit) {
	const n = 8
	var names [n]storage.Path
	var errs [n]error
	var wg sync.WaitGroup
	for i := range names {
		names[i] = k.path(fmt.Sprint("file-", i))
		wg.Go(func() {
			_, errs[i] = k.backend.Put(k.ctx, names[i], ofNumber(i).reader(), storage.PutOptions{})
		})
	}
	wg.Wait()
	for i, name := range names {
		k.must("uploads of different names at once succeed", errs[i])
		k.holds(name, ofNumber(i))
	}
}

func ofNumber(i int) content { return content{int64(100<<10 + i), uint32(i + 10)} }

// readChecks read files that the checks have stored.
func readChecks() []check {
	return []check{
		{name: "read from an offset", needs: storage.Write | storage.Read, hint: rangeHint, run: func(k *kit) {
			name, c := k.path("a"), content{100 << 10, 1}
			k.put(name, c)
			for _, offset := range []int64{1, 1000, c.size - 1} {
				want := c.reader()
				_, _ = io.CopyN(io.Discard, want, offset) // made-up content does not fail
				k.reads(k.backend, name, offset, fmt.Sprintf("from byte %d on: %s", offset, count(c.size-offset)), want)
			}
		}},
		{name: "read at the end and past it", needs: storage.Write | storage.Read, hint: rangeHint, run: func(k *kit) {
			name := k.path("a")
			k.put(name, content{1000, 1})
			k.atEnd(name, 1000)
		}},
		{name: "a read that is given up", needs: storage.Write | storage.Read, hint: "the service hangs or fails when a client leaves in the middle of an answer", run: func(k *kit) {
			name, c := k.path("a"), content{3 << 20, 1}
			k.put(name, c)
			for range 3 {
				if k.over() {
					return
				}
				r, err := k.backend.Open(k.ctx, name, 0)
				k.must("the file can be read", err)
				if err == nil {
					_, err = io.CopyN(io.Discard, r, 100)
					k.must("the first bytes come", err)
					r.Close() // it is given up
				}
			}
			k.holds(name, c)
		}},
		{name: "names that are not there", needs: storage.Write, hint: notFoundHint, run: func(k *kit) { k.missing(k.path("none")) }},
	}
}
