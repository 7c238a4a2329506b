package files

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNamesKeepTheirCharacters(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"a b.txt", "Grüße.txt", "50%.txt", "a?b#c", "a+b", `back\slash`, "%2e%2e", "...", "日本"} {
		b.file(name, name)
		escaped := strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", " ", "%20", `\`, "%5C").Replace(name)
		if a := b.want(http.StatusOK, "GET", "/v1/files/"+escaped, ""); a.body != name {
			t.Errorf("%q: got %q", name, a.body)
		}
	}
}

func TestBadPathsAreRefused(t *testing.T) {
	b := newBench(t)
	b.file("a/b", "x")
	for _, p := range []string{
		"a%2Fb", "a%2fb", "..", "%2e%2e", "a/../a/b", "a//b", "a/", "./a", "a%00", "a%0d%0aDELE", "a%7f", "%ff",
		strings.Repeat("x", maxName+1), strings.Repeat("x/", maxPath/2) + "xx",
	} {
		b.wantProblem(http.StatusBadRequest, "invalid-name", "GET", "/v1/files/"+p, "")
		b.wantProblem(http.StatusBadRequest, "invalid-name", "PUT", "/v1/files/"+p, "x")
	}
	for _, p := range []string{"a//b", "../x", "a/..", "\u0000"} {
		b.wantProblem(http.StatusBadRequest, "invalid-name", "POST", "/v1/rename", `{"from":"/a/b","to":"`+strings.ReplaceAll(p, "\x00", `\u0000`)+`"}`)
	}
}

func TestTheStagingFolderIsNotThere(t *testing.T) {
	b := newBench(t)
	b.file(stagingDir+"/x", "x")
	b.file("a", "a")
	for _, name := range []string{stagingDir, strings.ToUpper(stagingDir), "%2Ebridge-staging"} {
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/stat/"+name, "")
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/list/"+name, "")
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/files/"+name+"/x", "")
		b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/files/"+name+"/y", "y")
		b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/directories/"+name, "")
		b.wantProblem(http.StatusNotFound, "not-found", "DELETE", "/v1/directories/"+name, "")
	}
	b.wantProblem(http.StatusNotFound, "not-found", "POST", "/v1/rename", `{"from":"/a","to":"/`+stagingDir+`/a"}`)
	b.wantProblem(http.StatusNotFound, "not-found", "POST", "/v1/rename", `{"from":"/`+stagingDir+`/x","to":"/b"}`)
	if a := b.want(http.StatusOK, "GET", "/v1/list/", ""); strings.Contains(a.body, "staging") {
		t.Error(a.body)
	}
}

func TestLinksDoNotLeadOutside(t *testing.T) {
	b := newBench(t)
	outside := t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	b.file("in/file", "inside")
	for name, to := range map[string]string{
		"out": outside, "secret": secret, "up": "..", "in/up": "../../x", "dangling": "nowhere", "loop": "loop", "good": "in/file",
	} {
		if err := os.Symlink(to, filepath.Join(b.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range []string{"out", "out/secret", "secret", "up", "up/x", "in/up", "dangling", "loop"} {
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/stat/"+p, "")
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/files/"+p, "")
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/list/"+p, "")
		b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/space/"+p, "")
	}
	b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/files/out/new", "x")
	b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/files/secret", "x")
	b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/directories/out/new", "")
	b.wantProblem(http.StatusNotFound, "not-found", "DELETE", "/v1/files/out/secret", "")
	b.wantProblem(http.StatusNotFound, "not-found", "PATCH", "/v1/files/secret", `{"modified":"2020-01-01T00:00:00Z"}`, "Content-Type: "+mergeType)
	b.wantProblem(http.StatusNotFound, "not-found", "POST", "/v1/rename", `{"from":"/in/file","to":"/out/file"}`)
	b.wantProblem(http.StatusNotFound, "not-found", "POST", "/v1/rename", `{"from":"/out/secret","to":"/stolen"}`)
	if a := b.want(http.StatusOK, "GET", "/v1/files/good", ""); a.body != "inside" {
		t.Errorf("a link inside: %q", a.body)
	}
	if a := b.want(http.StatusOK, "GET", "/v1/list/", ""); strings.Contains(a.body, "out") || strings.Contains(a.body, "secret") ||
		!strings.Contains(a.body, `"good"`) {
		t.Error(a.body)
	}
	left, err := os.ReadDir(outside)
	if err != nil || len(left) != 1 {
		t.Errorf("outside: %v, %v", left, err)
	}
}

func TestThePlainFormOfARouteIsNeeded(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	b.want(http.StatusOK, "GET", "/v1/files/%61", "")
	b.wantProblem(http.StatusNotFound, "", "GET", "/v1/fil%65s/a", "")
}
