package ftpfront

import (
	"context"
	"strconv"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// dele answers DELE.
func (s *session) dele(ctx context.Context, arg string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.files.Delete(ctx, name); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.FileActionDone, Text: "File deleted."}, nil
}

// rnfr answers RNFR: the name must exist.
func (s *session) rnfr(ctx context.Context, arg string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if name == storage.Root {
		return wire.Reply{}, storage.Fail(storage.Denied, storage.OpRename, name)
	}
	if _, err := s.files.Stat(ctx, name); err != nil {
		return wire.Reply{}, err
	}
	s.renameFrom = name
	return wire.Reply{Code: wire.PendingFurther, Text: "Ready for the new name."}, nil
}

// rnto answers RNTO, which belongs right behind RNFR.
func (s *session) rnto(ctx context.Context, arg string) (wire.Reply, error) {
	from := s.renameFrom
	s.renameFrom = ""
	if from == "" {
		return wire.Reply{}, errSequence
	}
	to, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.files.Rename(ctx, from, to); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.FileActionDone, Text: "Renamed."}, nil
}

// size answers SIZE (RFC 3659, section 4): the number of bytes that RETR would
// send, which in TYPE A only sending them could tell. Where the storage does not know
// it either, the section has 550; but curl reads that as "no such file" and does not
// send RETR, while 504 lets it and all others go on.
func (s *session) size(ctx context.Context, arg string) (wire.Reply, error) {
	name, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if s.convertsLineEnds() {
		return wire.Reply{}, errASCIISize
	}
	e, err := s.files.Stat(ctx, name)
	if err != nil {
		return wire.Reply{}, err
	}
	switch {
	case e.IsDir():
		return wire.Reply{}, errNotRegular
	case e.Size < 0:
		return wire.Reply{}, errNoSize
	}
	return wire.Reply{Code: wire.FileStatus, Text: strconv.FormatInt(e.Size, 10)}, nil
}

// avbl answers AVBL (draft-peterson-streamlined-ftp-command-extensions, section
// 4): the bytes that may be stored at a directory.
func (s *session) avbl(ctx context.Context, arg string) (wire.Reply, error) {
	if s.able.Space == nil {
		return wire.Reply{}, errNotImplemented
	}
	dir, err := s.pathOrCWD(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	room, err := s.able.Space(ctx, dir)
	if err != nil {
		return wire.Reply{}, err
	}
	if room.Free < 0 {
		return wire.Reply{}, errNoSpaceKnown
	}
	return wire.Reply{Code: wire.FileStatus, Text: strconv.FormatInt(room.Free, 10)}, nil
}
