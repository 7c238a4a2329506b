package httpbackend

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

// space is the ability of that name.
func (b *Backend) space(ctx context.Context, name storage.Path) (storage.Space, error) {
	room := storage.Space{Free: storage.UnknownSize, Total: storage.UnknownSize}
	t, err := b.resolve(storage.OpSpace, mapping.Space, name)
	if err != nil {
		return room, err
	}
	err = t.try(ctx, func(x *exchange) error {
		if _, err := b.ask(ctx, x); err != nil {
			return err
		}
		if room.Free, err = x.bytes(x.call.Free); err != nil || x.call.Total == nil {
			return err
		}
		room.Total, err = x.bytes(x.call.Total)
		return err
	})
	return room, err
}

// bytes computes a number of bytes.
func (x *exchange) bytes(v *mapping.Value) (int64, error) {
	n, err := v.Eval(x.scope)
	if err != nil {
		return storage.UnknownSize, x.fail(storage.Internal, fmt.Errorf("%w: %w", errBadEntry, err))
	}
	return max(wholeNumber(n), storage.UnknownSize), nil
}

// digest is the ability of that name. Services keep digests of whole files.
func (b *Backend) digest(ctx context.Context, name storage.Path, a storage.Algorithm, part storage.Range) (sum []byte, err error) {
	t, err := b.resolve(storage.OpDigest, mapping.Hash, name)
	if err != nil {
		return nil, err
	}
	t.tell("algorithm", string(a))
	err = t.try(ctx, func(x *exchange) error {
		if part != storage.Whole || !slices.Contains(x.call.Algorithms, string(a)) {
			return x.fail(storage.Unsupported, nil)
		}
		if _, err := b.ask(ctx, x); err != nil {
			return err
		}
		sum, err = x.digest(a)
		return err
	})
	return sum, err
}

// digest computes the digest in the answer.
func (x *exchange) digest(a storage.Algorithm) ([]byte, error) {
	v, err := x.call.Digest.Eval(x.scope)
	if err != nil {
		return nil, x.fail(storage.Internal, fmt.Errorf("%w: %w", errBadEntry, err))
	}
	text := mapping.Text(v)
	if text == "" { // the service knows none of this file
		return nil, x.fail(storage.Unsupported, nil)
	}
	sum, ok := digestBytes(text, a)
	if !ok {
		return nil, x.fail(storage.Internal, fmt.Errorf("%w: no %s", errBadEntry, a))
	}
	return sum, nil
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
