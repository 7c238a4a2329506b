package httpbackend_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/httpbackend"
	"github.com/ftpbridge/bridge/openapi/mapping"
)

var update = flag.Bool("update", false, "rewrite the requests in testdata/exchanges")

// TestExchanges runs testdata/exchanges. Each file says in "do" which operations are
// made, of the files preset or of "mapping", in "answer 1" and on what the upstream answers (SERVER is its URL), and holds
// in "request 1" and on the exact requests, in "result" what the operations gave.
func TestExchanges(t *testing.T) {
	files, err := filepath.Glob("testdata/exchanges/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no exchanges: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { runExchange(t, file) })
	}
}

func runExchange(t *testing.T, file string) {
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	up := &scripted{archive: a}
	srv := httptest.NewServer(up)
	b := connect(t, srv, &bearer{token: "secret"}, func(o *httpbackend.Options) {
		o.ShowProblems = true
		if text := section(a, "mapping"); text != "" {
			m, err := mapping.Parse("x.map.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			o.Mapping = m
		}
	})
	var result strings.Builder
	for line := range strings.Lines(section(a, "do")) {
		result.WriteString(operate(t.Context(), b, strings.Fields(line)))
	}
	up.got = append(up.got, txtar.File{Name: "result", Data: []byte(result.String())})
	got := &txtar.Archive{Comment: a.Comment, Files: slices.DeleteFunc(slices.Clone(a.Files), func(f txtar.File) bool {
		return f.Name == "result" || strings.HasPrefix(f.Name, "request ")
	})}
	got.Files = append(got.Files, up.got...)
	if *update {
		if err := os.WriteFile(file, txtar.Format(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if g, w := sections(got), sections(a); g != w {
		t.Errorf("got:\n%s\nwant:\n%s", g, w)
	}
}

// sections are the golden parts of an archive.
func sections(a *txtar.Archive) string {
	var b strings.Builder
	for _, f := range a.Files {
		if f.Name == "result" || strings.HasPrefix(f.Name, "request ") {
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

// scripted answers with what the archive holds, and keeps the requests.
type scripted struct {
	archive *txtar.Archive
	got     []txtar.File
}

var (
	changing = regexp.MustCompile(`(?m)^(Traceparent: 00-)[0-9a-f]{32}-[0-9a-f]{16}`)
	boundary = regexp.MustCompile(`(?m)(boundary=|^--)[0-9a-f]{32}`)
)

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var req bytes.Buffer
	fmt.Fprintf(&req, "%s %s\n", r.Method, r.RequestURI)
	_ = r.Header.Write(&req)
	if len(r.TransferEncoding) > 0 {
		fmt.Fprintf(&req, "Transfer-Encoding: %s\n", strings.Join(r.TransferEncoding, ", "))
	}
	body, err := io.ReadAll(r.Body)
	if len(body) > 1000 {
		body = fmt.Appendf(nil, "(%d bytes)", len(body))
	}
	if err != nil {
		body = fmt.Appendf(nil, "(broken off: %v)", err)
	}
	fmt.Fprintf(&req, "\n%s", body)
	text := strings.ReplaceAll(req.String(), "\r\n", "\n")
	text = changing.ReplaceAllString(text, "${1}TRACE-SPAN")
	text = boundary.ReplaceAllString(text, "${1}BOUNDARY")
	n := strconv.Itoa(len(s.got) + 1)
	s.got = append(s.got, txtar.File{Name: "request " + n, Data: []byte(strings.TrimRight(text, "\n") + "\n")})

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

// operate makes one operation and says what it gave.
func operate(ctx context.Context, b storage.Backend, words []string) string {
	name := storage.Path(words[1])
	var out string
	var err error
	switch words[0] {
	case "stat":
		var e storage.Entry
		e, err = b.Stat(ctx, name)
		out = describe(e)
	case "list":
		for e, listErr := range b.List(ctx, name) {
			if err = listErr; err == nil {
				out += describe(e)
			}
		}
	case "open":
		offset, _ := strconv.ParseInt(words[2], 10, 64)
		out, err = openAll(ctx, b, name, offset)
	case "put", "create", "append", "resume":
		opt := storage.PutOptions{Mode: map[string]storage.PutMode{"create": storage.Create, "append": storage.Append, "resume": storage.Resume}[words[0]]}
		content := words[2]
		if n, err := strconv.Atoi(content); err == nil {
			content = strings.Repeat("x", n)
		}
		if len(words) > 3 {
			opt.Offset, _ = strconv.ParseInt(words[3], 10, 64)
		}
		if content == "-" { // nothing
			content = ""
		}
		var receipt storage.Receipt
		if receipt, err = b.Put(ctx, name, strings.NewReader(content), opt); receipt.Text != "" {
			out = "told: " + receipt.Text + "\n"
		}
	case "delete":
		err = b.Delete(ctx, name)
	case "mkdir":
		err = b.MakeDir(ctx, name)
	case "rmdir":
		err = b.RemoveDir(ctx, name)
	case "rename":
		err = b.Rename(ctx, name, storage.Path(words[2]))
	case "mtime":
		at, _ := time.Parse(time.RFC3339, words[2])
		err = storage.AbilitiesOf(b).SetModTime(ctx, name, at)
	case "space":
		var room storage.Space
		room, err = storage.AbilitiesOf(b).Space(ctx, name)
		out = fmt.Sprintf("free=%d total=%d\n", room.Free, room.Total)
	case "digest":
		var sum []byte
		sum, err = storage.AbilitiesOf(b).Digest(ctx, name, storage.Algorithm(words[2]), storage.Whole)
		out = fmt.Sprintf("%x of %v\n", sum, storage.AbilitiesOf(b).Digests)
	default:
		return "unknown operation " + words[0] + "\n"
	}
	if err == nil {
		return strings.Join(words, " ") + ": done\n" + out
	}
	if e, ok := err.(*storage.Error); ok && e.Text != "" {
		err = fmt.Errorf("%w\nshown: %s", err, e.Text)
	}
	return strings.Join(words, " ") + ": " + err.Error() + "\n"
}

func openAll(ctx context.Context, b storage.Backend, name storage.Path, offset int64) (string, error) {
	r, err := b.Open(ctx, name, offset)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data) + "\n", err
}

func describe(e storage.Entry) string {
	return fmt.Sprintf("%q type=%d size=%d mtime=%s etag=%s permitted=%b\n",
		e.Name, e.Type, e.Size, e.ModTime.UTC().Format(time.RFC3339), e.ETag, e.Permitted)
}
