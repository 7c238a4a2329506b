package mapping

import "slices"

// algorithms are the digests that FTP has verbs for, by their names in the IANA
// registry of FTP hash names.
func algorithms() []string { return []string{"SHA-256", "SHA-512", "SHA-1", "MD5", "CRC32"} }

// readHash takes the fields of a hash.
func (r *callReader) readHash() {
	c, o, e := r.c, r.o, r.resp
	if n, ok := o.take("digest"); ok {
		c.Digest = newValue(n, "digest", e)
	} else {
		o.fault(`hash: "digest" is missing: where in the answer is it?`)
	}
	n, ok := o.take("algorithms")
	if !ok {
		o.fault(`hash: "algorithms" is missing: which digests are there?`)
		return
	}
	for _, a := range n.list("algorithms") {
		name, ok := a.text("algorithms")
		switch {
		case !ok:
		case !slices.Contains(algorithms(), name):
			a.fault("algorithms: unknown %q%s", name, didYouMean(name, algorithms()))
		case slices.Contains(c.Algorithms, name):
			a.fault("algorithms: %q is there twice", name)
		default:
			c.Algorithms = append(c.Algorithms, name)
		}
	}
}

// readSpace takes the fields of a space.
func (r *callReader) readSpace() {
	c, o, e := r.c, r.o, r.resp
	if n, ok := o.take("free"); ok {
		c.Free = newValue(n, "free", e)
	} else {
		o.fault(`space: "free" is missing: where in the answer are the free bytes?`)
	}
	if n, ok := o.take("total"); ok {
		c.Total = newValue(n, "total", e)
	}
}
