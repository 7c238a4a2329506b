//go:build linux || darwin

package files

import (
	"io/fs"
	"os"
	"syscall"
)

// inode numbers the file behind a name, so that a file put in place of another
// of the same size and time is told from it. 0 is not known.
func inode(fi fs.FileInfo) uint64 {
	if st, ok := fi.Sys().(*syscall.Stat_t); ok {
		return st.Ino
	}
	return 0
}

// syncDir makes the names in a directory durable.
func syncDir(d *os.File) error { return d.Sync() }

// space returns the bytes that an ordinary user may still fill, and all bytes,
// of the file system that f is on.
func space(f *os.File) (free, total uint64, err error) {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0, 0, err
	}
	var st syscall.Statfs_t
	var statErr error
	if err := conn.Control(func(fd uintptr) { statErr = syscall.Fstatfs(int(fd), &st) }); err != nil {
		return 0, 0, err
	}
	if statErr != nil {
		return 0, 0, &os.PathError{Op: "fstatfs", Path: f.Name(), Err: statErr}
	}
	unit := uint64(st.Bsize)
	return st.Bavail * unit, st.Blocks * unit, nil
}
