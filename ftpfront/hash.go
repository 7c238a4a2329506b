package ftpfront

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strconv"
	"strings"

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

// hash answers HASH (draft-bryan-ftpext-hash): the digest of a file, or of the
// part that RANG has set, whatever the TYPE.
func (s *session) hash(_ context.Context, arg string) (wire.Reply, error) {
	part := storage.Whole
	if s.rangeEnd > 0 {
		part = storage.Range{First: s.restart, End: s.rangeEnd}
	}
	s.restart, s.rangeEnd = 0, 0
	a, err := s.selected()
	if err != nil {
		return wire.Reply{}, err
	}
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	return s.digest(name, a, part, func(sum []byte, part storage.Range) wire.Reply {
		last := max(part.End-1, part.First) // of an empty file too: the form has no other way
		return wire.Reply{Code: wire.FileStatus, Text: fmt.Sprintf("%s %d-%d %x %s", a, part.First, last, sum, arg)}
	})
}

// selected is the algorithm of HASH.
func (s *session) selected() (storage.Algorithm, error) {
	able := s.digests()
	if len(able) == 0 {
		return "", errNotImplemented
	}
	if s.algorithm != "" {
		return s.algorithm, nil
	}
	return able[0], nil
}

// hashFeature is the line of FEAT for HASH; the selected algorithm has a star.
// It is empty if there is no digest.
func (s *session) hashFeature() string {
	selected, err := s.selected()
	if err != nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("HASH ")
	for _, a := range s.digests() {
		b.WriteString(string(a))
		if a == selected {
			b.WriteByte('*')
		}
		b.WriteByte(';')
	}
	return b.String()
}

// hashOptions answers OPTS HASH, which tells or selects the algorithm.
func (s *session) hashOptions(arg string) (wire.Reply, error) {
	a, err := s.selected()
	if err != nil {
		return wire.Reply{}, err
	}
	if name := strings.TrimSpace(arg); name != "" {
		i := slices.IndexFunc(s.digests(), func(a storage.Algorithm) bool { return strings.EqualFold(string(a), name) })
		if i < 0 {
			return wire.Reply{}, errUnknownHash
		}
		a = s.digests()[i]
		s.algorithm = a
	}
	return wire.Reply{Code: wire.OK, Text: string(a)}, nil
}

// rang answers RANG "<first> <last>" (draft-bryan-ftp-range), both ends included;
// "1 0" is the whole file again. The table drops it as it does REST.
func (s *session) rang(_ context.Context, arg string) (wire.Reply, error) {
	f := strings.Fields(arg)
	if len(f) != 2 {
		return wire.Reply{}, errSyntax
	}
	first, err1 := strconv.ParseInt(f[0], 10, 64)
	last, err2 := strconv.ParseInt(f[1], 10, 64)
	switch {
	case err1 != nil || err2 != nil || first < 0 || last < 0 || last+1 < 0:
		return wire.Reply{}, errSyntax
	case first == 1 && last == 0:
		return wire.Reply{Code: wire.PendingFurther, Text: "The whole file."}, nil
	case first > last:
		return wire.Reply{}, errSyntax
	}
	s.restart, s.rangeEnd = first, last+1
	return wire.Reply{Code: wire.PendingFurther, Text: fmt.Sprintf("From byte %d to byte %d.", first, last)}, nil
}

// digestVerb makes the handler of a verb that names its algorithm: XMD5 and its
// like, which no standard describes. Their argument is a path, in quotes or not,
// and may go on with the first byte, and the byte behind the last.
func digestVerb(a storage.Algorithm) func(*session, context.Context, string) (wire.Reply, error) {
	return func(s *session, ctx context.Context, arg string) (wire.Reply, error) {
		if !slices.Contains(s.digests(), a) {
			return wire.Reply{}, errNotImplemented
		}
		name, part, err := s.pathAndRange(ctx, arg)
		if err != nil {
			return wire.Reply{}, err
		}
		return s.digest(name, a, part, func(sum []byte, _ storage.Range) wire.Reply {
			return wire.Reply{Code: wire.FileActionDone, Text: strings.ToUpper(hex.EncodeToString(sum))}
		})
	}
}

// pathAndRange reads the argument of XMD5 and its like. Numbers behind a path
// without quotes are a range unless a file has that name.
func (s *session) pathAndRange(ctx context.Context, arg string) (storage.Path, storage.Range, error) {
	word, rest, quoted := wire.CutQuoted(arg)
	if !quoted {
		word, rest = cutNumbers(arg)
		if rest != "" {
			if name, err := s.path(arg); err == nil {
				if _, err := s.files.Stat(ctx, name); err == nil {
					return name, storage.Whole, nil
				}
			}
		}
	}
	part, err := parseRange(rest)
	if err != nil {
		return "", part, err
	}
	name, err := s.path(word)
	return name, part, err
}

// cutNumbers takes up to two numbers off the end of arg.
func cutNumbers(arg string) (before, numbers string) {
	before = arg
	for range 2 {
		i := strings.LastIndexByte(before, ' ')
		if i <= 0 {
			break
		}
		if _, err := strconv.ParseUint(before[i+1:], 10, 63); err != nil {
			break
		}
		before = before[:i]
	}
	return before, strings.TrimSpace(arg[len(before):])
}

// parseRange reads "", "<first>" or "<first> <behind the last>".
func parseRange(text string) (storage.Range, error) {
	part := storage.Whole
	f := strings.Fields(text)
	if len(f) > 2 {
		return part, errSyntax
	}
	for i, to := range []*int64{&part.First, &part.End}[:len(f)] {
		n, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil || n < 0 {
			return part, errSyntax
		}
		*to = n
	}
	if part.End != storage.UnknownSize && part.End < part.First {
		return part, errSyntax
	}
	return part, nil
}

// md5 answers MD5 (draft-twine-ftpmd5).
func (s *session) md5(_ context.Context, arg string) (wire.Reply, error) {
	return s.digestLine(arg, wire.FileDigest, func(sum []byte) string { return fmt.Sprintf("%s %X", arg, sum) })
}

// digestLine answers the verbs that tell the MD5 of a path.
func (s *session) digestLine(arg string, code wire.Code, line func(sum []byte) string) (wire.Reply, error) {
	if !slices.Contains(s.digests(), storage.MD5) {
		return wire.Reply{}, errNotImplemented
	}
	word, rest, quoted := wire.CutQuoted(arg)
	if quoted && rest != "" {
		return wire.Reply{}, errSyntax
	}
	if !quoted {
		word = arg
	}
	name, err := s.path(word)
	if err != nil {
		return wire.Reply{}, err
	}
	return s.digest(name, storage.MD5, storage.Whole, func(sum []byte, _ storage.Range) wire.Reply {
		return wire.Reply{Code: code, Text: line(sum)}
	})
}
