//go:build unix

package ftpfront

import (
	"net"
	"syscall"
)

// inlineUrgent keeps TCP urgent data of conn in the stream. Clients send ABOR,
// or the Telnet Synch before it, as urgent data (RFC 959, section 4.1.3); left
// out of line, the last byte would be missing: the line end of an ABOR that is
// urgent as a whole.
func inlineUrgent(conn net.Conn) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return // the connection is closed, which its first use tells
	}
	rc.Control(func(fd uintptr) { // fails only on a closed connection
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_OOBINLINE, 1) // every TCP socket has it
	})
}
