//go:build e2e

package e2e

import (
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// portTries is how often a server is started: the port that was free may be taken
// by the time it wants it.
const portTries = 5

// upstream is a running HTTP storage server that others have written. What its
// paths lie in, a bucket or a container, is there and empty.
type upstream struct {
	name string
	url  string            // where it listens, without a slash at the end
	vars map[string]string // what it was made with: bucket, container, account
	keys map[string]string // credentials: access and secret, user and password, account and key
	// dir has its files on disk, the bucket's where there is one; empty where
	// they are no plain files.
	dir string
	// sign adds the credentials to a request; nil: none are needed.
	sign func(*testing.T, *http.Request)
}

// server says how to run one.
type server struct {
	name    string
	program string // in bin/servers, where servers.sh has put it
	env     []string
	// args returns the arguments for an address, after writing whatever files
	// they name.
	args func(t *testing.T, host, port string) []string
	// ready is the path that answers, with any status, once the server is up.
	ready string
}

// start runs a server until the test ends, and returns its URL.
func (s server) start(t *testing.T) string {
	t.Helper()
	path := absolute(t, filepath.Join("../../bin/servers", s.program))
	if _, err := os.Stat(path); err != nil {
		lack(t, err.Error()+" (sh internal/e2e/servers.sh installs it)")
	}
	for range portTries {
		host, port := freePort(t)
		if s.run(t, path, s.args(t, host, port), "http://"+net.JoinHostPort(host, port)+s.ready) {
			return "http://" + net.JoinHostPort(host, port)
		}
	}
	t.Fatalf("%s does not start", s.name)
	return ""
}

// run starts the program and waits until it answers; false means that it has ended.
func (s server) run(t *testing.T, path string, args []string, ready string) bool {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(path, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append([]string{"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}, s.env...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // or has ended
		<-ended
		if t.Failed() {
			text, err := os.ReadFile(log.Name())
			t.Logf("the end of the log of %s (%v):\n%s", s.name, err, tail(text, logShown))
		}
	})
	asker := http.Client{Timeout: startLimit}
	for limit := time.After(startLimit); ; {
		select {
		case <-ended:
			return false
		case <-limit:
			t.Fatalf("%s does not answer", s.name)
		case <-time.After(5 * time.Millisecond):
		}
		resp, err := asker.Get(ready)
		if err != nil {
			continue
		}
		resp.Body.Close()
		select {
		case <-ended: // somebody else has answered
			return false
		default:
			return true
		}
	}
}

// freePort returns an address that nobody listened on a moment ago.
func freePort(t *testing.T) (host, port string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	host, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return host, port
}
