package ftpfront

import (
	"context"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// format appends the line of an entry of dir, without its line end. label is
// the name to show.
type format func(b []byte, dir storage.Path, e storage.Entry, label string) []byte

// list answers LIST: like `ls -l`, for a directory or a file.
func (s *session) list(_ context.Context, arg string) (wire.Reply, error) {
	return s.listing(withoutOptions(arg), "", s.unixFormat(time.Now()), dirOrFile)
}

// nlst answers NLST: names only. Behind a path they are as the client can give
// them back: RFC 959, section 4.1.3 wants pathnames.
func (s *session) nlst(_ context.Context, arg string) (wire.Reply, error) {
	arg = withoutOptions(arg)
	prefix := arg
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	names := func(b []byte, _ storage.Path, _ storage.Entry, label string) []byte { return append(b, label...) }
	return s.listing(arg, prefix, names, dirOrFile)
}

// mlsd answers MLSD (RFC 3659, section 7): a directory only.
func (s *session) mlsd(_ context.Context, arg string) (wire.Reply, error) {
	return s.listing(arg, "", s.factsFormat(), dirOnly)
}

// listed says what may be listed.
type listed uint8

const (
	dirOrFile listed = iota
	dirOnly
)

// listing starts a transfer of the entries of a directory. Their names are
// shown behind prefix.
func (s *session) listing(arg, prefix string, f format, what listed) (wire.Reply, error) {
	dir, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	files := s.files
	return s.start(Listing, string(dir), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		l := &listWriter{srv: s.srv, t: t}
		most := s.srv.opt.Limits.MaxListing
		defer l.close()
		for e, err := range files.List(ctx, dir) {
			if err != nil && l.conn == nil && what == dirOrFile && storage.KindOf(err) == storage.NotDir {
				return listFile(ctx, files, l, dir, arg, f)
			}
			if err != nil {
				return wire.Reply{}, err
			}
			if over(l.entries, most) {
				return wire.Reply{}, errListTooLong
			}
			if err := l.write(f, dir, e, prefix+e.Name); err != nil {
				return wire.Reply{}, err
			}
		}
		return l.finish()
	})
}

// listFile lists a single file, which LIST and NLST allow.
func listFile(ctx context.Context, files storage.Backend, l *listWriter, name storage.Path, label string, f format) (wire.Reply, error) {
	e, err := files.Stat(ctx, name)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := l.write(f, name.Dir(), e, label); err != nil {
		return wire.Reply{}, err
	}
	return l.finish()
}

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
		f := wire.Facts{Type: "file", Size: e.Size, Modify: e.ModTime, Unique: factValue(e.ETag)}
		if e.IsDir() {
			f.Type, f.Size = "dir", -1
		}
		if set&wire.FactPerm != 0 {
			f.Perm = permFact(permitted(able, dir, e), e.IsDir())
		}
		return wire.AppendFacts(b, f, set, label)
	}
}

// factValue makes a value of an entity tag: no quotes, and nothing that ends a
// fact.
func factValue(etag string) string {
	v := strings.Trim(strings.TrimPrefix(etag, "W/"), `"`)
	if strings.ContainsAny(v, "; \r\n") {
		return ""
	}
	return v
}

// unixFormat writes lines of `ls -l`.
func (s *session) unixFormat(at time.Time) format {
	able := s.able
	return func(b []byte, dir storage.Path, e storage.Entry, label string) []byte {
		return wire.AppendUnix(b, wire.UnixEntry{
			Dir: e.IsDir(), Perm: unixPerm(permitted(able, dir, e), e.IsDir()),
			Size: e.Size, ModTime: e.ModTime, Name: label,
		}, at)
	}
}

// withoutOptions drops what clients pass on to an `ls` that is not there: words
// like -la before the path. "--" ends them, as in ls.
func withoutOptions(arg string) string {
	rest := strings.TrimLeft(arg, " ")
	for strings.HasPrefix(rest, "-") {
		word, after, _ := strings.Cut(rest, " ")
		if word == "--" {
			return after
		}
		if strings.ContainsFunc(word[1:], notOption) {
			break
		}
		arg, rest = after, strings.TrimLeft(after, " ")
	}
	return strings.TrimSpace(arg)
}

func notOption(c rune) bool {
	return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
}

// maxStatLines is how many entries STAT lists on the control connection, which
// is no place for a large directory.
const maxStatLines = 1000

// statPath answers STAT with a path: LIST on the control connection.
func (s *session) statPath(ctx context.Context, arg string) (wire.Reply, error) {
	arg = withoutOptions(arg)
	name, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	f := s.unixFormat(time.Now())
	r := wire.Reply{Code: wire.FileStatus, Head: "Status of " + string(name), Text: "End of status."}
	for e, err := range s.files.List(ctx, name) {
		if err != nil && storage.KindOf(err) == storage.NotDir {
			if e, err = s.files.Stat(ctx, name); err != nil {
				return wire.Reply{}, err
			}
			r.Lines = append(r.Lines, string(f(nil, name.Dir(), e, arg)))
			return r, nil
		}
		if err != nil {
			return wire.Reply{}, err
		}
		if len(r.Lines) == maxStatLines {
			return wire.Reply{}, errTooManyForStat
		}
		r.Lines = append(r.Lines, string(f(nil, name, e, e.Name)))
	}
	return r, nil
}
