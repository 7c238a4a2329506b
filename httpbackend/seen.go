package httpbackend

import (
	"context"
	"net/http"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// matchSeen makes a request of a call with if_match conditional: on the version that
// the session has seen last, or on what is there now if it has seen none. What is
// not there must still not be there (RFC 9110, sections 13.1.1 and 13.1.2).
func (b *Backend) matchSeen(ctx context.Context, x *exchange) error {
	if !x.call.IfMatch {
		return nil
	}
	e, ok := b.cache.lookup(x.name)
	if !ok {
		var err error
		if e, err = b.stat(ctx, x.op, x.name); storage.KindOf(err) == storage.NotFound && err != nil {
			x.header = http.Header{"If-None-Match": {"*"}}
			return nil
		} else if err != nil {
			return err
		}
	}
	if e.ETag != "" {
		x.header = http.Header{"If-Match": {e.ETag}}
	}
	return nil
}
