//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	user     = "demo"
	password = "demo"
	// startLimit and clientLimit end what hangs; nothing depends on them otherwise.
	startLimit  = 30 * time.Second
	clientLimit = 2 * time.Minute
)

// program is the path of the bridge, set by TestMain.
var program string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	if program = os.Getenv("BRIDGE_BINARY"); program != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "bridge-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "bridge")
	if out, err := exec.Command("go", "build", "-o", program, "../../cmd/bridge").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the bridge: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// bridge is a running `bridge demo`.
type bridge struct {
	host, port string
	admin      string // address of the admin listener
	dir        string // what it serves
}

// startBridge runs a bridge over an empty directory until the test ends.
func startBridge(t *testing.T) *bridge {
	t.Helper()
	b := &bridge{dir: t.TempDir()}
	cmd := exec.Command(program, "demo", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--dir", b.dir)
	var log bytes.Buffer
	cmd.Stderr = &log
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	addresses, ended := make(chan [2]string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		var ftp string
		for lines := bufio.NewScanner(out); lines.Scan(); { // to the end, so that the bridge never waits for us
			switch f := strings.Fields(lines.Text()); {
			case len(f) == 2 && f[0] == "ftp":
				ftp = strings.TrimPrefix(f[1], "ftp://")
			case len(f) == 2 && f[0] == "admin":
				addresses <- [2]string{ftp, strings.TrimPrefix(f[1], "http://")}
			}
		}
	}()
	t.Cleanup(func() {
		stop(t, cmd, ended)
		if t.Failed() {
			t.Logf("the bridge's log:\n%s", log.String())
		}
	})
	select {
	case found := <-addresses:
		b.admin = found[1]
		if b.host, b.port, err = net.SplitHostPort(found[0]); err != nil {
			t.Fatal(err)
		}
	case <-ended:
		t.Fatal("the bridge has ended")
	case <-time.After(startLimit):
		t.Fatal("the bridge does not say where it listens")
	}
	return b
}

// stop ends the bridge as a service manager would; it must end well.
func stop(t *testing.T, cmd *exec.Cmd, ended <-chan struct{}) {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("stop the bridge: %v", err)
	}
	select {
	case <-ended:
	case <-time.After(startLimit):
		t.Error("the bridge does not stop")
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		<-ended
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the bridge ended with: %v", err)
	}
}

// url is where a path is, for clients that take one.
func (b *bridge) url(path string) string {
	return "ftp://" + net.JoinHostPort(b.host, b.port) + path
}

// security is how a client connects.
type security string

const (
	plain  security = "ftp"
	secure security = "ftps" // explicit: AUTH TLS, PROT P
)

// inEach runs test against a bridge of its own over FTP and over explicit FTPS.
func inEach(t *testing.T, test func(t *testing.T, b *bridge, s security)) {
	for _, s := range []security{plain, secure} {
		t.Run(string(s), func(t *testing.T) { test(t, startBridge(t), s) })
	}
}

// client is a program that is driven.
type client struct {
	path string
	home string // its home directory, empty: nothing of the tester's own settings is used
	env  []string
}

// need finds a client, or ends the test.
func need(t *testing.T, name string) *client {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil && os.Getenv("BRIDGE_REQUIRE_CLIENTS") == "1" {
		t.Fatalf("client missing: %v", err)
	}
	if err != nil {
		t.Skipf("client missing: %v", err)
	}
	return &client{path: path, home: t.TempDir()}
}

// run runs the client with text as its input, and returns all that it wrote. A
// status other than 0 ends the test.
func (c *client) run(t *testing.T, input string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir = c.home
	cmd.Stdin = strings.NewReader(input)
	cmd.Env = append([]string{"HOME=" + c.home, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=dumb"}, c.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(c.path), args, err, out)
	}
	return string(out)
}
