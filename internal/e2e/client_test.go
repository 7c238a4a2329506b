//go:build e2e

package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// clientLimit ends a client that hangs; nothing depends on it otherwise.
const clientLimit = 2 * time.Minute

// client is a program that is driven.
type client struct {
	path string
	home string // its home directory, empty: nothing of the tester's own settings is used
	env  []string
}

// need finds a client, or ends the test. Where there is no Java, none is asked for.
func need(t *testing.T, name string) *client {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case name == "java", name == "javac":
		t.Skipf("client missing: %v", err)
	default:
		lack(t, err.Error())
	}
	return &client{path: path, home: t.TempDir()}
}

// lack ends the test for want of something that can be installed.
func lack(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("BRIDGE_REQUIRE_CLIENTS") == "1" {
		t.Fatalf("missing: %s", what)
	}
	t.Skipf("missing: %s", what)
}

// command is a run of the client that has not begun.
func (c *client) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), clientLimit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir = c.home
	cmd.Env = append([]string{"HOME=" + c.home, "PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TERM=dumb"}, c.env...)
	return cmd
}

// run runs the client with text as its input, and returns all that it wrote. A
// status other than 0 ends the test.
func (c *client) run(t *testing.T, input string, args ...string) string {
	t.Helper()
	cmd := c.command(t, args...)
	cmd.Stdin = strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", filepath.Base(c.path), args, err, out)
	}
	return string(out)
}
