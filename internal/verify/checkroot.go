package verify

import "github.com/ftpbridge/bridge/ftpfront/storage"

// rootChecks are those without which no other makes sense.
func rootChecks() []check {
	const hint = "does the service answer at all? See --server, and the mapping's stat and list"
	return []check{
		{name: "stat of the root", hint: hint, run: func(k *kit) {
			e, err := k.backend.Stat(k.ctx, storage.Root)
			k.must("the root is there", err)
			if !k.over() && !e.IsDir() {
				k.fail("a folder", entryText(e))
			}
		}},
		{name: "list of the root", hint: hint, lacks: cannotList(storage.Root), run: func(k *kit) { k.validList(storage.Root) }},
		{name: "the folder to work in is there", hint: "make it, or name another with --dir", lacks: func(r *run) string {
			if r.Dir == storage.Root {
				return "it is the root"
			}
			return ""
		}, run: func(k *kit) {
			e, err := k.backend.Stat(k.ctx, k.Dir)
			k.must("a folder at --dir", err)
			if !k.over() && !e.IsDir() {
				k.fail("a folder at --dir", entryText(e))
			}
		}},
	}
}

// cannotList says why a directory cannot be listed.
func cannotList(dir storage.Path) func(*run) string {
	return func(r *run) string {
		if permitted := r.abilities.Permitted; permitted != nil && !permitted(dir).Has(storage.ListDir) {
			return "not mapped: list"
		}
		return ""
	}
}

// validList lists a directory in which others may work, and checks what holds of
// every listing.
func (k *kit) validList(dir storage.Path) []storage.Entry {
	var entries []storage.Entry
	seen := map[string]bool{}
	for e, err := range k.backend.List(k.ctx, dir) {
		k.must("the folder can be listed to its end", err)
		if err != nil {
			return nil
		}
		switch {
		case seen[e.Name]:
			k.fail("each name once", "twice the name "+some([]string{e.Name}))
			k.hintOver("do the pages overlap? See page in the mapping's list; a cursor that is not passed on gives the first page again")
		case !storage.ValidName(e.Name):
			k.fail("names that a file can have", some([]string{e.Name}))
		case e.Size < storage.UnknownSize:
			k.fail("a size from 0 up", count(e.Size))
		}
		if k.over() {
			return nil
		}
		seen[e.Name] = true
		entries = append(entries, e)
	}
	return entries
}

// hintOver replaces the hint of a fault by one that knows more.
func (k *kit) hintOver(hint string) {
	if k.fault != nil {
		k.fault.Hint = hint
	}
}

// scratchChecks make the folder that the others work in.
func scratchChecks() []check {
	return []check{{
		name: "mkdir of the scratch folder", needs: storage.Mkdir,
		hint: "is --dir a folder in which the user may make things?",
		run: func(k *kit) {
			k.mkdir(k.base)
			k.made[k.base] = true
			e, err := k.Fresh().Stat(k.ctx, k.base)
			k.must("the folder is there", err)
			if !k.over() && !e.IsDir() {
				k.fail("a folder", entryText(e))
			}
		},
	}}
}
