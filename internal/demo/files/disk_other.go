//go:build !linux && !darwin

package files

import (
	"errors"
	"io/fs"
	"os"
)

// inode is not known here.
func inode(fs.FileInfo) uint64 { return 0 }

// syncDir does nothing: a directory cannot be synced here.
func syncDir(*os.File) error { return nil }

// space cannot be told here.
func space(*os.File) (free, total uint64, err error) { return 0, 0, errors.ErrUnsupported }
