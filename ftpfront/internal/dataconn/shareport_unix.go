//go:build unix

package dataconn

import (
	"errors"
	"syscall"
)

// sharePort lets several connections have one local port, as long as their
// remote ends differ.
func sharePort(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	})
	return errors.Join(err, failed)
}
