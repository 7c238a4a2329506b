package files

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/ftpbridge/bridge/internal/demo/problem"
)

func TestErrorsOfTheDiskAreProblems(t *testing.T) {
	for _, tc := range []struct {
		err    error
		status int
		slug   string
	}{
		{syscall.ENOENT, http.StatusNotFound, "not-found"},
		{syscall.ENOTDIR, http.StatusNotFound, "not-found"},
		{syscall.ELOOP, http.StatusNotFound, "not-found"},
		{errors.New("path escapes from parent"), http.StatusNotFound, "not-found"},
		{syscall.EEXIST, http.StatusConflict, "exists"},
		{syscall.ENOTEMPTY, http.StatusConflict, "not-empty"},
		{syscall.EISDIR, http.StatusConflict, "is-directory"},
		{syscall.EACCES, http.StatusForbidden, "denied"},
		{syscall.EROFS, http.StatusForbidden, "denied"},
		{syscall.ENAMETOOLONG, http.StatusBadRequest, "invalid-name"},
		{syscall.ENOSPC, http.StatusInsufficientStorage, "no-space"},
		{syscall.EDQUOT, http.StatusInsufficientStorage, "no-space"},
		{syscall.EIO, http.StatusInternalServerError, ""},
		{os.ErrClosed, http.StatusInternalServerError, ""},
	} {
		cause := &fs.PathError{Op: "open", Path: "/srv/tenant/a", Err: tc.err}
		d := problem.Of(fromDisk(cause, "tenant/a"))
		if d.Status != tc.status || strings.TrimPrefix(d.Type, "/problems/") != tc.slug {
			t.Errorf("%v: got %+v", tc.err, d)
		}
		if !errors.Is(d, tc.err) {
			t.Errorf("%v: the cause is lost", tc.err)
		}
		if strings.Contains(d.Detail+d.Title, "tenant") {
			t.Errorf("%v: the problem tells the path: %+v", tc.err, d)
		}
	}
}

func TestErrorsOfTheStagingFolderAreTheServices(t *testing.T) {
	for err, want := range map[error]int{
		syscall.ENOENT: http.StatusInternalServerError,
		syscall.EACCES: http.StatusInternalServerError,
		syscall.ENOSPC: http.StatusInsufficientStorage,
	} {
		if d := problem.Of(fromStaging(&fs.PathError{Op: "write", Path: stagingDir, Err: err})); d.Status != want || !errors.Is(d, err) {
			t.Errorf("%v: got %+v", err, d)
		}
	}
}
