package files

import (
	"io/fs"
	"net/http"
	"strings"
)

// conditions are the preconditions of a change: If-Match and If-None-Match
// (RFC 9110, section 13.1).
type conditions struct{ match, noneMatch []string }

func conditionsOf(h http.Header) conditions {
	return conditions{match: tags(h.Values("If-Match")), noneMatch: tags(h.Values("If-None-Match"))}
}

// tags splits lists of entity tags. Ours hold neither commas nor quotes, so a
// tag that does is not one of ours and may come out in pieces.
func tags(fields []string) []string {
	var list []string
	for _, f := range fields {
		for t := range strings.SplitSeq(f, ",") {
			list = append(list, strings.TrimSpace(t))
		}
	}
	return list
}

// check fails with 412 unless the conditions hold for old, the file as it is
// now (nil for none).
func (c conditions) check(old fs.FileInfo) error {
	if len(c.match) > 0 && !anyOf(c.match, old) {
		return fault(http.StatusPreconditionFailed, "changed", "Precondition failed",
			"The file is not the version that was asked for.")
	}
	if len(c.noneMatch) > 0 && anyOf(c.noneMatch, old) {
		return fault(http.StatusPreconditionFailed, "exists", "Precondition failed", "The file already exists.")
	}
	return nil
}

func anyOf(list []string, fi fs.FileInfo) bool {
	if fi == nil {
		return false
	}
	tag := etag(fi)
	for _, t := range list {
		if t == "*" || t == tag {
			return true
		}
	}
	return false
}
