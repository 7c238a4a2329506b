package ftpfront

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// hostileClients is how many connections the siege has.
const hostileClients = 500

// siegeMemory bounds what the siege adds to the heap, clients and server
// together: 128 KiB for each connection, and the buffers of transfers.
const siegeMemory = 64 << 20

// TestHostileClients lays siege to a server with every hostile kind at once. An
// honest client works on meanwhile; afterwards all is as before.
func TestHostileClients(t *testing.T) {
	for name, mode := range map[string]PassiveMode{"own": PassiveOwn, "pooled": PassivePooled, "single": PassiveSingle} {
		t.Run(name, func(t *testing.T) {
			store := memstore.New()
			o := Options{Authenticator: testUsers{files: store}, TLS: serverTLS(), PassiveMode: mode}
			switch mode { // fewer ports than the hostile address alone would take
			case PassivePooled:
				o.PassivePorts = freePorts(t, 8)
			case PassiveSingle:
				o.PassivePorts = freePorts(t, 1)
			}
			o.Limits.SessionsPerAddress = -1                                 // they come from one address here
			o.Limits.DataOpen, o.Limits.Stall = 3*time.Second, 3*time.Second // what ends sessions that hear no more
			var closed atomic.Int64
			o.Events.SessionClosed = func(SessionInfo) { closed.Add(1) }
			putGenerated(t, store, "/large.bin", 8<<20)
			addr := serveSmall(t, o)
			honest := logIn(t, addr)
			honest.work(t, nil, 0) // so that it is before as it is after
			before := usage()

			s := newSiege(t, addr)
			if mode != PassiveOwn && s.from.LocalAddr == nil {
				t.Skip("this system has one loopback address, by which all clients would be one")
			}
			s.lay()
			for round := range 10 {
				honest.bound(honest.raw) // the siege may have taken its time
				honest.work(t, s, round)
			}
			during := usage()
			t.Logf("heap %d MiB, was %d; %d goroutines, %d descriptors", during.heap>>20, before.heap>>20, during.goroutines, during.descriptors)
			if during.heap > before.heap+siegeMemory {
				t.Errorf("heap: grew by %d MiB, want at most %d", (during.heap-before.heap)>>20, siegeMemory>>20)
			}
			s.lift()
			eventually(t, "the end of all hostile sessions", func() bool { return closed.Load() == hostileClients })
			// What is kept open by the test itself is the same before and after.
			eventually(t, "the start level of goroutines and descriptors", func() bool {
				after := usage()
				return after.goroutines <= before.goroutines && after.descriptors <= before.descriptors
			})
			honest.work(t, nil, 0)
		})
	}
}

// serveSmall is serve with small buffers for replies, so that a client that reads
// none is noticed soon.
func serveSmall(t *testing.T, o Options) string {
	t.Helper()
	srv, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(smallBuffers{ln}) }()
	t.Cleanup(func() {
		srv.Close()
		<-done
	})
	return ln.Addr().String()
}

type smallBuffers struct{ net.Listener }

func (l smallBuffers) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		c.(*net.TCPConn).SetWriteBuffer(4 << 10) // only speed depends on it
	}
	return c, err
}

func putGenerated(t *testing.T, store *memstore.Store, name string, size int) {
	t.Helper()
	f, err := parseFile(fmt.Sprintf("%s %d", name, size))
	if err == nil {
		err = f.put(t.Context(), store)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// resources are what a process uses.
type resources struct {
	goroutines, descriptors int
	heap                    uint64
}

// usage measures; descriptors are 0 where the system does not list them.
func usage() resources {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r := resources{goroutines: runtime.NumGoroutine(), heap: m.HeapAlloc + m.StackInuse}
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		r.descriptors = len(open)
	}
	return r
}

// work does what an honest client does, while strangers knock at its ports.
func (c *testClient) work(t *testing.T, s *siege, round int) {
	t.Helper()
	name, content := fmt.Sprintf("honest-%d.bin", round), generated(1000*round+10)
	open := func(command string) {
		t.Helper()
		c.ask(t, "EPSV", "229 *")
		s.knock(c.passive)
		c.ask(t, command, "150 *")
		if err := c.openData(); err != nil {
			t.Fatal(err)
		}
	}
	open("STOR " + name)
	if _, err := c.data.Write(content); err != nil {
		t.Fatal(err)
	}
	c.closeData()
	c.want(t, "226 *")
	open("RETR " + name)
	if got, err := io.ReadAll(c.dataReader); err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%s: got %d bytes (%v), want %d", name, len(got), err, len(content))
	}
	c.closeData()
	c.want(t, "226 *")
	open("MLSD")
	if got, err := io.ReadAll(c.dataReader); err != nil || !strings.Contains(string(got), name) {
		t.Fatalf("MLSD: got %q (%v), want %s in it", got, err, name)
	}
	c.closeData()
	c.want(t, "226 *")
}

// siege holds the connections of all hostile clients until it is lifted.
type siege struct {
	t    *testing.T
	addr string
	from net.Dialer

	mu      sync.Mutex
	conns   []net.Conn
	clients sync.WaitGroup // their writers
}

func newSiege(t *testing.T, addr string) *siege {
	s := &siege{t: t, addr: addr}
	// A loopback address other than the honest client's, where there is one.
	if ln, err := net.Listen("tcp", "127.0.0.2:0"); err == nil {
		ln.Close() // only the address was tried
		s.from.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}
	}
	return s
}

// lay starts all hostile clients and returns when each is where it wants to be.
func (s *siege) lay() {
	var kinds []string
	for name := range hostileKinds {
		kinds = append(kinds, name)
	}
	var laid sync.WaitGroup
	for i := range hostileClients {
		kind := kinds[i%len(kinds)]
		laid.Go(func() {
			c := s.dial(s.addr)
			if c == nil {
				s.t.Errorf("%s: cannot connect", kind)
				return
			}
			hostileKinds[kind](&hostile{siege: s, conn: c, reader: bufio.NewReader(c)})
		})
	}
	laid.Wait()
}

// lift ends all hostile connections, half of them by a reset.
func (s *siege) lift() {
	s.mu.Lock()
	for i, c := range s.conns {
		if i%2 == 0 {
			c.(*net.TCPConn).SetLinger(0) // fails only on a closed connection
		}
		c.Close()
	}
	s.mu.Unlock()
	s.clients.Wait()
}

// dial connects, and keeps the connection for lift; nil if that fails.
func (s *siege) dial(addr string) net.Conn {
	c, err := s.from.Dial("tcp", addr)
	if err != nil {
		return nil
	}
	c.SetDeadline(time.Now().Add(patience)) // an error shows in what follows
	c.(*net.TCPConn).SetReadBuffer(4 << 10) // soon full, where nothing is read
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
	return c
}

// knock connects to another session's passive port, and sends something there.
func (s *siege) knock(port netip.AddrPort) {
	if s == nil || s.from.LocalAddr == nil {
		return // with the client's own address it would be the client
	}
	for range 5 {
		if c := s.dial(port.String()); c != nil {
			io.WriteString(c, "not yours") // it may be closed already
		}
	}
}
