package ftpfront

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

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
		word, rest = wire.CutNumbers(arg)
		if rest != "" {
			if name, err := s.path(arg); err == nil {
				if _, err := s.files.Stat(ctx, name); err == nil {
					return name, storage.Whole, nil
				}
			}
		}
	}
	first, end, err := wire.ParseSpan(rest)
	if err != nil {
		return "", storage.Whole, errSyntax
	}
	if end < 0 {
		end = storage.UnknownSize
	}
	name, err := s.path(word)
	return name, storage.Range{First: first, End: end}, err
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
