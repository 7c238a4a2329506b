package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// cleanLimit bounds the removal, which goes on after an interruption.
const cleanLimit = time.Minute

// cleanUp removes what the run has made, and says what it had to leave.
func (r *run) cleanUp(ctx context.Context) {
	if len(r.made) == 0 {
		return
	}
	result := Result{Check: "clean up"}
	where := fmt.Sprintf("the scratch folder %s", r.base)
	if !r.folder {
		where = fmt.Sprintf("files %s* in %s", r.prefix, r.base)
	}
	if r.Keep {
		result.Outcome, result.Reason = Skipped, where+": kept"
		r.add(result)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanLimit)
	defer cancel()
	r.Trace.reset()
	start := time.Now()
	var left []string
	for _, name := range r.leftovers(ctx) {
		if err := r.remove(ctx, name); err != nil {
			left = append(left, string(name))
		}
	}
	if r.folder && r.gone(ctx) {
		left = nil // what could not be removed was never there
	}
	if result.Took = time.Since(start); len(left) > 0 {
		result.Outcome = Failed
		result.Fault = Fault{
			Want: "nothing is left", Got: "left behind: " + some(left), Exchange: r.Trace.latest(),
			Hint: "remove " + where + " by hand",
		}
		if !r.can.Has(storage.DeleteFile) {
			result.Outcome, result.Reason = Skipped, "not mapped: delete; remove "+where+" by hand"
		}
	}
	r.add(result)
}

// gone reports whether the scratch folder is not there any more.
func (r *run) gone(ctx context.Context) bool {
	_, err := r.Fresh().Stat(ctx, r.base)
	return err != nil && storage.KindOf(err) == storage.NotFound
}

// leftovers are the paths that may still be there, what lies deeper first: those
// that the run has made, and those that can be seen.
func (r *run) leftovers(ctx context.Context) []storage.Path {
	found := maps.Clone(r.made)
	if r.folder {
		r.walk(ctx, r.base, found, 0)
	}
	paths := slices.Collect(maps.Keys(found))
	slices.SortFunc(paths, func(a, b storage.Path) int {
		if deeper := strings.Count(string(b), "/") - strings.Count(string(a), "/"); deeper != 0 {
			return deeper
		}
		return strings.Compare(string(a), string(b))
	})
	return paths
}

// walk adds what lies below dir. What cannot be listed is not found, and the removal
// of the folder above tells.
func (r *run) walk(ctx context.Context, dir storage.Path, found map[storage.Path]bool, depth int) {
	const deepest = 10 // no check makes more than two levels; a service that lists a folder in itself would not end
	for e, err := range r.Fresh().List(ctx, dir) {
		if err != nil || depth > deepest {
			return
		}
		found[dir.Join(e.Name)] = true
		if e.IsDir() {
			r.walk(ctx, dir.Join(e.Name), found, depth+1)
		}
	}
}

// remove deletes what is at name, whether a file or a folder; nothing is right too.
func (r *run) remove(ctx context.Context, name storage.Path) error {
	files := r.Fresh()
	e, err := files.Stat(ctx, name)
	switch {
	case err != nil && storage.KindOf(err) == storage.NotFound:
		return nil
	case err == nil && e.IsDir():
		err = files.RemoveDir(ctx, name)
	default:
		err = files.Delete(ctx, name)
	}
	if err != nil && storage.KindOf(err) == storage.NotFound {
		return nil
	}
	return err
}
