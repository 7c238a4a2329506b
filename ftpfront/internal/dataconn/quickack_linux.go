package dataconn

import (
	"net"
	"syscall"
)

// acknowledgeAtOnce makes the system acknowledge the next segments without its
// usual delay of 40 ms. Clients that leave Nagle's algorithm on (lftp, for one)
// send the two parts of their last handshake flight in two writes and hold back
// the second until the first is acknowledged; on small files that delay is all
// there is. The kernel forgets the wish, so it is said before each read.
func acknowledgeAtOnce(conn net.Conn) {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return // closed; the read will say so
	}
	rc.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1) // only speed depends on it
	})
}
