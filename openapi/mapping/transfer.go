package mapping

// checkTransfer reports values of an upload that see more of its content than is known
// when they are computed: its count and digest come with its end.
func (r *callReader) checkTransfer() {
	calls := r.c.Steps
	if len(calls) == 0 {
		calls = []*Call{r.c}
	}
	for _, c := range calls {
		if c.Length.Collect {
			return // the content has ended before the first request
		}
	}
	for _, c := range calls {
		for _, v := range c.Inputs() {
			if name, ok := v.usesContent(); ok {
				r.o.faults.Add(v.Pos, "transfer.%s is not known before the content has been sent; say needs_length: spool or memory(8MiB)", name)
			}
		}
		if c.Body.Streams() {
			return
		}
	}
}

// usesContent returns the first field of transfer that v sees and that depends on the
// content.
func (v *Value) usesContent() (field string, ok bool) {
	for _, use := range v.UsesOf("transfer") {
		switch {
		case len(use) == 0:
			return "bytes", true
		case use[0] != "seq":
			return use[0], true
		}
	}
	return "", false
}
