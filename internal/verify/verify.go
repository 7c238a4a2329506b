package verify

import (
	"cmp"
	"context"
	"crypto/rand"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Options says what is tried and where. The zero value tries everything that the
// backend can do, in a scratch folder in the root.
type Options struct {
	// Dir is where the scratch folder is made; empty means the root.
	Dir storage.Path
	// Look is a directory whose present content is listed and read; it is not
	// changed. Empty means Dir if nothing can be written there, otherwise none.
	Look storage.Path
	// Name of the scratch folder; empty: a random one.
	Name string
	// Keep leaves the scratch folder behind.
	Keep bool
	// ReadOnly skips everything that changes something.
	ReadOnly bool
	// Files is how many files the folder with many has; 0 means 30.
	Files int
	// Limit bounds each check; 0 means one minute.
	Limit time.Duration
	// Settle is how long a service may take to notice that an upload was cut
	// short and to forget the part that came; 0 means 2 s, negative none.
	Settle time.Duration
	// Fresh makes a session of its own, which remembers nothing of what the
	// tried one did; outcomes are checked with it. Nil takes the same backend.
	Fresh func() storage.Backend
	// Trace, if not nil, has the HTTP requests behind the operations, so that
	// failures can name the one that led to them.
	Trace *Trace
	// Progress, if not nil, is called with each result as it comes.
	Progress func(Result)
}

// Run tries the backend. When ctx ends, what has not been tried is skipped, and the
// scratch folder is removed all the same.
func Run(ctx context.Context, backend storage.Backend, o Options) Report {
	o.Dir = cmp.Or(o.Dir, storage.Root)
	o.Name = cmp.Or(o.Name, "bridge-verify-"+strings.ToLower(rand.Text()[:8]))
	o.Files = cmp.Or(o.Files, 30)
	o.Limit = cmp.Or(o.Limit, time.Minute)
	o.Settle = cmp.Or(o.Settle, 2*time.Second)
	if o.Fresh == nil {
		o.Fresh = func() storage.Backend { return backend }
	}
	if o.Trace == nil {
		o.Trace = &Trace{}
	}
	r := &run{Options: o, backend: backend, abilities: storage.AbilitiesOf(backend), made: map[storage.Path]bool{}}
	r.plan()
	r.family(ctx, rootChecks())
	if r.failed > 0 {
		r.stop = "the root is not as it should be"
	}
	if r.writes && r.folder && r.stop == "" {
		r.family(ctx, scratchChecks())
		if r.failed > 0 {
			r.stop = "there is no scratch folder"
		}
	}
	for _, checks := range [][]check{
		lookChecks(), dirChecks(), writeChecks(), readChecks(), listChecks(), cutChecks(), nameChecks(),
		removeChecks(), renameChecks(), abilityChecks(), lateChecks(),
	} {
		r.family(ctx, checks)
	}
	r.cleanUp(ctx)
	return r.report
}

// run is one run of the checks.
type run struct {
	Options
	backend   storage.Backend
	abilities storage.Abilities
	report    Report
	failed    int
	stop      string // why nothing more is tried

	// base is where names are made, prefix what they begin with; folder: base is
	// a scratch folder that has to be made first.
	base   storage.Path
	prefix string
	folder bool
	can    storage.Actions // in base
	writes bool
	number int                   // of the check
	made   map[storage.Path]bool // what may be left
	later  []late                // what is looked at again at the end
}

// plan finds out where files can be made. A storage without folders gets files
// whose names begin alike.
func (r *run) plan() {
	permitted := r.abilities.Permitted
	if permitted == nil {
		permitted = func(storage.Path) storage.Actions { return storage.AllActions }
	}
	r.base = r.Dir.Join(r.Name)
	if r.folder = permitted(r.base).Has(storage.Mkdir); !r.folder {
		r.base, r.prefix = r.Dir, r.Name+"-"
	}
	r.can = permitted(r.base)&storage.ListDir | permitted(r.base.Join(r.prefix+"x"))&^storage.ListDir
	if r.folder {
		r.can |= permitted(r.base) & (storage.Mkdir | storage.Rmdir | storage.ListDir)
	}
	r.writes = r.can.Has(storage.Write) && !r.ReadOnly
	if r.Look == "" && !r.writes {
		r.Look = r.Dir
	}
}

// check is one behaviour.
type check struct {
	name string
	// needs are the actions that it cannot do without.
	needs storage.Actions
	// lacks says why it cannot be tried, if it cannot; nil: it always can.
	lacks func(*run) string
	// hint is the remedy where the failure itself suggests none.
	hint string
	run  func(*kit)
}

// family makes the checks one after the other.
func (r *run) family(ctx context.Context, checks []check) {
	for _, c := range checks {
		result := Result{Check: c.name}
		switch why := r.skips(ctx, c); {
		case why != "":
			result.Outcome, result.Reason = Skipped, why
		default:
			result = r.try(ctx, c)
		}
		r.add(result)
	}
}

func (r *run) add(result Result) {
	if result.Outcome == Failed {
		r.failed++
	}
	r.report.Results = append(r.report.Results, result)
	if r.Progress != nil {
		r.Progress(result)
	}
}

// skips says why a check is not made; empty: it is.
func (r *run) skips(ctx context.Context, c check) string {
	if ctx.Err() != nil {
		return "interrupted"
	}
	if r.stop != "" {
		return r.stop
	}
	const changing = storage.AllActions &^ (storage.ListDir | storage.Read)
	if c.needs&changing != 0 && r.ReadOnly {
		return "nothing is to be changed"
	}
	if lacks := c.needs &^ r.can; lacks != 0 {
		return "not mapped: " + strings.Join(words(lacks), ", ")
	}
	if c.lacks != nil {
		return c.lacks(r)
	}
	return ""
}

func (r *run) try(ctx context.Context, c check) Result {
	r.number++
	ctx, cancel := context.WithTimeout(ctx, r.Limit)
	defer cancel()
	r.Trace.reset()
	k := &kit{run: r, ctx: ctx, check: c, number: r.number}
	start := time.Now()
	c.run(k)
	result := Result{Check: c.name, Took: time.Since(start)}
	switch {
	case k.skipped != "":
		result.Outcome, result.Reason = Skipped, k.skipped
	case k.fault != nil:
		result.Outcome, result.Fault = Failed, *k.fault
	}
	return result
}

// words are the names of actions, as permission rules have them.
func words(a storage.Actions) []string {
	var names []string
	for _, name := range []string{"list", "read", "write", "append", "overwrite", "delete", "mkdir", "rmdir", "rename", "mtime"} {
		if action := storage.ActionNamed(name); a.Has(action) {
			names = append(names, name)
		}
	}
	return names
}
