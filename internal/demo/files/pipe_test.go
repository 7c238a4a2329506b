//go:build linux || darwin

package files

import (
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// Opening a named pipe would wait for a writer that never comes.
func TestANamedPipeIsNotThere(t *testing.T) {
	b := newBench(t)
	if err := syscall.Mkfifo(filepath.Join(b.dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, op := range []string{"stat", "files", "list", "space"} {
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/"+op+"/pipe", "")
	}
	if a := b.want(http.StatusOK, "GET", "/v1/list/", ""); strings.Contains(a.body, "pipe") {
		t.Error(a.body)
	}
}
