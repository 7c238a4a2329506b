package files

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestStatDescribesFilesAndDirectories(t *testing.T) {
	b := newBench(t)
	b.file("in/a.txt", "hello")
	for path, want := range map[string]entry{
		"/v1/stat/":         {Name: "/", Type: "dir"},
		"/v1/stat/in":       {Name: "in", Type: "dir"},
		"/v1/stat/in/a.txt": {Name: "a.txt", Type: "file", Size: 5},
	} {
		a := b.want(http.StatusOK, "GET", path, "")
		var got entry
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatal(err)
		}
		if got.Name != want.Name || got.Type != want.Type || got.Size != want.Size || got.Modified.IsZero() {
			t.Errorf("%s: got %s", path, a.body)
		}
		if (got.ETag != "") != (want.Type == "file") {
			t.Errorf("%s: etag %q", path, got.ETag)
		}
	}
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/stat/in/b.txt", "")
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/stat/in/a.txt/b", "")
}

func TestRead(t *testing.T) {
	b := newBench(t)
	b.file("a.txt", "0123456789")
	b.file("dir/x", "x")
	a := b.want(http.StatusOK, "GET", "/v1/files/a.txt", "")
	tag := a.Header.Get("ETag")
	if a.body != "0123456789" || tag == "" || a.Header.Get("Last-Modified") == "" || a.Header.Get("Content-Length") != "10" {
		t.Errorf("got %q %v", a.body, a.Header)
	}
	if a := b.want(http.StatusOK, "HEAD", "/v1/files/a.txt", ""); a.Header.Get("ETag") != tag || a.ContentLength != 10 {
		t.Errorf("HEAD: %v", a.Header)
	}
	a = b.want(http.StatusPartialContent, "GET", "/v1/files/a.txt", "", "Range: bytes=4-", "If-Range: "+tag)
	if a.body != "456789" || a.Header.Get("Content-Range") != "bytes 4-9/10" {
		t.Errorf("range: %q %v", a.body, a.Header)
	}
	if a := b.want(http.StatusOK, "GET", "/v1/files/a.txt", "", "Range: bytes=4-", `If-Range: "old"`); a.body != "0123456789" {
		t.Errorf("If-Range of another version: %q", a.body)
	}
	a = b.wantProblem(http.StatusRequestedRangeNotSatisfiable, "bad-range", "GET", "/v1/files/a.txt", "", "Range: bytes=10-")
	if a.Header.Get("Content-Range") != "bytes */10" {
		t.Errorf("416: %v", a.Header)
	}
	b.wantProblem(http.StatusPreconditionFailed, "changed", "GET", "/v1/files/a.txt", "", `If-Match: "old"`)
	b.want(http.StatusNotModified, "GET", "/v1/files/a.txt", "", "If-None-Match: "+tag)
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/files/none", "")
	b.wantProblem(http.StatusConflict, "is-directory", "GET", "/v1/files/dir", "")
	b.wantProblem(http.StatusConflict, "is-directory", "GET", "/v1/files/", "")
}

func TestAReadGoesOnWithItsVersion(t *testing.T) {
	b := newBench(t)
	const size = 8 << 20 // more than the connection's buffers hold
	b.file("a", strings.Repeat("a", size))
	r, err := http.NewRequest("GET", b.srv.URL+"/v1/files/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+b.token(nil))
	resp, err := b.srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b.want(http.StatusNoContent, "PUT", "/v1/files/a", strings.Repeat("b", size))
	var all strings.Builder
	if _, err := io.Copy(&all, resp.Body); err != nil {
		t.Fatal(err)
	}
	if all.String() != strings.Repeat("a", size) {
		t.Error("the read is a mixture of two versions")
	}
}

func TestSpace(t *testing.T) {
	b := newBench(t)
	b.file("dir/x", "x")
	for _, p := range []string{"", "dir", "dir/x"} {
		a := b.want(http.StatusOK, "GET", "/v1/space/"+p, "")
		var got struct{ Free, Total uint64 }
		if err := json.Unmarshal([]byte(a.body), &got); err != nil || got.Total == 0 || got.Free > got.Total {
			t.Errorf("%q: %s %v", p, a.body, err)
		}
	}
	b.wantProblem(http.StatusNotFound, "not-found", "GET", "/v1/space/none", "")
}

func TestModifiedTimeIsExact(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	want := time.Date(2020, 2, 29, 23, 59, 59, 0, time.UTC)
	b.want(http.StatusNoContent, "PATCH", "/v1/files/a", `{"modified":"2020-03-01T00:59:59+01:00"}`, "Content-Type: "+mergeType)
	a := b.want(http.StatusOK, "GET", "/v1/stat/a", "")
	var got entry
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || !got.Modified.Equal(want) {
		t.Errorf("got %s, want %v", a.body, want)
	}
	if a := b.want(http.StatusOK, "GET", "/v1/files/a", ""); a.Header.Get("Last-Modified") != want.Format(http.TimeFormat) {
		t.Errorf("Last-Modified: %q", a.Header.Get("Last-Modified"))
	}
}

func TestBadTimeChanges(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	b.file("dir/x", "x")
	merge := "Content-Type: " + mergeType
	const change = `{"modified":"2020-01-01T00:00:00Z"}`
	for _, body := range []string{"", "{}", `{"modified":null}`, `{"modified":"yesterday"}`, `{"size":3}`, "[]", "{"} {
		b.wantProblem(http.StatusBadRequest, "", "PATCH", "/v1/files/a", body, merge)
	}
	b.wantProblem(http.StatusNotFound, "not-found", "PATCH", "/v1/files/none", change, merge)
	b.wantProblem(http.StatusConflict, "is-directory", "PATCH", "/v1/files/dir", change, merge)
	b.wantProblem(http.StatusPreconditionFailed, "changed", "PATCH", "/v1/files/a", change, merge, `If-Match: "old"`)
	a := b.wantProblem(http.StatusUnsupportedMediaType, "", "PATCH", "/v1/files/a", change, "Content-Type: application/json")
	if !strings.Contains(a.Header.Get("Accept-Patch"), mergeType) {
		t.Errorf("Accept-Patch: %q", a.Header.Get("Accept-Patch"))
	}
}
