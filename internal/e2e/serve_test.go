//go:build e2e

package e2e

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// serve runs `bridge serve` with the given backend section of its configuration
// until the test ends, and returns it with the name of the configuration file.
func serve(t *testing.T, backend string) (*bridge, string) {
	t.Helper()
	file := configure(t, backend)
	cmd := bridgeCommand("serve", "--config", file, "--log-level", "debug", "--log-format", "json")
	errs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log, address, ended := &lockedLog{}, make(chan string, 1), make(chan struct{})
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(errs)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			log.add(lines.Text())
			var entry struct{ Msg, For, Address string }
			if json.Unmarshal(lines.Bytes(), &entry) == nil && entry.Msg == "listening" && entry.For == "ftp" {
				address <- entry.Address
			}
		}
	}()
	t.Cleanup(func() {
		stop(t, cmd, ended)
		if t.Failed() {
			t.Logf("the end of the bridge's log:\n%s", tail([]byte(log.text()), logShown))
		}
	})
	b := &bridge{scheme: "ftp"}
	select {
	case found := <-address:
		if b.host, b.port, err = net.SplitHostPort(found); err != nil {
			t.Fatal(err)
		}
	case <-ended:
		t.Fatalf("the bridge has ended:\n%s", log.text())
	case <-time.After(startLimit):
		t.Fatal("the bridge does not say where it listens")
	}
	return b, file
}

// bridgeCommand is the bridge with nothing of the tester's environment, whose
// BRIDGE_ variables it would read.
func bridgeCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}
	return cmd
}

// configure writes a configuration with one user and the given backend section.
func configure(t *testing.T, backend string) string {
	t.Helper()
	dir := t.TempDir()
	passwd := bridgeCommand("passwd", user)
	passwd.Stdin = strings.NewReader(password + "\n")
	entry, err := passwd.Output()
	if err != nil {
		t.Fatalf("bridge passwd: %v", err)
	}
	writeFile(t, filepath.Join(dir, "users.yaml"), append([]byte("users:\n"), entry...))
	file := filepath.Join(dir, "bridge.yaml")
	writeFile(t, file, []byte(`
ftp: {listen: ["127.0.0.1:0"], tls: {mode: "off"}}
auth: [{static: {file: users.yaml}}]
backend:
`+indent(backend)))
	return file
}

func indent(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

// lockedLog is lines that one goroutine writes and another reads.
type lockedLog struct {
	mu    sync.Mutex
	lines strings.Builder
}

func (l *lockedLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines.WriteString(line + "\n")
}

func (l *lockedLog) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.String()
}
