package bench

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ftpbridge/bridge/ftpfront"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// serverMode is the environment variable that turns the test program into the
// server under test, so that its memory can be told from the clients'.
const serverMode = "BENCH_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(serverMode) != "" {
		serve()
		return
	}
	os.Exit(m.Run())
}

// anyone lets everybody in, into one store.
type anyone struct{ files *memstore.Store }

func (a anyone) Authenticate(_ context.Context, l ftpfront.Login) (*ftpfront.Account, error) {
	return &ftpfront.Account{Name: l.User, Backend: a.files}, nil
}

// serve prints the address and serves until standard input ends.
func serve() {
	srv, err := ftpfront.New(ftpfront.Options{
		Authenticator: anyone{memstore.New()},
		TLS:           &tls.Config{Certificates: []tls.Certificate{certificate()}},
		Limits:        ftpfront.Limits{Sessions: -1, SessionsPerAddress: -1, Idle: -1},
	})
	if err != nil {
		panic(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(ln.Addr())
	go srv.Serve(ln)
	bufio.NewReader(os.Stdin).ReadString('\n') // its end is the signal
	srv.Close()
}

func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// server is the process under test.
type server struct {
	addr string
	pid  int
}

func startServer(b *testing.B) *server {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), serverMode+"=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		cmd.Wait() // its status says nothing of the measurement
	})
	addr, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	return &server{addr: strings.TrimSpace(addr), pid: cmd.Process.Pid}
}

// resident is the process's resident memory in bytes.
func (s *server) resident(b *testing.B) int64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		b.Skipf("no resident memory to be read here: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				b.Fatal(err)
			}
			return kib << 10
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
