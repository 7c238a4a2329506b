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

// list answers LIST: like `ls -l`, for a directory, a file or a pattern.
func (s *session) list(_ context.Context, arg string) (wire.Reply, error) {
	return s.listMatching(withoutOptions(arg), names, s.unixFormat(time.Now()))
}

// nlst answers NLST: names only. Behind a path they are as the client can give
// them back: RFC 959, section 4.1.3 wants pathnames.
func (s *session) nlst(_ context.Context, arg string) (wire.Reply, error) {
	f := func(b []byte, _ storage.Path, _ storage.Entry, label string) []byte { return append(b, label...) }
	return s.listMatching(withoutOptions(arg), paths, f)
}

// mlsd answers MLSD (RFC 3659, section 7): a directory only, and it first.
func (s *session) mlsd(_ context.Context, arg string) (wire.Reply, error) {
	dir, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	files, f := s.files, s.factsFormat()
	l := s.newListWriter()
	if !s.srv.opt.OmitSelf {
		l.head = s.dirFacts(dir)
	}
	return s.start(Listing, string(dir), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		l.t = t
		defer l.close()
		for e, err := range files.List(ctx, dir) {
			if err != nil {
				return wire.Reply{}, err
			}
			if err := l.write(f, dir, e, e.Name); err != nil {
				return wire.Reply{}, err
			}
		}
		return l.finish()
	})
}

// labels says how the names of a listing are shown.
type labels uint8

const (
	names labels = iota
	paths        // behind the path that was asked for
)

// listMatching starts a transfer of the entries of a directory, of one file, or
// of what matches a pattern in the last segment of arg. A file or directory that
// has the pattern for a name comes first; only such arguments cost a question
// for it.
func (s *session) listMatching(arg string, show labels, f format) (wire.Reply, error) {
	name, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	before, glob, isGlob := wire.CutGlob(arg)
	parent, err := s.pathOrCWD(before)
	if err != nil {
		return wire.Reply{}, err
	}
	files, l := s.files, s.newListWriter()
	return s.start(Listing, string(name), func(ctx context.Context, t *transfer) (wire.Reply, error) {
		l.t = t
		defer l.close()
		dir, prefix := name, arg
		if isGlob {
			_, err := files.Stat(ctx, name)
			if isGlob = err != nil; isGlob {
				dir, prefix = parent, before
			}
		}
		if prefix != "" && !strings.HasSuffix(prefix, "/") {
			prefix += "/"
		}
		if show == names {
			prefix = ""
		}
		for e, err := range files.List(ctx, dir) {
			if err != nil && !isGlob && l.conn == nil && storage.KindOf(err) == storage.NotDir {
				return listFile(ctx, files, l, dir, arg, f)
			}
			if err != nil {
				return wire.Reply{}, err
			}
			if isGlob && !glob.Match(e.Name) {
				continue
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
