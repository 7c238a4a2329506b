package ftpfront

import (
	"context"
	"strconv"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// mlst answers MLST: the facts of one entry, on the control connection.
func (s *session) mlst(ctx context.Context, arg string) (wire.Reply, error) {
	name, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	e, err := s.files.Stat(ctx, name)
	if err != nil {
		return wire.Reply{}, err
	}
	line := s.factsFormat()(nil, name.Dir(), e, string(name))
	return wire.Reply{Code: wire.FileActionDone, Head: "Listing " + string(name), Lines: []string{string(line)}, Text: "End."}, nil
}

// factsFormat writes the facts the client has chosen. What it needs of the
// session is taken now: it runs in a transfer's goroutine.
func (s *session) factsFormat() format {
	able, set := s.able, s.facts
	return func(b []byte, dir storage.Path, e storage.Entry, label string) []byte {
		f := wire.Facts{Type: "file", Size: e.Size, Modify: e.ModTime}
		if e.IsDir() {
			f.Type, f.Size = "dir", -1
		}
		if set&wire.FactPerm != 0 {
			f.Perm = permFact(permitted(able, dir, e), e.IsDir())
		}
		if set&wire.FactUnique != 0 {
			f.Unique = unique(dir, e.Name)
		}
		return wire.AppendFacts(b, f, set, label)
	}
}

// dirFacts returns a function that writes what MLSD tells of the directory
// itself and of its parent (RFC 3659, section 7.5.1), with line ends: who reads
// the listing learns from their perm what may be made there. The storage is not
// asked for them, so their times are left out. They are named "." and "..",
// which clients know to pass over.
func (s *session) dirFacts(dir storage.Path) func(b []byte) []byte {
	able, set := s.able, s.facts
	one := func(b []byte, kind string, p storage.Path, label string) []byte {
		e := storage.Entry{Name: p.Base(), Type: storage.Dir}
		f := wire.Facts{
			Type: kind, Size: -1, Perm: permFact(permitted(able, p.Dir(), e), true), Unique: unique(p.Dir(), e.Name),
		}
		return append(wire.AppendFacts(b, f, set, label), "\r\n"...)
	}
	return func(b []byte) []byte {
		b = one(b, "cdir", dir, ".")
		if dir != storage.Root {
			b = one(b, "pdir", dir.Dir(), "..")
		}
		return b
	}
}

// unique is the unique fact of a name (RFC 3659, section 7.5.2): different for
// different files, and the same whatever becomes of the content. An entity tag
// is neither. It is a hash (FNV-1a) of the path, which here is all that a file
// is known by.
func unique(dir storage.Path, name string) string {
	h := fnvOffset
	if dir != storage.Root {
		h = fnv(h, string(dir))
	}
	if name != string(storage.Root) {
		h = fnv(fnv(h, "/"), name)
	}
	return strconv.FormatUint(h, 36)
}

// The parameters of FNV-1a with 64 bits.
const (
	fnvOffset uint64 = 14695981039346656037
	fnvPrime  uint64 = 1099511628211
)

func fnv(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}
