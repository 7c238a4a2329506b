//go:build e2e

package e2e

import (
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ftpbridge/bridge/internal/demo"
)

// The README's dialogue is typed as a newcomer would; "*" stands for what
// differs from run to run.
func TestREADMEDialogue(t *testing.T) {
	c := need(t, "sh")
	need(t, "curl")
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), "```console\n")
	dialogue, _, closed := strings.Cut(rest, "```")
	if !found || !closed {
		t.Fatal("the README has no dialogue")
	}
	b := startBridge(t)
	if err := demo.WriteSamples(b.dir); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(c.home, "README.md"), readme)
	here := strings.NewReplacer("127.0.0.1:2121", net.JoinHostPort(b.host, b.port), "127.0.0.1:8080", b.admin)

	for step := range strings.SplitSeq("\n"+dialogue, "\n$ ") {
		command, want, _ := strings.Cut(step, "\n")
		if command == "" {
			continue
		}
		// What the user sees is all there is: a refused login is a step too.
		got := c.run(t, here.Replace(command)+" 2>&1 || true\n")
		if want = strings.TrimSuffix(want, "\n"); !matches(want, progressless(got)) {
			t.Errorf("$ %s\ngot:\n%s\nwant:\n%s", command, got, want)
		}
	}
}

// TestDemoHints types what the demonstration says to try.
func TestDemoHints(t *testing.T) {
	need(t, "curl")
	need(t, "lftp")
	for _, tls := range []string{"off", "explicit", "required", "implicit"} {
		for _, listen := range []string{"127.0.0.1:0", "[::1]:0"} {
			t.Run(tls+" "+listen, func(t *testing.T) {
				c := need(t, "sh")
				b := startBridge(t, "--tls", tls, "--listen", listen)
				if err := demo.WriteSamples(b.dir); err != nil {
					t.Fatal(err)
				}
				writeFile(t, filepath.Join(c.home, "README.md"), []byte("hello"))
				if len(b.hints) < 4 {
					t.Fatalf("got hints %q", b.hints)
				}
				for _, command := range b.hints {
					c.run(t, command+"\n")
				}
				wantFile(t, filepath.Join(b.dir, "README.md"), []byte("hello"))
			})
		}
	}
}

// matches compares text with a pattern in which "*" stands for anything.
func matches(pattern, text string) bool {
	parts := strings.Split(strings.TrimSpace(pattern), "*")
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(strings.TrimSpace(text))
}

// progressless drops curl's progress meter, which a terminal shows and wipes.
func progressless(text string) string {
	var kept []string
	for line := range strings.SplitSeq(text, "\n") {
		if !strings.Contains(line, "\r") && !strings.HasPrefix(line, "  % Total") && !strings.Contains(line, "Dload  Upload") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
