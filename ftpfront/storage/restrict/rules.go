package restrict

import (
	"fmt"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Rule allows actions at the paths that match a pattern.
type Rule struct {
	Pattern string
	Allow   storage.Actions
}

// ParseActions reads names of actions: list, read, write, append, overwrite,
// delete, mkdir, rmdir, rename, mtime. The error repeats the one it does not
// know.
func ParseActions(names []string) (storage.Actions, error) {
	var all storage.Actions
	for _, name := range names {
		a := storage.ActionNamed(name)
		if a == 0 {
			return 0, fmt.Errorf("unknown action %q", name)
		}
		all |= a
	}
	return all, nil
}

// rules are compiled Rules; nil allows everything.
type rules []rule

type rule struct {
	pattern pattern
	allow   storage.Actions
}

func compile(in []Rule) (rules, error) {
	if in == nil {
		return nil, nil
	}
	rs := make(rules, len(in))
	for i, r := range in {
		p, err := parsePattern(r.Pattern)
		if err != nil {
			return nil, fmt.Errorf("rule %d, pattern %q: %w", i+1, r.Pattern, err)
		}
		if !storage.AllActions.Has(r.Allow) {
			return nil, fmt.Errorf("rule %d: unknown action", i+1)
		}
		rs[i] = rule{p, r.Allow}
	}
	return rs, nil
}

// verdict is what rules say of one path.
type verdict struct {
	allow storage.Actions
	// leads is set if something is allowed at a path below.
	leads bool
}

// at judges a path.
func (rs rules) at(name storage.Path) verdict {
	if rs == nil {
		return verdict{allow: storage.AllActions}
	}
	return rs.judge(func(p pattern) state { return p.after(name) })
}

// in returns a function that judges the entries of a directory, by names.
func (rs rules) in(dir storage.Path) func(name string) verdict {
	if rs == nil {
		return func(string) verdict { return verdict{allow: storage.AllActions} }
	}
	states := make([]state, len(rs))
	for i, r := range rs {
		states[i] = r.pattern.after(dir)
	}
	return func(name string) verdict {
		i := -1
		return rs.judge(func(p pattern) state {
			i++
			return p.step(states[i], name)
		})
	}
}

// judge asks for the state of each pattern in turn, as long as rules can still
// decide something.
func (rs rules) judge(reach func(pattern) state) verdict {
	var v verdict
	decided := false
	for _, r := range rs {
		s := reach(r.pattern)
		if !decided && r.pattern.matches(s) {
			v.allow, decided = r.allow, true
		}
		v.leads = v.leads || r.allow != 0 && r.pattern.leads(s)
		if r.pattern.covers(s) {
			break
		}
	}
	return v
}

// visible reports whether an entry may be seen.
func (v verdict) visible(t storage.Type) bool {
	if v.allow&(storage.ListDir|storage.Read) != 0 {
		return true
	}
	return t == storage.Dir && (v.allow != 0 || v.leads)
}

// uniform reports whether one rule decides for name and all that can be below it.
func (rs rules) uniform(name storage.Path) bool {
	for _, r := range rs {
		s := r.pattern.after(name)
		if r.pattern.covers(s) {
			return true
		}
		if r.pattern.matches(s) || r.pattern.leads(s) {
			return false
		}
	}
	return true
}
