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
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// role is the environment variable that turns the test program into one of the
// servers, so that its memory and its time can be told from the clients'.
const role = "BENCH_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "engine":
		serveFTP(anyone{memstore.New()})
	case "bridge":
		serveFTP(anyone{newUpstream(os.Getenv("BENCH_UPSTREAM"), os.Getenv("BENCH_MAPPING"))})
	case "upstream":
		serveContent()
	default:
		os.Exit(m.Run())
	}
}

// anyone lets everybody in, into one store.
type anyone struct{ files storage.Backend }

func (a anyone) Authenticate(_ context.Context, l ftpfront.Login) (*ftpfront.Account, error) {
	return &ftpfront.Account{Name: l.User, Backend: a.files}, nil
}

// serveFTP prints the address and serves until standard input ends.
func serveFTP(users ftpfront.Authenticator) {
	srv, err := ftpfront.New(ftpfront.Options{
		Authenticator: users,
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
	waitForEnd()
	srv.Close()
}

// waitForEnd waits for the end of standard input, the parent's signal.
func waitForEnd() { bufio.NewReader(os.Stdin).ReadString('\n') }

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

// start runs a server in a role, with more in its environment.
func start(b *testing.B, as string, env ...string) *server {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), role+"="+as), env...)
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

// cpu is the processor time that the process has used, in seconds.
func (s *server) cpu(b *testing.B) float64 {
	b.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.pid))
	if err != nil {
		b.Skipf("no processor time to be read here: %v", err)
	}
	_, fields, _ := strings.Cut(string(stat), ") ") // behind the name, which may hold blanks
	f := strings.Fields(fields)
	user, err := strconv.ParseFloat(f[11], 64)
	if err != nil {
		b.Fatal(err)
	}
	system, err := strconv.ParseFloat(f[12], 64)
	if err != nil {
		b.Fatal(err)
	}
	const ticks = 100 // a second, on every Linux that Go runs on (USER_HZ)
	return (user + system) / ticks
}
