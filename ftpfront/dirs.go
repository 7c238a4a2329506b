package ftpfront

import (
	"context"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// pwd answers PWD.
func (s *session) pwd(context.Context, string) (wire.Reply, error) {
	return wire.Reply{Code: wire.PathCreated, Text: quote(s.cwd) + " is the current directory."}, nil
}

// cd answers CWD.
func (s *session) cd(ctx context.Context, arg string) (wire.Reply, error) {
	dir, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	return s.enterDir(ctx, dir)
}

// cdup answers CDUP. At the root it stays there, as CWD .. does.
func (s *session) cdup(ctx context.Context, _ string) (wire.Reply, error) {
	return s.enterDir(ctx, s.cwd.Dir())
}

// enterDir makes dir the working directory if it is one.
func (s *session) enterDir(ctx context.Context, dir storage.Path) (wire.Reply, error) {
	if dir != storage.Root { // the root always exists
		e, err := s.files.Stat(ctx, dir)
		if err != nil {
			return wire.Reply{}, err
		}
		if !e.IsDir() {
			return wire.Reply{}, storage.Fail(storage.NotDir, storage.OpStat, dir)
		}
	}
	s.cwd = dir
	return wire.Reply{Code: wire.FileActionDone, Text: quote(dir) + " is the current directory."}, nil
}

// mkd answers MKD.
func (s *session) mkd(ctx context.Context, arg string) (wire.Reply, error) {
	dir, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if err := s.files.MakeDir(ctx, dir); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.PathCreated, Text: quote(dir) + " created."}, nil
}

// rmd answers RMD.
func (s *session) rmd(ctx context.Context, arg string) (wire.Reply, error) {
	dir, err := s.path(arg)
	if err != nil {
		return wire.Reply{}, err
	}
	if dir == storage.Root {
		return wire.Reply{}, storage.Fail(storage.Denied, storage.OpRemoveDir, dir)
	}
	if err := s.files.RemoveDir(ctx, dir); err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Code: wire.FileActionDone, Text: "Directory removed."}, nil
}
