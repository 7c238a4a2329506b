package files

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

func TestDelete(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	b.file("dir/x", "x")
	b.wantProblem(http.StatusPreconditionFailed, "changed", "DELETE", "/v1/files/a", "", `If-Match: "old"`)
	b.want(http.StatusNoContent, "DELETE", "/v1/files/a", "")
	b.wantProblem(http.StatusNotFound, "not-found", "DELETE", "/v1/files/a", "")
	b.wantProblem(http.StatusConflict, "is-directory", "DELETE", "/v1/files/dir", "")
}

func TestDirectories(t *testing.T) {
	b := newBench(t)
	b.file("file", "x")
	b.want(http.StatusCreated, "PUT", "/v1/directories/d", "")
	b.want(http.StatusCreated, "PUT", "/v1/directories/d/e", "")
	b.wantProblem(http.StatusConflict, "exists", "PUT", "/v1/directories/d", "")
	b.wantProblem(http.StatusConflict, "exists", "PUT", "/v1/directories/file", "")
	b.wantProblem(http.StatusConflict, "exists", "PUT", "/v1/directories/", "")
	b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/directories/none/d", "")
	b.wantProblem(http.StatusConflict, "not-directory", "PUT", "/v1/directories/file/d", "")

	b.wantProblem(http.StatusConflict, "not-empty", "DELETE", "/v1/directories/d", "")
	b.wantProblem(http.StatusConflict, "not-directory", "DELETE", "/v1/directories/file", "")
	b.wantProblem(http.StatusNotFound, "not-found", "DELETE", "/v1/directories/none", "")
	b.wantProblem(http.StatusForbidden, "denied", "DELETE", "/v1/directories/", "")
	b.want(http.StatusNoContent, "DELETE", "/v1/directories/d/e", "")
	b.want(http.StatusNoContent, "DELETE", "/v1/directories/d", "")
	if _, err := os.Stat(filepath.Join(b.dir, "d")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func TestRename(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	b.file("b", "b")
	b.file("dir/x", "x")
	b.file("empty/gone", "")
	b.want(http.StatusNoContent, "DELETE", "/v1/files/empty/gone", "")
	move := func(from, to string) string { return `{"from":"` + from + `","to":"` + to + `"}` }
	refused := []struct {
		status         int
		slug, from, to string
	}{
		{http.StatusNotFound, "not-found", "/none", "/c"},
		{http.StatusNotFound, "not-found", "/a", "/none/c"},
		{http.StatusConflict, "not-directory", "/a", "/b/c"},
		{http.StatusConflict, "exists", "/a", "/dir"},
		{http.StatusConflict, "exists", "/dir", "/a"},
		{http.StatusConflict, "exists", "/dir", "/empty"},
		{http.StatusConflict, "conflict", "/dir", "/dir/sub"},
		{http.StatusForbidden, "denied", "/", "/c"},
		{http.StatusForbidden, "denied", "/a", "/"},
	}
	for _, r := range refused {
		b.wantProblem(r.status, r.slug, "POST", "/v1/rename", move(r.from, r.to))
	}
	b.wantProblem(http.StatusBadRequest, "", "POST", "/v1/rename", "from a to b")
	b.want(http.StatusNoContent, "POST", "/v1/rename", move("/a", "/a"))
	b.want(http.StatusNoContent, "POST", "/v1/rename", move("/a", "/b"))
	b.wantFile("b", "a")
	b.want(http.StatusNoContent, "POST", "/v1/rename", move("/dir", "/empty/moved dir"))
	b.wantFile("empty/moved dir/x", "x")
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/stat/a", "")
}
