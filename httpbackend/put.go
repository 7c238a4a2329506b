package httpbackend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// errEarly is the cause of an upload that was answered with success too soon.
var errEarly = errors.New("success was answered before the content had ended")

// errNotSent is the cause of an upload whose content no step has carried.
var errNotSent = errors.New("no step has sent the content")

// Put implements storage.Backend. Content that ends within its first 64 KiB is sent
// with a length; longer content is sent in chunks as it comes, unless the mapping has
// it collected before. opt.Size is not used: it is a claim, and as a length it would
// make a cut-short upload look whole. If the upstream answers before the end, Put
// waits for a read of body that is under way.
func (b *Backend) Put(ctx context.Context, name storage.Path, body io.Reader, opt storage.PutOptions) (storage.Receipt, error) {
	if name == storage.Root {
		return storage.Receipt{}, storage.Fail(storage.IsDir, storage.OpWrite, name)
	}
	t, err := b.uploadTarget(ctx, name, opt)
	if err != nil {
		return storage.Receipt{}, err
	}
	up, err := newUpload(body, &b.up.buffers)
	if err != nil {
		if ctx.Err() != nil {
			return storage.Receipt{}, ctx.Err()
		}
		return storage.Receipt{}, t.fail(storage.CutShort, err)
	}
	defer up.drop()
	defer func() { b.wrote(t, err) }()
	b.begin(t, up)
	var receipt storage.Receipt
	err = t.try(ctx, func(x *exchange) error {
		if err := b.matchSeen(ctx, x); err != nil {
			return err
		}
		x.upload = up
		if err := b.collect(ctx, x); err != nil {
			return err
		}
		x.tellRange()
		resp, err := b.run(ctx, x)
		if err == nil {
			receipt = x.receipt(resp)
		}
		return err
	})
	return receipt, err
}

// begin makes transfer, which tells of the content as far as it is known: seq from
// the beginning, bytes and sha256 when the content has ended.
func (b *Backend) begin(t *target, up *upload) {
	t.scope["transfer"] = map[string]any{"seq": b.transfers.Add(1)}
	for _, c := range t.calls {
		if b.up.plans[c].digest {
			up.digest()
			return
		}
	}
}

// tellRange says where the content goes, for a call with resume: content-range (RFC
// 9110, section 14.5). No content has no range; "*" then stands for it, as services
// with resumable uploads have it.
func (x *exchange) tellRange() {
	if x.call.Resume != mapping.ContentRange {
		return
	}
	first, _ := x.scope["ftp"].(map[string]any)["offset"].(int64)
	end := first + x.upload.size
	span := "*"
	if x.upload.size > 0 {
		span = fmt.Sprintf("%d-%d", first, end-1)
	}
	if x.header == nil {
		x.header = http.Header{}
	}
	x.header.Set("Content-Range", fmt.Sprintf("bytes %s/%d", span, end))
}

// taken reports whether the request that has just been answered had all of the content.
func (x *exchange) taken() error {
	if err := x.upload.failure(); err != nil {
		return x.fail(storage.CutShort, err)
	}
	if !x.upload.ended() {
		return x.fail(storage.Internal, errEarly)
	}
	return nil
}

// finalReply is the code that a mapping may write before the text of its reply, as
// people know it. The engine writes the code itself.
const finalReply = "226 "

// receipt is what the user is told of an upload.
func (x *exchange) receipt(resp *http.Response) storage.Receipt {
	if x.call.Reply != nil {
		if text, err := x.call.Reply.Eval(x.scope); err == nil {
			return storage.Receipt{Text: strings.TrimPrefix(oneLine(mapping.Text(text)), finalReply)}
		}
	}
	if resp.StatusCode == http.StatusAccepted {
		return storage.Receipt{Text: "accepted"}
	}
	return storage.Receipt{}
}

// uploadTarget chooses the verb for a mode. To append where the API writes at offsets,
// it asks for the size first; if the file grows meanwhile, the upstream refuses.
func (b *Backend) uploadTarget(ctx context.Context, name storage.Path, opt storage.PutOptions) (*target, error) {
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
	t, err := b.resolve(storage.OpWrite, verb, name)
	if err != nil {
		return nil, err
	}
	if verb == mapping.Append && !t.atOffset() && opt.Mode == storage.Resume {
		return nil, storage.Fail(storage.Unsupported, t.op, name)
	}
	if verb == mapping.Append && t.atOffset() && opt.Mode == storage.Append {
		if t, offset, err = b.appendTarget(ctx, t); err != nil {
			return nil, err
		}
	}
	t.tell("offset", offset)
	t.tell("size", opt.Size)
	return t, nil
}

// atOffset reports whether a call of t, or a step, is told where to write.
func (t *target) atOffset() bool {
	for _, c := range t.calls {
		for _, part := range append([]*mapping.Call{c}, c.Steps...) {
			if part.Resume != mapping.NoOffset || part.UsesOffset() {
				return true
			}
		}
	}
	return false
}

// appendTarget finds where the end of the file is. A file that is not there is made.
func (b *Backend) appendTarget(ctx context.Context, t *target) (*target, int64, error) {
	e, err := b.stat(ctx, storage.OpWrite, t.name)
	switch {
	case err != nil && storage.KindOf(err) == storage.NotFound:
		if made, err := b.resolve(storage.OpWrite, mapping.Create, t.name); err == nil {
			return made, 0, nil
		}
		t, err = b.resolve(storage.OpWrite, mapping.Write, t.name)
		return t, 0, err
	case err != nil:
		return nil, 0, err
	case e.IsDir():
		return nil, 0, storage.Fail(storage.IsDir, t.op, t.name)
	case e.Size < 0:
		return nil, 0, t.fail(storage.Unsupported, errors.New("the size of the file is not known"))
	}
	return t, e.Size, nil
}
