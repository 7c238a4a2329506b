package ftpfront

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
	"io"
	"slices"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// algorithms are the digests there are verbs for, the default of HASH first.
var algorithms = []storage.Algorithm{storage.SHA256, storage.SHA512, storage.SHA1, storage.MD5, storage.CRC32}

// hasher returns the function that computes a digest.
func hasher(a storage.Algorithm) hash.Hash {
	switch a {
	case storage.CRC32:
		return crc32.NewIEEE()
	case storage.MD5:
		return md5.New()
	case storage.SHA1:
		return sha1.New()
	case storage.SHA512:
		return sha512.New()
	}
	return sha256.New()
}

// digests are the algorithms that can be asked for now.
func (s *session) digests() []storage.Algorithm {
	if s.srv.opt.ComputeDigests {
		return algorithms
	}
	var own []storage.Algorithm
	for _, a := range algorithms {
		if s.able.Digest != nil && slices.Contains(s.able.Digests, a) {
			own = append(own, a)
		}
	}
	return own
}

// digest starts to find the digest of a part of a file: the storage's own if it
// has one, else computed where that is switched on. say makes the reply of it.
func (s *session) digest(
	name storage.Path, a storage.Algorithm, part storage.Range, say func(sum []byte, part storage.Range) wire.Reply,
) (wire.Reply, error) {
	if !slices.Contains(s.digests(), a) {
		return wire.Reply{}, errNoDigest
	}
	files, able, compute := s.files, s.able, s.srv.opt.ComputeDigests
	own := able.Digest != nil && slices.Contains(able.Digests, a)
	return s.startLocal(digesting, string(name), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		if own {
			sum, part, err := ownDigest(ctx, files, able, name, a, part)
			if err == nil {
				return say(sum, part), nil
			}
			if !compute || storage.KindOf(err) != storage.Unsupported {
				return wire.Reply{}, err
			}
		}
		sum, part, err := s.srv.compute(ctx, t, files, name, a, part)
		if err != nil {
			return wire.Reply{}, err
		}
		return say(sum, part), nil
	})
}

// ownDigest asks the storage. The returned part has an end that lies in the file.
func ownDigest(
	ctx context.Context, files storage.Backend, able storage.Abilities, name storage.Path, a storage.Algorithm, part storage.Range,
) ([]byte, storage.Range, error) {
	e, err := files.Stat(ctx, name)
	if err != nil {
		return nil, part, err
	}
	if e.IsDir() {
		return nil, part, errNotRegular
	}
	if part.First == 0 && part.End >= e.Size && e.Size >= 0 {
		part = storage.Whole
	}
	sum, err := able.Digest(ctx, name, a, part)
	if part.End == storage.UnknownSize {
		part.End = max(e.Size, 0)
	}
	return sum, part, err
}

// compute reads a part of a file for its digest.
func (srv *Server) compute(
	ctx context.Context, t *transfer, files storage.Backend, name storage.Path, a storage.Algorithm, part storage.Range,
) ([]byte, storage.Range, error) {
	content, err := files.Open(ctx, name, part.First)
	if err != nil {
		return nil, part, err
	}
	defer content.Close() // read to its end, or given up
	var r io.Reader = content
	if part.End != storage.UnknownSize {
		r = io.LimitReader(r, part.End-part.First)
	}
	buf := srv.buffers.Get().(*[transferBuffer]byte)
	defer srv.buffers.Put(buf)
	h := hasher(a)
	for {
		n, err := r.Read(buf[:])
		h.Write(buf[:n]) // a hash takes everything
		t.bytes.Add(int64(n))
		if err == io.EOF {
			part.End = part.First + t.bytes.Load()
			return h.Sum(nil), part, nil
		}
		if err != nil {
			return nil, part, contentError(name, err)
		}
	}
}
