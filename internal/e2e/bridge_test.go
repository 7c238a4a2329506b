//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
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
	// startLimit ends what hangs; nothing depends on it otherwise.
	startLimit = 30 * time.Second
	// logShown is how much of its log is shown when a test fails, in bytes.
	logShown = 20_000
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
	scheme     string // of its URLs: ftp or ftps
	host, port string
	admin      string   // address of the admin listener
	dir        string   // what it serves
	hints      []string // the commands that it says to try
}

// startBridge runs a bridge over an empty directory until the test ends. More
// flags come behind its own.
func startBridge(t *testing.T, flags ...string) *bridge {
	t.Helper()
	b := &bridge{dir: t.TempDir()}
	args := []string{"demo", "--log-level", "debug", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--dir", b.dir}
	cmd := exec.Command(program, append(args, flags...)...)
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
		var ftp, admin string
		for lines := bufio.NewScanner(out); lines.Scan(); { // to the end, so that the bridge never waits for us
			switch f := strings.Fields(lines.Text()); {
			case len(f) == 2 && f[0] == "ftp":
				b.scheme, ftp, _ = strings.Cut(f[1], "://")
			case len(f) == 2 && f[0] == "admin":
				admin = strings.TrimPrefix(f[1], "http://")
			case strings.HasPrefix(lines.Text(), "  "):
				b.hints = append(b.hints, strings.TrimSpace(lines.Text()))
			case strings.HasPrefix(lines.Text(), "Stop"): // the last of the lines
				addresses <- [2]string{ftp, admin}
			}
		}
	}()
	t.Cleanup(func() {
		stop(t, cmd, ended)
		if t.Failed() {
			t.Logf("the end of the bridge's log:\n%s", tail(log.Bytes(), logShown))
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

// tail is the last n bytes of a text, or less.
func tail(text []byte, n int) []byte { return text[max(0, len(text)-n):] }

// url is where a path is, for clients that take one.
func (b *bridge) url(path string) string {
	return b.scheme + "://" + net.JoinHostPort(b.host, b.port) + path
}
