package httpbackend

import (
	"context"
	"errors"
	"net/http"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// errETag is the cause of an overwrite of what has no identity that can be sent.
var errETag = errors.New("the etag of the file cannot stand in a header")

// matchSeen makes a request of a call with if_match conditional: on the version that
// the session has seen last, or on what is there now if it has seen none. What is
// not there must still not be there (RFC 9110, sections 13.1.1 and 13.1.2).
func (b *Backend) matchSeen(ctx context.Context, x *exchange) error {
	if !x.call.IfMatch {
		return nil
	}
	e, ok := b.cache.lookup(x.name)
	if !ok || e.ETag == "" {
		var err error
		if e, err = b.stat(ctx, x.op, x.name); storage.KindOf(err) == storage.NotFound && err != nil {
			x.header = http.Header{"If-None-Match": {"*"}}
			return nil
		} else if err != nil {
			return err
		}
	}
	if !sendable(e.ETag) {
		return x.fail(storage.Internal, errETag)
	}
	if e.ETag != "" {
		x.header = http.Header{"If-Match": {e.ETag}}
	}
	return nil
}

// sendable reports whether text can be the value of a header: printable ASCII and
// what RFC 9110, section 8.8.3, lets an entity tag have besides.
func sendable(text string) bool {
	for i := range len(text) {
		if text[i] < 0x20 || text[i] == 0x7f {
			return false
		}
	}
	return true
}
