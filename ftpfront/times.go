package ftpfront

import (
	"context"
	"strings"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
)

// mdtm answers MDTM (RFC 3659, section 3). Old clients also set times by it,
// "MDTM <time> <path>"; a file that has that whole name comes first.
func (s *session) mdtm(ctx context.Context, arg string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	e, err := s.files.Stat(ctx, name)
	if stamp, path, ok := strings.Cut(arg, " "); ok && err != nil && s.able.SetModTime != nil {
		if t, notTime := wire.ParseTime(stamp); notTime == nil {
			return s.setTime(ctx, t, path)
		}
	}
	if err != nil {
		return wire.Reply{}, err
	}
	if e.ModTime.IsZero() {
		return wire.Reply{}, errNoTime
	}
	return wire.Reply{Code: wire.FileStatus, Text: wire.FormatTime(e.ModTime)}, nil
}

// mfmt answers MFMT (draft-somers-ftp-mfxx, section 3.1): "<time> <path>".
func (s *session) mfmt(ctx context.Context, arg string) (wire.Reply, error) {
	stamp, path, _ := strings.Cut(arg, " ")
	t, err := wire.ParseTime(stamp)
	if err != nil && s.able.SetModTime != nil {
		return wire.Reply{}, errSyntax
	}
	return s.setTime(ctx, t, path)
}

// mff answers MFF (draft-somers-ftp-mfxx, section 5): "modify=<time>; <path>".
// It is the only fact that can be set.
func (s *session) mff(ctx context.Context, arg string) (wire.Reply, error) {
	facts, path, ok := strings.Cut(arg, "; ")
	if s.able.SetModTime != nil && !ok {
		return wire.Reply{}, errSyntax
	}
	name, value, _ := strings.Cut(facts, "=")
	t, err := wire.ParseTime(value)
	switch {
	case s.able.SetModTime == nil:
	case !strings.EqualFold(name, "modify") || strings.Contains(value, ";"):
		return wire.Reply{}, errParameter
	case err != nil:
		return wire.Reply{}, errSyntax
	}
	return s.setTime(ctx, t, path)
}

// setTime sets the modification time of a path, if the storage can, and says
// what it was set to, as MFMT and MFF do.
func (s *session) setTime(ctx context.Context, t time.Time, path string) (wire.Reply, error) {
	if s.able.SetModTime == nil {
		return wire.Reply{}, errNotImplemented
	}
	name, err := s.path(path)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.able.SetModTime(ctx, name, t); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.FileStatus, Text: "Modify=" + wire.FormatTime(t) + "; " + path}, nil
}

// siteUtime answers SITE UTIME in both its forms: "<time> <path>", and "<path>
// <accessed> <modified> <created> UTC", of which the second time counts.
func (s *session) siteUtime(ctx context.Context, arg string) (wire.Reply, error) {
	t, path, err := wire.ParseUtime(arg)
	if err != nil && s.able.SetModTime != nil {
		return wire.Reply{}, errSyntax
	}
	r, err := s.setTime(ctx, t, path)
	if err == nil {
		r.Code = wire.OK
	}
	return r, err
}
