package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// kit is what a check works with. After the first fault every method does nothing,
// so that a check reads as a list of what must hold.
type kit struct {
	*run
	ctx     context.Context
	check   check
	number  int
	fault   *Fault
	skipped string
}

func (k *kit) over() bool { return k.fault != nil || k.skipped != "" }

// path is a name of this check alone.
func (k *kit) path(name string) storage.Path {
	p := k.base.Join(k.own(name))
	k.made[p] = true
	return p
}

func (k *kit) own(name string) string { return fmt.Sprintf("%s%02d-%s", k.prefix, k.number, name) }

// fail ends the check.
func (k *kit) fail(want, got string) {
	if !k.over() {
		k.fault = &Fault{Want: want, Got: got, Exchange: k.Trace.latest(), Hint: k.check.hint}
	}
}

// skip ends the check without an outcome.
func (k *kit) skip(reason string) {
	if !k.over() {
		k.skipped = reason
	}
}

// must ends the check if an operation failed that had to succeed.
func (k *kit) must(what string, err error) {
	if err == nil || k.over() {
		return
	}
	if k.abilities.Permitted == nil && storage.KindOf(err) == storage.Unsupported {
		k.skip("not supported")
		return
	}
	k.fail(what, k.describe(err))
	if hint := hintFor(err); hint != "" {
		k.fault.Hint = hint
	}
}

// refused ends the check unless an operation failed with one of kinds; without any,
// with whatever says no.
func (k *kit) refused(what string, err error, kinds ...storage.Kind) {
	if k.over() {
		return
	}
	want := what + " is refused"
	if len(kinds) > 0 {
		want += " as " + orList(kinds)
	}
	if err == nil {
		k.fail(want, "success")
		return
	}
	kind := storage.KindOf(err)
	if k.abilities.Permitted == nil && kind == storage.Unsupported {
		k.skip("not supported")
		return
	}
	if len(kinds) == 0 && says(err) || slices.Contains(kinds, kind) {
		return
	}
	k.fail(want, k.describe(err))
}

// says reports whether an error is an answer, not the lack of one.
func says(err error) bool {
	switch storage.KindOf(err) {
	case storage.Internal, storage.Unavailable, storage.Unauthenticated, storage.LoginExpired:
		return false
	}
	return true
}

func orList(kinds []storage.Kind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, fmt.Sprintf("%q", kind))
	}
	return strings.Join(names, " or ")
}

// describe says what an error is, in one line.
func (k *kit) describe(err error) string {
	if errors.Is(err, context.DeadlineExceeded) && k.ctx.Err() != nil {
		return fmt.Sprintf("no answer within %s", k.Limit)
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

// hintFor is the remedy that an unexpected error suggests.
func hintFor(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the service took the request and did not answer; --limit gives it more time"
	}
	switch storage.KindOf(err) {
	case storage.Unavailable:
		return "is the service running at this address? See --server and backend.tls"
	case storage.Unauthenticated, storage.LoginExpired:
		return "the service does not take the credential; see backend.credentials, and token.key if the bridge signs it"
	case storage.Denied:
		return "the credential does not allow this; try --user with somebody who may, or --dir where it is allowed"
	case storage.Unsupported:
		return "the service has no such operation (405 or 501): take the verb out of the mapping, so that clients are told"
	}
	return ""
}

// put stores a file that the check needs.
func (k *kit) put(name storage.Path, c content) { k.write(name, c, storage.PutOptions{}) }

func (k *kit) write(name storage.Path, c content, opt storage.PutOptions) {
	if k.over() {
		return
	}
	_, err := k.backend.Put(k.ctx, name, c.reader(), opt)
	k.must(fmt.Sprintf("an upload of %s succeeds", c), err)
}

func (k *kit) mkdir(name storage.Path) {
	if k.over() {
		return
	}
	k.must("the folder is made", k.backend.MakeDir(k.ctx, name))
}

// holds ends the check unless name has the parts as its content, and stat tells
// their size or none. Without read or list it cannot look.
func (k *kit) holds(name storage.Path, parts ...content) {
	if k.over() {
		return
	}
	var readers []io.Reader
	size := int64(0)
	for _, c := range parts {
		readers = append(readers, c.reader())
		size += c.size
	}
	files := k.Fresh()
	if k.can.Has(storage.Read) {
		k.reads(files, name, 0, "the file has its "+count(size), io.MultiReader(readers...))
	}
	if k.over() || !k.can.Has(storage.ListDir) {
		return
	}
	e, err := files.Stat(k.ctx, name)
	k.must("the file is there", err)
	switch {
	case k.over():
	case e.IsDir():
		k.fail("a file", "a folder of this name")
	case e.Size != size && e.Size != storage.UnknownSize:
		k.fail("stat tells "+count(size), count(e.Size))
	}
}

// reads ends the check unless name reads as want from an offset on.
func (k *kit) reads(files storage.Backend, name storage.Path, offset int64, what string, want io.Reader) {
	if k.over() {
		return
	}
	r, err := files.Open(k.ctx, name, offset)
	k.must(what, err)
	if err != nil || k.over() {
		return
	}
	defer r.Close() // it was only read
	diff, err := differs(r, want)
	k.must(what, err)
	if diff != "" {
		k.fail(what, diff)
	}
}

// absent ends the check if there is something at name.
func (k *kit) absent(name storage.Path) {
	if k.over() {
		return
	}
	files := k.Fresh()
	e, err := files.Stat(k.ctx, name)
	if err == nil {
		k.fail("there is nothing of that name", entryText(e))
		return
	}
	if storage.KindOf(err) == storage.Unsupported {
		return // nothing can tell
	}
	k.refused("stat of what is not there", err, storage.NotFound)
	if k.can.Has(storage.ListDir) && slices.ContainsFunc(k.listWith(files, name.Dir()), func(e storage.Entry) bool { return e.Name == name.Base() }) {
		k.fail("there is nothing of that name", "it is listed")
	}
}

func entryText(e storage.Entry) string {
	switch {
	case e.IsDir():
		return "a folder"
	case e.Size == storage.UnknownSize:
		return "a file"
	}
	return "a file of " + count(e.Size)
}

// late is what a check found to hold and what must hold at the end as well.
type late struct {
	check string
	holds func(*kit)
}

// settles ends the check unless something holds a moment after an upload was cut
// short, which the service may need to notice it.
func (k *kit) settles(holds func(*kit)) {
	if k.over() {
		return
	}
	const pause = 100 * time.Millisecond
	trial := *k
	for waited := time.Duration(0); ; waited += pause {
		if waited < k.Settle {
			k.wait(pause)
		}
		trial = *k
		if holds(&trial); !trial.over() || waited >= k.Settle || k.ctx.Err() != nil {
			break
		}
	}
	k.fault, k.skipped = trial.fault, trial.skipped
	if !k.over() {
		k.later = append(k.later, late{k.check.name, holds})
	}
}

func (k *kit) wait(pause time.Duration) {
	select {
	case <-k.ctx.Done():
	case <-time.After(pause):
	}
}
