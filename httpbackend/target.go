package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// target is a path and a verb that the mapping has calls for.
type target struct {
	b     *Backend
	op    storage.Op
	verb  mapping.Verb
	name  storage.Path
	route *mapping.Route
	calls []*mapping.Call
	scope mapping.Scope
	// found is the item that the lookup found, as JSON; nil without one.
	found []byte
	// saved are the names that the calls of t have saved, kept for the longest time that
	// one of them says.
	saved map[string]any
	keep  time.Duration
	// since is the version of what is remembered at which t began.
	since int
}

// resolve finds the calls for verb at name. Without any, it fails with Unsupported if
// the mapping has something else to do there; otherwise there can be no such file.
func (b *Backend) resolve(op storage.Op, verb mapping.Verb, name storage.Path) (*target, error) {
	r, ok := b.up.opt.Mapping.Resolve(string(name), verb)
	switch {
	case ok:
		return b.target(op, verb, name, r), nil
	case b.up.tree.knows(name):
		return nil, storage.Fail(storage.Unsupported, op, name)
	case op == storage.OpWrite || op == storage.OpMakeDir:
		return nil, storage.Fail(storage.InvalidName, op, name)
	}
	return nil, storage.Fail(storage.NotFound, op, name)
}

func (b *Backend) target(op storage.Op, verb mapping.Verb, name storage.Path, r mapping.Resolution) *target {
	t := &target{b: b, op: op, verb: verb, name: name, route: r.Route, calls: r.Calls, since: b.cache.kept.version()}
	t.scope = b.scope(name, r.Vars)
	return t
}

// scope is what every value may use at name.
func (b *Backend) scope(name storage.Path, vars map[string]any) mapping.Scope {
	sc := mapping.Scope{
		"user":    b.caller.User,
		"session": map[string]any{"id": b.caller.Session},
		"server":  b.up.server,
		"ftp":     pathScope(name, vars),
	}
	for k, v := range vars {
		sc[k] = v
	}
	return sc
}

// pathScope is a path as values see it.
func pathScope(name storage.Path, vars map[string]any) map[string]any {
	return map[string]any{"path": string(name), "name": name.Base(), "dir": string(name.Dir()), "vars": vars}
}

// tell adds what the command says to ftp.
func (t *target) tell(key string, value any) { t.scope["ftp"].(map[string]any)[key] = value }

// try makes the first call whose condition holds, and the next one after an answer
// that the mapping passes over.
func (t *target) try(ctx context.Context, do func(x *exchange) error) error {
	if err := t.look(ctx); err != nil {
		return err
	}
	for i, call := range t.calls {
		if chosen, err := t.chooses(call.When); err != nil {
			return err
		} else if !chosen {
			continue
		}
		x := t.exchange(call)
		err := do(x)
		se, ok := errors.AsType[*statusError](err)
		spent := x.upload != nil && !x.upload.rewind() // there is no content for another call
		if ok && i+1 < len(t.calls) && call.ElseOn.Has(se.status) && !spent && !x.begun {
			continue
		}
		return err
	}
	if t.op == storage.OpWrite || t.op == storage.OpMakeDir { // there are calls, for other names
		return storage.Fail(storage.InvalidName, t.op, t.name)
	}
	return storage.Fail(storage.Unsupported, t.op, t.name)
}

// chooses evaluates the condition of a call. One that cannot be computed is an error:
// whether the call is to be made is not known, and the next may not be taken for it.
func (t *target) chooses(when *mapping.Value) (bool, error) {
	if when == nil {
		return true, nil
	}
	yes, err := when.Eval(t.scope)
	if err != nil {
		return false, t.fail(storage.Internal, err)
	}
	return yes == true, nil
}

// exchange is one request of t, about to be made.
func (t *target) exchange(call *mapping.Call) *exchange {
	return &exchange{target: t, call: call, plan: t.b.up.plans[call]}
}

// exchange is one request of the mapping.
type exchange struct {
	*target
	call *mapping.Call
	plan *callPlan
	// header is added to what the mapping sets; it may be nil.
	header http.Header
	// query is added too.
	query map[string]string
	// next is the whole URL of a further page.
	next string
	// strayed: a page has been on another origin, which says what the next one is.
	strayed bool
	// upload is the content, nil unless the call streams.
	upload *upload
	// requested: the request has been made, as far as is known.
	requested bool
	// begun: a page of the answer has been given away.
	begun bool
	// raw is the answer of a call whose answer is read whole, as JSON.
	raw []byte
}
