// Package exchange plays recorded exchanges in tests: operations on a backend, the exact
// requests that they lead to, and the answers given.
package exchange

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/ftpfront/storage"
)

// Play is one file of exchanges. It says in "do" which operations are made, in
// "answer 1" and on what the upstream answers (SERVER is its URL), and holds in
// "request 1" and on the exact requests, in "result" what the operations gave.
type Play struct {
	File string
	// Update rewrites the requests and the result.
	Update bool
	// Service answers where the file has no answers; it may be nil.
	Service http.Handler
	// Replace are texts of requests and results that differ from run to run, and what
	// stands for them.
	Replace map[*regexp.Regexp]string
	// Connect makes the backend in front of a server. mapping is the section of that
	// name, empty if there is none.
	Connect func(srv *httptest.Server, mapping string) storage.Backend
}

// Run plays the file and compares.
func (p Play) Run(t *testing.T) {
	t.Helper()
	a, err := txtar.ParseFile(p.File)
	if err != nil {
		t.Fatal(err)
	}
	up := &scripted{archive: a, service: p.Service}
	b := p.Connect(httptest.NewServer(up), section(a, "mapping"))
	var result strings.Builder
	for line := range strings.Lines(section(a, "do")) {
		result.WriteString(operate(t.Context(), b, strings.Fields(line)))
	}
	up.got = append(up.got, txtar.File{Name: "result", Data: []byte(result.String())})
	got := &txtar.Archive{Comment: a.Comment, Files: slices.DeleteFunc(slices.Clone(a.Files), isGolden)}
	got.Files = append(got.Files, up.got...)
	for re, text := range p.Replace {
		for i, f := range got.Files {
			if isGolden(f) {
				got.Files[i].Data = re.ReplaceAll(f.Data, []byte(text))
			}
		}
	}
	if p.Update {
		if err := os.WriteFile(p.File, txtar.Format(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if g, w := goldens(got), goldens(a); g != w {
		t.Errorf("got:\n%s\nwant:\n%s", g, w)
	}
}

func isGolden(f txtar.File) bool { return f.Name == "result" || strings.HasPrefix(f.Name, "request ") }

// goldens are the parts of an archive that a run is compared with.
func goldens(a *txtar.Archive) string {
	var b strings.Builder
	for _, f := range a.Files {
		if isGolden(f) {
			fmt.Fprintf(&b, "-- %s --\n%s", f.Name, f.Data)
		}
	}
	return b.String()
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// scripted keeps the requests and answers with what the archive holds, or else as
// the service does.
type scripted struct {
	archive *txtar.Archive
	service http.Handler
	got     []txtar.File
}

// What differs from run to run.
var (
	changing = regexp.MustCompile(`(?m)^(Traceparent: 00-)[0-9a-f]{32}-[0-9a-f]{16}`)
	boundary = regexp.MustCompile(`(?m)(boundary=|^--)[0-9a-f]{32}`)
)

// maxShown is the longest body that is kept as it is, in bytes.
const maxShown = 1000

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	n := strconv.Itoa(len(s.got) + 1)
	s.got = append(s.got, txtar.File{Name: "request " + n, Data: requestText(r, body, err)})
	if s.service != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.service.ServeHTTP(w, r)
		return
	}
	answer := strings.ReplaceAll(section(s.archive, "answer "+n), "SERVER", "http://"+r.Host)
	answer = strings.ReplaceAll(strings.TrimRight(answer, "\n"), "\n", "\r\n")
	head, content, _ := strings.Cut(answer, "\r\n\r\n")
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(head+"\r\n\r\n")), nil)
	if err != nil {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	for k, v := range resp.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = io.WriteString(w, content)
}

// requestText writes a request down.
func requestText(r *http.Request, body []byte, err error) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.RequestURI)
	_ = r.Header.Write(&b) // a bytes.Buffer takes everything
	if len(r.TransferEncoding) > 0 {
		fmt.Fprintf(&b, "Transfer-Encoding: %s\n", strings.Join(r.TransferEncoding, ", "))
	}
	if len(body) > maxShown {
		body = fmt.Appendf(nil, "(%d bytes)", len(body))
	}
	if err != nil {
		body = fmt.Appendf(nil, "(broken off: %v)", err)
	}
	fmt.Fprintf(&b, "\n%s", body)
	text := strings.ReplaceAll(b.String(), "\r\n", "\n")
	text = changing.ReplaceAllString(text, "${1}TRACE-SPAN")
	text = boundary.ReplaceAllString(text, "${1}BOUNDARY")
	return []byte(strings.TrimRight(text, "\n") + "\n")
}
