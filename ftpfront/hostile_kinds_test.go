package ftpfront

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
)

// hostile is one hostile client with its control connection.
type hostile struct {
	*siege
	conn   net.Conn
	reader *bufio.Reader
}

// hostileKinds are the ways to be hostile. Each returns when it is where it
// wants to stay until the siege is lifted.
var hostileKinds = map[string]func(*hostile){
	"silent":          func(h *hostile) { h.line() },
	"half a line":     func(h *hostile) { h.say("USER an") },
	"half a login":    func(h *hostile) { h.say("USER ann\r\n") },
	"garbage":         func(h *hostile) { h.flood(garbage(64 << 10)) },
	"endless line":    func(h *hostile) { h.flood(bytes.Repeat([]byte("a"), 1<<18)) },
	"line by line":    func(h *hostile) { h.flood(bytes.Repeat([]byte("\r\n"), 1<<11)) },
	"wrong passwords": func(h *hostile) { h.say(strings.Repeat("USER ann\r\nPASS wrong\r\n", 5)); h.rest() },
	"silent in TLS":   func(h *hostile) { h.say("AUTH TLS\r\n"); h.line() },
	"garbage in TLS":  func(h *hostile) { h.say("AUTH TLS\r\n"); h.flood(garbage(1 << 10)) },
	"never reading":   func(h *hostile) { h.logIn(); h.flood(bytes.Repeat([]byte("HELP\r\nFEAT\r\n"), 1<<10)) },
	"flood of PASV":   (*hostile).passiveFlood,
	"port kept":       func(h *hostile) { h.logIn(); h.passive() },
	"connection kept": func(h *hostile) { h.logIn(); h.data() },
	"never opened":    func(h *hostile) { h.logIn(); h.passive(); h.say("RETR large.bin\r\n"); h.line() },
	"never opened, with a flood": func(h *hostile) {
		h.logIn()
		h.passive()
		h.say("STOR x\r\n")
		h.flood(longCommands())
	},
	"never read":   func(h *hostile) { h.logIn(); h.data(); h.say("RETR large.bin\r\n"); h.line() },
	"never ending": func(h *hostile) { h.logIn(); h.upload() },
	"never ending, with a flood": func(h *hostile) {
		h.logIn()
		h.upload()
		h.flood(longCommands())
	},
	"garbage for data": func(h *hostile) {
		h.logIn()
		if h.secure() {
			h.upload()
		}
	},
	"nobody at PORT": func(h *hostile) {
		h.logIn()
		h.say(strings.Repeat("PORT "+strings.ReplaceAll(h.ip(), ".", ",")+",4,1\r\nLIST\r\n", 5))
		h.flood(nil)
	},
	"bounce": func(h *hostile) {
		h.logIn()
		h.flood(bytes.Repeat([]byte("PORT 192,0,2,1,0,25\r\nLIST\r\nEPRT |2|::1|22|\r\nNLST\r\n"), 100))
	},
	"aborts": func(h *hostile) {
		h.logIn()
		h.data()
		h.flood(bytes.Repeat([]byte("STOR x\r\nABOR\r\nEPSV\r\n"), 100))
	},
}

func garbage(n int) []byte {
	source := rand.NewChaCha8([32]byte{1})
	b := make([]byte, n)
	source.Read(b) // never fails
	return b
}

// longCommands are far more than a session may hold.
func longCommands() []byte {
	return bytes.Repeat([]byte("CWD "+strings.Repeat("x", 8000)+"\r\n"), 100)
}

func (h *hostile) ip() string {
	return addrPort(h.conn.LocalAddr()).Addr().String()
}

func (h *hostile) say(text string) { io.WriteString(h.conn, text) } // the server may have had enough

// flood sends b beside the test, and reads nothing.
func (h *hostile) flood(b []byte) {
	h.clients.Go(func() { h.conn.Write(b) }) // as in say; lift ends it
}

// line reads a line of the server.
func (h *hostile) line() string {
	l, _ := h.reader.ReadString('\n') // after an error there is nothing to read
	return l
}

// rest reads until the server closes.
func (h *hostile) rest() { io.Copy(io.Discard, h.reader) } // closed or reset, both will do

// logIn logs ann in, and is where the transfers start from.
func (h *hostile) logIn() {
	h.say("USER ann\r\nPASS secret\r\nTYPE I\r\n")
	for range 4 { // with the greeting
		h.line()
	}
}

// secure starts TLS, logs in again and protects the data connections to come.
func (h *hostile) secure() bool {
	h.say("AUTH TLS\r\n")
	h.line()
	t := tls.Client(h.conn, clientTLS())
	if t.Handshake() != nil {
		return false
	}
	h.conn, h.reader = t, bufio.NewReader(t)
	h.say("USER ann\r\nPASS secret\r\nPBSZ 0\r\nPROT P\r\n")
	for range 4 {
		h.line()
	}
	return true
}

// passive asks for a port.
func (h *hostile) passive() (addr netip.AddrPort) {
	h.say("PASV\r\n")
	addr, _ = passiveAddress(strings.TrimSpace(h.line()), netip.Addr{}) // 425 when there is none left
	return addr
}

// data opens a data connection that no transfer has asked for; nil if that fails.
func (h *hostile) data() net.Conn { return h.dial(h.passive().String()) }

// upload begins an upload that never ends.
func (h *hostile) upload() {
	data := h.data()
	h.say("STOR x\r\n")
	h.line()
	if data != nil {
		data.Write([]byte("a part")) // as in say
	}
}

// passiveFlood asks for one port after the other, and connects to some.
func (h *hostile) passiveFlood() {
	h.logIn()
	for range 10 {
		h.say(strings.Repeat("PASV\r\nEPSV\r\n", 5))
		for range 9 {
			h.line()
		}
		if addr, ok := passiveAddress(strings.TrimSpace(h.line()), addrPort(h.conn.RemoteAddr()).Addr()); ok {
			h.dial(addr.String())
		}
	}
}
