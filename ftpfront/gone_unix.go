//go:build unix

package ftpfront

import (
	"net"
	"syscall"
)

// gone reports whether the peer of conn has closed or reset it and left no
// bytes to read, without reading or waiting. It may run beside a blocked Read.
func gone(conn net.Conn) bool {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return true
	}
	var n int
	var peek error
	err = rc.Control(func(fd uintptr) {
		var b [1]byte
		n, _, peek = syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	})
	if err != nil {
		return true
	}
	if peek == syscall.EAGAIN || peek == syscall.EINTR {
		return false
	}
	return peek != nil || n == 0
}
