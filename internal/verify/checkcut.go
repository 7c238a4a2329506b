package verify

import (
	"context"
	"fmt"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

const cutHint = "the service keeps uploads whose body broke off: it must take a body as whole only at its proper end " +
	"(the last chunk, or Content-Length bytes), and put it in place only then"

// cutChecks hold what matters most: an upload that was cut short is not there, or
// the old file is as it was.
func cutChecks() []check {
	var checks []check
	for _, at := range []struct {
		name  string
		after int64
	}{{"in the head", 100}, {"in the middle", 1 << 20}} {
		checks = append(checks,
			check{name: fmt.Sprintf("cut short %s: new file", at.name), needs: storage.Write, hint: cutHint, run: func(k *kit) {
				name := k.path("cut")
				k.cut(name, content{at.after, 1}, storage.PutOptions{})
				k.settles(func(k *kit) { k.absent(name) })
			}},
			check{name: fmt.Sprintf("cut short %s: old file", at.name), needs: storage.Write | storage.Overwrite, hint: cutHint, run: func(k *kit) {
				name, old := k.path("cut"), content{1000, 2}
				k.put(name, old)
				k.cut(name, content{at.after, 1}, storage.PutOptions{})
				k.settles(func(k *kit) { k.holds(name, old) })
			}},
			check{name: fmt.Sprintf("cut short %s: append", at.name), needs: storage.Write | storage.AppendTo, hint: cutHint, run: func(k *kit) {
				name, old := k.path("cut"), content{1000, 2}
				k.put(name, old)
				k.cut(name, content{at.after, 1}, storage.PutOptions{Mode: storage.Append})
				k.settles(func(k *kit) { k.holds(name, old) })
			}})
	}
	return append(checks,
		check{name: "an upload that is cancelled", needs: storage.Write, hint: cutHint, run: cancelUpload},
		check{name: "a whole upload after one that was cut", needs: storage.Write,
			hint: "what is left of an upload that was cut short hinders the next of that name", run: func(k *kit) {
				name, c := k.path("cut"), content{200 << 10, 3}
				k.cut(name, content{1 << 20, 1}, storage.PutOptions{})
				_, _ = k.Fresh().Stat(k.ctx, name) // gives the service the time of a call
				k.put(name, c)
				k.holds(name, c)
			}},
	)
}

// cut uploads content that breaks off; that must not be called a success.
func (k *kit) cut(name storage.Path, c content, opt storage.PutOptions) {
	if k.over() {
		return
	}
	if _, err := k.backend.Put(k.ctx, name, c.cutShort(), opt); err == nil {
		k.fail("an upload that broke off fails", "success")
	}
}

// cancelUpload gives an upload up from outside, as a client does that vanishes.
func cancelUpload(k *kit) {
	name := k.path("cut")
	ctx, cancel := context.WithCancel(k.ctx)
	defer cancel()
	body := io.MultiReader(content{1 << 20, 1}.reader(), readerFunc(func([]byte) (int, error) {
		cancel()
		<-ctx.Done()
		return 0, context.Cause(ctx)
	}))
	if _, err := k.backend.Put(ctx, name, body, storage.PutOptions{}); err == nil {
		k.fail("an upload that is cancelled fails", "success")
	}
	k.settles(func(k *kit) { k.absent(name) })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// cancelled is a context that has ended.
func cancelled() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx, cancel
}

// lateChecks look again at what was cut short, which may come late.
func lateChecks() []check {
	return []check{{
		name: "nothing of what was cut short came later", needs: storage.Write, hint: cutHint,
		lacks: func(r *run) string {
			if len(r.later) == 0 {
				return "nothing was cut short"
			}
			return ""
		},
		run: func(k *kit) {
			for _, l := range k.later {
				if k.over() {
					return
				}
				if l.holds(k); k.fault != nil {
					k.fault.Got += ", after: " + l.check
				}
			}
		},
	}}
}
