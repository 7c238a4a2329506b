//go:build !unix

package ftpfront

import "net"

// inlineUrgent does nothing on this system: an ABOR that comes as urgent data
// is heard with the line that follows it.
func inlineUrgent(net.Conn) {}
