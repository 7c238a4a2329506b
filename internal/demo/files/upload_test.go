package files

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestWrite(t *testing.T) {
	b := newBench(t)
	b.file("dir/x", "x")
	first := b.want(http.StatusCreated, "PUT", "/v1/files/a b.txt", "one")
	b.wantFile("a b.txt", "one")
	second := b.do("PUT", "/v1/files/a b.txt", struct{ io.Reader }{strings.NewReader("two")}) // chunked
	if second.StatusCode != http.StatusNoContent || second.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Errorf("replace: %d, ETag %q after %q", second.StatusCode, second.Header.Get("ETag"), first.Header.Get("ETag"))
	}
	b.wantFile("a b.txt", "two")
	b.want(http.StatusCreated, "PUT", "/v1/files/empty", "")
	b.wantFile("empty", "")
	b.wantProblem(http.StatusConflict, "is-directory", "PUT", "/v1/files/dir", "x")
	b.wantProblem(http.StatusConflict, "is-directory", "PUT", "/v1/files/", "x")
	b.wantProblem(http.StatusNotFound, "not-found", "PUT", "/v1/files/none/x", "x")
	b.wantProblem(http.StatusConflict, "not-directory", "PUT", "/v1/files/dir/x/y", "x")
	b.wantProblem(http.StatusBadRequest, "", "PUT", "/v1/files/part", "x", "Content-Range: bytes 0-0/2")
	b.wantProblem(http.StatusBadRequest, "", "PUT", "/v1/files/zip", "x", "Content-Encoding: gzip")
	b.wantNothingStaged()
}

func TestWriteConditions(t *testing.T) {
	b := newBench(t)
	tag := b.want(http.StatusCreated, "PUT", "/v1/files/a", "one", "If-None-Match: *").Header.Get("ETag")
	b.wantProblem(http.StatusPreconditionFailed, "exists", "PUT", "/v1/files/a", "no", "If-None-Match: *")
	b.wantProblem(http.StatusPreconditionFailed, "changed", "PUT", "/v1/files/a", "no", `If-Match: "old"`)
	b.wantProblem(http.StatusPreconditionFailed, "changed", "PUT", "/v1/files/none", "no", "If-Match: *")
	b.want(http.StatusNoContent, "PUT", "/v1/files/a", "two", `If-Match: "old", `+tag)
	b.wantProblem(http.StatusPreconditionFailed, "changed", "PUT", "/v1/files/a", "no", "If-Match: "+tag)
	b.wantFile("a", "two")
}

func TestARefusalCostsNoBody(t *testing.T) {
	b := newBench(t)
	b.file("a", "a")
	c := b.dial("PUT", "/v1/files/a", "If-None-Match: *\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n")
	defer c.Close()
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil || !strings.Contains(line, "412") {
		t.Errorf("got %q, %v", line, err)
	}
}

func TestContentDigest(t *testing.T) {
	b := newBench(t)
	sum := sha256.Sum256([]byte("content"))
	good := "sha-512=:AAAA:, sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	bad := "sha-256=:" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + ":"
	b.want(http.StatusCreated, "PUT", "/v1/files/header", "content", "Content-Digest: "+good)
	b.wantProblem(http.StatusBadRequest, "digest-mismatch", "PUT", "/v1/files/header", "content", "Content-Digest: "+bad)
	b.wantProblem(http.StatusBadRequest, "digest-mismatch", "PUT", "/v1/files/header", "content", "Content-Digest: sha-256=:?:")
	b.want(http.StatusNoContent, "PUT", "/v1/files/header", "content", "Content-Digest: md5=:AAAA:")
	for value, want := range map[string]int{good: http.StatusCreated, bad: http.StatusBadRequest} {
		r, err := http.NewRequest("PUT", fmt.Sprintf("%s/v1/files/trailer%d", b.srv.URL, want), struct{ io.Reader }{strings.NewReader("content")})
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+b.token(nil))
		r.Trailer = http.Header{"Content-Digest": {value}}
		if a := b.send(r); a.StatusCode != want {
			t.Errorf("trailer %q: got %d %s", value, a.StatusCode, a.body)
		}
	}
	b.wantNothingStaged()
}

func TestWriteAtOffset(t *testing.T) {
	b := newBench(t)
	b.file("a", "0123456789")
	b.file("dir/x", "x")
	at := func(n string) []string { return []string{"Content-Type: " + offsetType, "Upload-Offset: " + n} }
	a := b.want(http.StatusNoContent, "PATCH", "/v1/files/a", "ab", at("10")...)
	if a.Header.Get("Upload-Offset") != "12" || a.Header.Get("ETag") == "" {
		t.Errorf("got %v", a.Header)
	}
	b.wantFile("a", "0123456789ab")
	b.want(http.StatusNoContent, "PATCH", "/v1/files/a", "XY", at("4")...)
	b.wantFile("a", "0123XY")
	a = b.wantProblem(http.StatusConflict, "bad-offset", "PATCH", "/v1/files/a", "no", at("7")...)
	if a.Header.Get("Upload-Offset") != "6" {
		t.Errorf("got %v", a.Header)
	}
	b.wantProblem(http.StatusBadRequest, "", "PATCH", "/v1/files/a", "no", at("-1")...)
	b.wantProblem(http.StatusBadRequest, "", "PATCH", "/v1/files/a", "no", "Content-Type: "+offsetType)
	b.wantProblem(http.StatusNotFound, "not-found", "PATCH", "/v1/files/none", "no", at("0")...)
	b.wantProblem(http.StatusConflict, "is-directory", "PATCH", "/v1/files/dir", "no", at("0")...)
	b.wantProblem(http.StatusPreconditionFailed, "changed", "PATCH", "/v1/files/a", "no", append(at("6"), `If-Match: "old"`)...)
	b.want(http.StatusNoContent, "PATCH", "/v1/files/a", "new", at("0")...)
	b.wantFile("a", "new")
	b.wantNothingStaged()
}

// dial sends the head of a request and the beginning of its body over a
// connection of its own.
func (b *bench) dial(method, path, rest string) *net.TCPConn {
	b.t.Helper()
	c, err := net.Dial("tcp", b.srv.Listener.Addr().String())
	if err != nil {
		b.t.Fatal(err)
	}
	_, err = fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n%s\r\n", method, path, b.token(nil), rest)
	if err != nil {
		b.t.Fatal(err)
	}
	return c.(*net.TCPConn)
}

func TestABodyThatBreaksOffLeavesNothing(t *testing.T) {
	const put, patch = "PUT", "PATCH"
	length := "Content-Length: 1000\r\n"
	chunked := "Transfer-Encoding: chunked\r\n"
	offset := "Content-Type: " + offsetType + "\r\nUpload-Offset: 3\r\n"
	part := strings.Repeat("x", 500)
	cases := []struct{ name, method, head, body string }{
		{"with a length", put, length, part},
		{"in a chunk", put, chunked, "3e8\r\n" + part},
		{"between chunks", put, chunked, "1f4\r\n" + part + "\r\n"},
		{"in the last chunk", put, chunked, "1f4\r\n" + part + "\r\n0\r\n"},
		{"before the body", put, chunked, ""},
		{"with broken chunks", put, chunked, "1f4\r\n" + part + part},
		{"at an offset, with a length", patch, offset + length, part},
		{"at an offset, in a chunk", patch, offset + chunked, "3e8\r\n" + part},
	}
	for _, tc := range cases {
		for ending, end := range map[string]func(*net.TCPConn) error{
			"reset":      func(c *net.TCPConn) error { return c.SetLinger(0) },
			"close":      func(*net.TCPConn) error { return nil },
			"half close": (*net.TCPConn).CloseWrite,
		} {
			t.Run(tc.name+", "+ending, func(t *testing.T) {
				b := newBench(t)
				b.file("old", "old content")
				targets := []string{"old"}
				if tc.method == put {
					targets = append(targets, "new")
				}
				for _, name := range targets {
					// 100 Continue comes when the service begins to read the body.
					c := b.dial(tc.method, "/v1/files/"+name, "Expect: 100-continue\r\n"+tc.head)
					answers := bufio.NewReader(c)
					if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100") {
						t.Fatalf("got %q, %v", line, err)
					}
					if _, err := io.WriteString(c, tc.body); err != nil {
						t.Fatal(err)
					}
					if err := end(c); err != nil {
						t.Fatal(err)
					}
					if ending == "half close" {
						rest, err := io.ReadAll(answers)
						if err != nil || !bytes.Contains(rest, []byte("400 Bad Request")) || !bytes.Contains(rest, []byte("/problems/cut-short")) {
							t.Errorf("got %q, %v", rest, err)
						}
					}
					if err := c.Close(); err != nil {
						t.Fatal(err)
					}
				}
				b.wantNothingStaged()
				b.wantFile("old", "old content")
				if _, err := os.Lstat(filepath.Join(b.dir, "new")); !os.IsNotExist(err) {
					t.Errorf("new: %v", err)
				}
			})
		}
	}
}

func TestOfTwoWritersOneWins(t *testing.T) {
	b := newBench(t)
	const size = 1 << 20
	// Each writer waits for the other in the middle of its body.
	var middle sync.WaitGroup
	middle.Add(2)
	var done sync.WaitGroup
	for _, letter := range []string{"a", "b"} {
		done.Go(func() {
			half := strings.NewReader(strings.Repeat(letter, size/2))
			rest := &waiting{before: &middle, r: strings.NewReader(strings.Repeat(letter, size/2))}
			a := b.do("PUT", "/v1/files/same", io.MultiReader(half, rest))
			if a.StatusCode != http.StatusCreated && a.StatusCode != http.StatusNoContent {
				t.Errorf("%s: got %d %s", letter, a.StatusCode, a.body)
			}
		})
	}
	done.Wait()
	got, err := os.ReadFile(filepath.Join(b.dir, "same"))
	if err != nil {
		t.Fatal(err)
	}
	if s := string(got); s != strings.Repeat("a", size) && s != strings.Repeat("b", size) {
		t.Errorf("the file is neither of the two (%d bytes)", len(s))
	}
	b.wantNothingStaged()
}

// waiting is a reader that reports and waits for others before its first byte.
type waiting struct {
	before *sync.WaitGroup
	once   sync.Once
	r      io.Reader
}

func (w *waiting) Read(p []byte) (int, error) {
	w.once.Do(func() {
		w.before.Done()
		w.before.Wait()
	})
	return w.r.Read(p)
}

func TestOfTwoAppendsNoneIsLost(t *testing.T) {
	b := newBench(t)
	b.file("log", "0")
	var middle, done sync.WaitGroup
	middle.Add(2)
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 2 {
		done.Go(func() {
			body := &waiting{before: &middle, r: strings.NewReader("1")}
			a := b.do("PATCH", "/v1/files/log", body, "Content-Type: "+offsetType, "Upload-Offset: 1", "Expect: 100-continue")
			mu.Lock()
			defer mu.Unlock()
			statuses[a.StatusCode]++
		})
	}
	done.Wait()
	if statuses[http.StatusNoContent] != 1 || statuses[http.StatusConflict] != 1 {
		t.Errorf("got %v", statuses)
	}
	b.wantFile("log", "01")
}

func TestOnlyOneOfManyCreates(t *testing.T) {
	b := newBench(t)
	var done sync.WaitGroup
	results := make(chan int, 8)
	for i := range cap(results) {
		done.Go(func() {
			results <- b.do("PUT", "/v1/files/lock", strings.NewReader(fmt.Sprint(i)), "If-None-Match: *").StatusCode
		})
	}
	done.Wait()
	close(results)
	created := 0
	for status := range results {
		switch status {
		case http.StatusCreated:
			created++
		case http.StatusPreconditionFailed:
		default:
			t.Errorf("got %d", status)
		}
	}
	if created != 1 {
		t.Errorf("%d were told that they created the file", created)
	}
}
