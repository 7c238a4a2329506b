package ftpfront

import (
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/ftpbridge/bridge/ftpfront/internal/wire"
	"github.com/ftpbridge/bridge/ftpfront/storage"
	"github.com/ftpbridge/bridge/ftpfront/storage/memstore"
)

// A transcript is a dialogue between a client and the server, in a txtar file
// whose comment says the behaviour that it holds. Its sections:
//
//	-- options --    switches, one a line; see setOption
//	-- files --      what the storage holds before the dialogue:
//	                 "/dir/", "/a.txt 42" (so many bytes), "/a.txt: text",
//	                 "/a.txt: "text with\r\n escapes""
//	-- dialogue --   see step
//	-- stored --     what the storage must hold afterwards, in the same forms,
//	                 or "no /a.txt"
//
// After the dialogue the session must be as the dialogue left it: a reply that
// is not in the transcript fails it.
type transcript struct {
	file     string
	options  []string
	files    []string
	steps    []step
	stored   []string
	behavior string
}

// step is a line of a dialogue:
//
//	S> text     the server sends this reply line; * stands for anything
//	C> text     the client sends this command; {port} and {eprt} stand for an
//	            address at which it listens
//	C& text     the same, but sent in one segment with the command that follows
//	D> text     the client sends this line on the data connection
//	D< text     the client gets this line on the data connection
//	! word ...  a directive; see (*player).directive
//
// In double quotes, the text of D lines is exact and without a line end.
type step struct {
	line int
	kind string
	text string
}

var stepKinds = []string{"S>", "C>", "C&", "D>", "D<", "!"}

func loadTranscript(file string) (*transcript, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	a := txtar.Parse(b)
	tr := &transcript{file: file, behavior: strings.TrimSpace(string(a.Comment))}
	if !strings.HasPrefix(tr.behavior, "# ") {
		return nil, fmt.Errorf("%s:1: want a comment that says the behaviour", file)
	}
	for _, section := range a.Files {
		lines := strings.Split(strings.TrimRight(string(section.Data), "\n"), "\n")
		switch section.Name {
		case "options":
			tr.options = lines
		case "files":
			tr.files = lines
		case "stored":
			tr.stored = lines
		case "dialogue":
			first := strings.Count(string(b[:strings.Index(string(b), "-- dialogue --")]), "\n") + 2
			for i, text := range lines {
				kind, rest, _ := strings.Cut(text, " ")
				if kind == "" && rest == "" {
					continue
				}
				if !slices.Contains(stepKinds, kind) {
					return nil, fmt.Errorf("%s:%d: %q is no line of a dialogue", file, first+i, text)
				}
				tr.steps = append(tr.steps, step{first + i, kind, rest})
			}
		default:
			return nil, fmt.Errorf("%s: unknown section %q", file, section.Name)
		}
	}
	if len(tr.steps) == 0 {
		return nil, fmt.Errorf("%s: no dialogue", file)
	}
	return tr, nil
}

// loadTranscripts loads all transcripts, in the order of their names.
func loadTranscripts(t *testing.T) []*transcript {
	t.Helper()
	var all []*transcript
	err := filepath.WalkDir("testdata/transcripts", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		tr, err := loadTranscript(file)
		all = append(all, tr)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTranscripts(t *testing.T) {
	for _, tr := range loadTranscripts(t) {
		name, _ := filepath.Rel("testdata/transcripts", strings.TrimSuffix(tr.file, ".txtar"))
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			t.Parallel()
			tr.run(t)
		})
	}
}

// TestTranscriptsCoverTheTable fails when a verb has no transcript that uses it.
func TestTranscriptsCoverTheTable(t *testing.T) {
	used := map[string]bool{}
	for _, tr := range loadTranscripts(t) {
		for _, s := range tr.steps {
			if strings.HasPrefix(s.kind, "C") {
				used[wire.ParseCommand(s.text).Verb] = true
			}
		}
	}
	for verb := range commandTable() {
		if !used[verb] {
			t.Errorf("no transcript uses %s", verb)
		}
	}
}

func (tr *transcript) run(t *testing.T) {
	store := memstore.New()
	for _, line := range tr.files {
		f, err := parseFile(line)
		if err == nil {
			err = f.put(t.Context(), store)
		}
		if err != nil {
			t.Fatalf("%s: files: %q: %v", tr.file, line, err)
		}
	}
	set := settings{host: "127.0.0.1", users: testUsers{files: store}}
	set.options.Limits.Idle = time.Minute
	for _, line := range tr.options {
		if err := set.option(line); err != nil {
			t.Fatalf("%s: options: %q: %v", tr.file, line, err)
		}
	}
	set.options.Authenticator = set.users
	_, addr := serve(t, set.host, set.implicit, set.options)
	p := newPlayer(t, tr, addr, set)
	defer p.close()
	p.play()
	for _, line := range tr.stored {
		if err := checkStored(t.Context(), store, line); err != nil {
			t.Errorf("%s: stored: %q: %v", tr.file, line, err)
		}
	}
}

// settings are what the options of a transcript set.
type settings struct {
	options  Options
	users    testUsers
	host     string
	implicit bool
	login    bool // log in before the dialogue
	binary   bool // and choose TYPE I
}

// option sets one switch.
func (s *settings) option(line string) (err error) {
	name, value, _ := strings.Cut(line, " ")
	limits := &s.options.Limits
	switch name {
	case "login": // as ann, before the dialogue begins
		s.login = true
	case "binary": // and TYPE I
		s.binary = true
	case "tls":
		s.options.TLS = serverTLS()
	case "requiretls":
		s.options.TLS, s.options.RequireTLS = serverTLS(), true
	case "implicit":
		s.options.TLS, s.implicit = serverTLS(), true
	case "ipv6":
		s.host = "::1"
	case "keep-line-ends":
		s.options.KeepLineEnds = true
	case "strict":
		s.options.UploadEnd = EndStrict
	case "lenient":
		s.options.UploadEnd = EndLenient
	case "proxies": // the client's own address is a trusted proxy's
		s.options.ProxyProtocol.Trusted = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	case "no-abilities":
		s.users.files = struct{ storage.Backend }{s.users.files}
	case "compute-digests":
		s.options.ComputeDigests = true
	case "omit-self":
		s.options.OmitSelf = true
	case "deflate":
		s.options.Deflate = true
	case "hosts": // the virtual hosts there are
		s.options.Hosts = func(name string) bool { return slices.Contains(strings.Fields(value), name) }
	case "site": // a SITE command that tells what it was given
		s.options.Site = map[string]SiteCommand{"ECHO": {Form: "<text>", Run: echo}}
	case "sizeless": // the storage tells no sizes
		s.users.files = sizeless{s.users.files}
	case "space": // the free bytes of the storage; "?" if it does not tell
		free, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			free = storage.UnknownSize
		}
		s.users.files = withSpace(s.users.files, free)
	case "login-attempts":
		limits.LoginAttempts, err = strconv.Atoi(value)
	case "max-file":
		limits.MaxFileBytes, err = strconv.ParseInt(value, 10, 64)
	case "data-open":
		limits.DataOpen, err = time.ParseDuration(value)
	case "idle":
		limits.Idle, err = time.ParseDuration(value)
	case "stall":
		limits.Stall, err = time.ParseDuration(value)
	default:
		err = fmt.Errorf("unknown option")
	}
	return err
}
