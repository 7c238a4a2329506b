package ftpfront

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

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
	first, last, err := wire.ParseRang(arg)
	switch {
	case err != nil:
		return wire.Reply{}, errSyntax
	case last < first: // "1 0"
		return wire.Reply{Code: wire.PendingFurther, Text: "The whole file."}, nil
	}
	s.restart, s.rangeEnd = first, last+1
	return wire.Reply{Code: wire.PendingFurther, Text: fmt.Sprintf("From byte %d to byte %d.", first, last)}, nil
}
