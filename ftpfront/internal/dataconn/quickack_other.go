//go:build !linux

package dataconn

import "net"

// acknowledgeAtOnce is known on Linux only.
func acknowledgeAtOnce(net.Conn) {}
