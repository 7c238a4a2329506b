package httpbackend

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errEarly is the cause of an upload that was answered with success too soon.
var errEarly = errors.New("success was answered before the content had ended")

// Put implements storage.Backend. Content that ends within its first 64 KiB is sent
// with a length; longer content is sent in chunks as it comes. opt.Size is not used:
// it is a claim, and as a length it would make a cut-short upload look whole. If the
// upstream answers before the end, Put waits for a read of body that is under way.
func (b *Backend) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	x, err := b.uploadCall(ctx, name, opt)
	if err != nil {
		return storage.Receipt{}, err
	}
	if x.upload, err = newUpload(body, &b.up.buffers); err != nil {
		if ctx.Err() != nil {
			return storage.Receipt{}, ctx.Err()
		}
		return storage.Receipt{}, x.fail(storage.CutShort, err)
	}
	defer b.cache.forget()
	resp, err := b.do(ctx, x)
	if err != nil {
		return storage.Receipt{}, err
	}
	discard(resp)
	if err := x.upload.failure(); err != nil {
		return storage.Receipt{}, x.fail(storage.CutShort, err)
	}
	if !x.upload.ended() {
		return storage.Receipt{}, x.fail(storage.Internal, errEarly)
	}
	if resp.StatusCode == http.StatusAccepted {
		return storage.Receipt{Text: "accepted"}, nil
	}
	return storage.Receipt{}, nil
}

// uploadCall chooses the call for a mode. To append where the API writes at offsets,
// it asks for the size first; if the file grows meanwhile, the upstream refuses.
func (b *Backend) uploadCall(ctx context.Context, name storage.Path, opt storage.PutOptions) (*exchange, error) {
	verb, offset := mapping.Write, int64(0)
	switch opt.Mode {
	case storage.Create:
		verb = mapping.Create
	case storage.Resume:
		if opt.Offset > 0 { // at 0 it replaces the whole file
			verb, offset = mapping.Append, opt.Offset
		}
	case storage.Append:
		verb = mapping.Append
	}
	x, err := b.resolve(storage.OpWrite, verb, name)
	if err != nil {
		return nil, err
	}
	if verb == mapping.Append && !x.call.AtOffset && opt.Mode == storage.Resume {
		return nil, x.fail(storage.Unsupported, nil)
	}
	if verb == mapping.Append && x.call.AtOffset && opt.Mode == storage.Append {
		if x, offset, err = b.appendCall(ctx, x); err != nil {
			return nil, err
		}
	}
	ftp := pathScope(name)
	ftp["offset"], ftp["size"] = offset, opt.Size
	x.scope["ftp"] = ftp
	return x, nil
}

// appendCall finds where the end of the file is. A file that is not there is made.
func (b *Backend) appendCall(ctx context.Context, x *exchange) (*exchange, int64, error) {
	e, err := b.stat(ctx, storage.OpWrite, x.name)
	switch {
	case err != nil && storage.KindOf(err) == storage.NotFound:
		if made, err := b.resolve(storage.OpWrite, mapping.Create, x.name); err == nil {
			return made, 0, nil
		}
		x, err = b.resolve(storage.OpWrite, mapping.Write, x.name)
		return x, 0, err
	case err != nil:
		return nil, 0, err
	case e.IsDir():
		return nil, 0, x.fail(storage.IsDir, nil)
	case e.Size < 0:
		return nil, 0, x.fail(storage.Unsupported, errors.New("the size of the file is not known"))
	}
	return x, e.Size, nil
}
