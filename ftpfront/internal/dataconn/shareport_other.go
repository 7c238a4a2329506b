//go:build !unix

package dataconn

import "syscall"

// sharePort does nothing: one connection at a time can have the port.
func sharePort(_, _ string, _ syscall.RawConn) error { return nil }
