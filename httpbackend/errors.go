package httpbackend

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// statusRow says what an unsuccessful status means: in general, and to the
// operations that read it otherwise.
type statusRow struct {
	general storage.Kind
	except  map[storage.Op]storage.Kind
}

// statusTable has a row for every status of 300 and above that has a name (RFC 9110
// and the IANA registry). One without a row goes by its class.
func statusTable() map[int]statusRow {
	table := map[int]statusRow{
		http.StatusConflict: {storage.Conflict, map[storage.Op]storage.Kind{
			storage.OpMakeDir: storage.Exists, storage.OpRemoveDir: storage.NotEmpty,
			storage.OpList: storage.Busy, storage.OpStat: storage.Busy, storage.OpRead: storage.Busy,
		}},
	}
	for kind, statuses := range map[storage.Kind][]int{
		storage.InvalidName:     {http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestURITooLong},
		storage.Unauthenticated: {http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired},
		storage.TooLarge:        {http.StatusPaymentRequired, http.StatusRequestEntityTooLarge},
		storage.Denied:          {http.StatusForbidden, http.StatusUnavailableForLegalReasons},
		storage.NotFound:        {http.StatusNotFound, http.StatusGone},
		storage.Unsupported:     {http.StatusMethodNotAllowed, http.StatusNotImplemented},
		storage.Busy: {http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
			http.StatusServiceUnavailable, http.StatusLocked},
		storage.Conflict:    {http.StatusPreconditionFailed, http.StatusPreconditionRequired},
		storage.BadRestart:  {http.StatusRequestedRangeNotSatisfiable},
		storage.NoSpace:     {http.StatusInsufficientStorage},
		storage.Unavailable: {http.StatusBadGateway, http.StatusGatewayTimeout, http.StatusMisdirectedRequest},
		storage.Internal: {http.StatusMultipleChoices, http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
			http.StatusNotModified, http.StatusUseProxy, http.StatusTemporaryRedirect, http.StatusPermanentRedirect,
			http.StatusNotAcceptable, http.StatusLengthRequired, http.StatusUnsupportedMediaType, http.StatusExpectationFailed,
			http.StatusTeapot, http.StatusFailedDependency, http.StatusUpgradeRequired, http.StatusRequestHeaderFieldsTooLarge,
			http.StatusInternalServerError, http.StatusHTTPVersionNotSupported, http.StatusVariantAlsoNegotiates,
			http.StatusLoopDetected, http.StatusNotExtended},
	} {
		for _, status := range statuses {
			table[status] = statusRow{general: kind}
		}
	}
	return table
}

var statuses = statusTable()

// kindOfStatus reads the table. create: the request asked that nothing be replaced.
func kindOfStatus(status int, op storage.Op, create bool) storage.Kind {
	if status == http.StatusPreconditionFailed && create {
		return storage.Exists
	}
	row := statuses[status] // without a row: Internal
	if kind, ok := row.except[op]; ok {
		return kind
	}
	return row.general
}

// kindNames are the words of a mapping's errors for the kinds.
var kindNames = map[string]storage.Kind{
	"internal": storage.Internal, "not-found": storage.NotFound, "exists": storage.Exists, "not-empty": storage.NotEmpty,
	"is-dir": storage.IsDir, "not-dir": storage.NotDir, "denied": storage.Denied, "invalid-name": storage.InvalidName,
	"conflict": storage.Conflict, "too-large": storage.TooLarge, "no-space": storage.NoSpace, "busy": storage.Busy,
	"unavailable": storage.Unavailable, "bad-restart": storage.BadRestart, "cut-short": storage.CutShort,
	"unsupported": storage.Unsupported, "unauthenticated": storage.Unauthenticated, "login-expired": storage.LoginExpired,
}

// upstreamFailed reports whether a status says that the upstream, not the request,
// is at fault. 501 and 507 are answers.
func upstreamFailed(status int) bool {
	return status >= 500 && status != http.StatusNotImplemented && status != http.StatusInsufficientStorage
}

// statusError is the cause of an error that an answer led to.
type statusError struct {
	operation string
	status    int
	problem   problem
	size      int64 // of the file, where a 416 tells it; -1: not known
}

func (e *statusError) Error() string {
	s := e.operation + " answered " + strconv.Itoa(e.status)
	if t := http.StatusText(e.status); t != "" {
		s += " " + t
	}
	for _, text := range []string{oneLine(e.problem.Title), oneLine(e.problem.Detail)} {
		if text != "" {
			s += ": " + text
		}
	}
	if e.status/100 == 3 {
		s += "; the mapping's redirects say where it may lead"
	}
	return s
}

// fromResponse turns an answer that is not a success into an error: by the rows of
// the mapping, then by the table. It reads the body and leaves it open.
func (b *Backend) fromResponse(x *exchange, resp *http.Response) error {
	p, body := b.readProblem(x, resp)
	e := &storage.Error{
		Kind: kindOfStatus(resp.StatusCode, x.op, x.call.Verb == mapping.Create),
		Op:   x.op, Path: x.name,
		RetryAfter: retryAfter(resp.Header.Get("Retry-After"), time.Now()),
	}
	r, _ := parseContentRange(resp.Header.Get("Content-Range"))
	e.Err = &statusError{x.call.Operation.Name(), resp.StatusCode, p, r.size}
	if b.up.opt.ShowProblems {
		e.Text = p.text()
	}
	scope := x.scope
	scope["problem"] = p.scope()
	x.raw = body
	b.noteResp(x, resp)
	if x.plan.item {
		scope["item"] = decode(body)
	}
	for _, f := range x.call.Faults {
		if !f.Status.Has(resp.StatusCode) || !holds(f.When, scope) {
			continue
		}
		apply(f, e, scope)
		break
	}
	return e
}

// apply makes of e what a row of the mapping says.
func apply(f *mapping.Fault, e *storage.Error, scope mapping.Scope) {
	e.Kind = kindNames[f.Kind]
	if f.Text == nil {
		return
	}
	if text, err := f.Text.Eval(scope); err == nil {
		e.Text = oneLine(mapping.Text(text))
	}
}

// holds reports whether a condition is true. One that cannot be computed is not.
func holds(when *mapping.Value, scope mapping.Scope) bool {
	if when == nil {
		return true
	}
	v, err := when.Eval(scope)
	yes, ok := v.(bool)
	return err == nil && ok && yes
}

// transportError turns the failure to get an answer into an error.
func (b *Backend) transportError(ctx context.Context, x *exchange, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if x.upload != nil {
		if broke := x.upload.failure(); broke != nil {
			return x.fail(storage.CutShort, broke)
		}
	}
	_, noCredential := errors.AsType[*credentialError](err)
	switch {
	case errors.Is(err, errFull):
		return x.fail(storage.Busy, err)
	case errors.Is(err, ErrLoginExpired):
		return x.fail(storage.LoginExpired, err)
	case noCredential:
		return x.fail(storage.Unauthenticated, err)
	case errors.Is(err, errForbidden):
		return x.fail(storage.Internal, err)
	}
	return x.fail(storage.Unavailable, err)
}

// fail makes the error of an operation.
func (t *target) fail(kind storage.Kind, cause error) error {
	return &storage.Error{Kind: kind, Op: t.op, Path: t.name, Err: cause}
}

// maxRetryAfter is the longest wait that is passed on.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads the header of that name (RFC 9110, section 10.2.3): seconds, or a
// date. Anything else, and the past, is 0.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	wait := time.Duration(0)
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
