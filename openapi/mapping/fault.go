package mapping

import "slices"

// Fault is a row of errors: what an unsuccessful answer means to this call.
type Fault struct {
	Status Statuses
	// When looks at the answer; nil takes every one of the status.
	When *Value
	// Kind is what went wrong, one of [FaultKinds].
	Kind string
	// Text, if not nil, makes the text for the user.
	Text *Value
}

// FaultKinds are the values of kind: those of ftpfront/storage in words.
func FaultKinds() []string {
	return []string{
		"internal", "not-found", "exists", "not-empty", "is-dir", "not-dir", "denied", "invalid-name", "conflict",
		"too-large", "no-space", "busy", "unavailable", "bad-restart", "cut-short", "unsupported", "unauthenticated",
		"login-expired",
	}
}

// kindOfReply lets a mapping say a kind by the FTP reply that it leads to. 550 has
// many kinds; without a kind it is denied, which says the least.
func kindOfReply(code int64) (string, bool) {
	kind, ok := map[int64]string{
		426: "cut-short", 450: "busy", 451: "internal", 452: "no-space", 501: "invalid-name", 502: "unsupported",
		530: "login-expired", 550: "denied", 552: "too-large", 553: "invalid-name", 554: "bad-restart",
	}[code]
	return kind, ok
}

func (r *callReader) readFaults() {
	n, ok := r.o.take("errors")
	if !ok {
		return
	}
	for _, row := range n.list("errors") {
		if o, ok := row.object("errors"); ok {
			r.c.Faults = append(r.c.Faults, readFault(o, r.resp))
		}
	}
}

func readFault(o *object, e env) *Fault {
	f := &Fault{}
	if n, ok := o.take("status"); ok {
		f.Status.addAll(n, "status")
	} else {
		o.fault(`errors: "status" is missing: which answers does it mean?`)
	}
	if n, ok := o.take("when"); ok {
		f.When = newValue(n, "when", e)
	}
	if n, ok := o.take("text"); ok {
		f.Text = newValue(n, "text", e)
	}
	kind, hasKind := o.take("kind")
	reply, hasReply := o.take("reply")
	switch {
	case hasKind == hasReply:
		o.fault(`errors: want "kind" or "reply", one of them`)
	case hasKind:
		var ok bool
		if f.Kind, ok = kind.text("kind"); ok && !slices.Contains(FaultKinds(), f.Kind) {
			kind.fault("unknown kind %q%s", f.Kind, didYouMean(f.Kind, FaultKinds()))
		}
	default:
		code, _ := reply.scalar()
		number, _ := code.(int64)
		var known bool
		if f.Kind, known = kindOfReply(number); !known {
			reply.fault("reply: want one of 426, 450, 451, 452, 501, 502, 530, 550, 552, 553 and 554, or say kind")
		}
	}
	o.finish("error")
	return f
}
