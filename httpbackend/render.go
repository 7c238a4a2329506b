package httpbackend

import (
	"context"
	"io"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// openRendered makes a file of the items of an answer.
func (b *Backend) openRendered(_ context.Context, x *exchange, _ int64) (io.ReadCloser, error) {
	return nil, x.fail(storage.Unsupported, nil)
}
