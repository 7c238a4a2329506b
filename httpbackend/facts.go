package httpbackend

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// space is the ability of that name.
func (b *Backend) space(ctx context.Context, name storage.Path) (storage.Space, error) {
	x, err := b.resolve(storage.OpSpace, mapping.Space, name)
	if err != nil {
		return storage.Space{}, err
	}
	room := storage.Space{Free: storage.UnknownSize, Total: storage.UnknownSize}
	err = b.ask(ctx, x, func() error {
		if room.Free, err = bytesOf(x.call.Free, x.scope); err != nil || x.call.Total == nil {
			return err
		}
		room.Total, err = bytesOf(x.call.Total, x.scope)
		return err
	})
	return room, err
}

func bytesOf(v *mapping.Value, scope mapping.Scope) (int64, error) {
	n, err := v.Eval(scope)
	if err != nil {
		return storage.UnknownSize, fmt.Errorf("%w: %w", errBadEntry, err)
	}
	return max(wholeNumber(n), storage.UnknownSize), nil
}

// digest is the ability of that name. Services keep digests of whole files.
func (b *Backend) digest(ctx context.Context, name storage.Path, a storage.Algorithm, part storage.Range) ([]byte, error) {
	x, err := b.resolve(storage.OpDigest, mapping.Hash, name)
	if err != nil {
		return nil, err
	}
	if part != storage.Whole || !slices.Contains(x.call.Algorithms, string(a)) {
		return nil, x.fail(storage.Unsupported, nil)
	}
	ftp := pathScope(name)
	ftp["algorithm"] = string(a)
	x.scope["ftp"] = ftp
	var text string
	err = b.ask(ctx, x, func() error {
		v, err := x.call.Digest.Eval(x.scope)
		if err != nil {
			return fmt.Errorf("%w: %w", errBadEntry, err)
		}
		text = mapping.Text(v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if text == "" { // the service knows none of this file
		return nil, x.fail(storage.Unsupported, nil)
	}
	sum, ok := digestBytes(text, a)
	if !ok {
		return nil, x.fail(storage.Internal, fmt.Errorf("%w: no %s", errBadEntry, a))
	}
	return sum, nil
}

// ask makes a call and hands its answer, a JSON value, to use as item.
func (b *Backend) ask(ctx context.Context, x *exchange, use func() error) error {
	resp, err := b.do(ctx, x)
	if err != nil {
		return err
	}
	defer discard(resp)
	if err := b.readItem(x, resp); err != nil {
		return b.bodyError(ctx, x, err)
	}
	if err := use(); err != nil {
		return x.fail(storage.Internal, err)
	}
	return nil
}

func (b *Backend) readItem(x *exchange, resp *http.Response) error {
	raw, err := newDecoder(&boundedReader{r: resp.Body, left: maxItem}).ReadValue()
	if err != nil {
		return err
	}
	x.scope["item"] = decode(raw)
	return nil
}

// digestSize is the length of a digest in bytes.
func digestSize(a storage.Algorithm) int {
	switch a {
	case storage.CRC32:
		return 4
	case storage.MD5:
		return 16
	case storage.SHA1:
		return 20
	case storage.SHA512:
		return 64
	}
	return 32
}

// digestBytes reads a digest in hexadecimal or base64. Their lengths differ, but
// for CRC32, of which base64 ends in "==".
func digestBytes(text string, a storage.Algorithm) ([]byte, bool) {
	for _, read := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if sum, err := read(text); err == nil && len(sum) == digestSize(a) {
			return sum, true
		}
	}
	return nil, false
}
