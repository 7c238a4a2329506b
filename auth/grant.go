package auth

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// grant is what a source gives a user, in the words that the login webhook and
// the password file share.
type grant struct {
	Home        string         `json:"home" yaml:"home"`
	Root        string         `json:"root" yaml:"root"`
	Permissions []Rule         `json:"permissions" yaml:"permissions"`
	Vars        map[string]any `json:"vars" yaml:"vars"`
	Limits      grantLimits    `json:"limits" yaml:"limits"`
	Greeting    string         `json:"greeting" yaml:"greeting"`
}

type grantLimits struct {
	Sessions       int64 `json:"sessions" yaml:"sessions"`
	IdleSeconds    int64 `json:"idle_seconds" yaml:"idle_seconds"`
	BytesPerSecond int64 `json:"bytes_per_second" yaml:"bytes_per_second"`
	MaxFileBytes   int64 `json:"max_file_bytes" yaml:"max_file_bytes"`
}

const (
	// maxPath is the longest path or pattern, in bytes (as in storage.MaxPath).
	maxPath = 4096
	// maxSeconds bounds every time span that a source may name, so that sums
	// and products of it never overflow.
	maxSeconds = 366 * 24 * 60 * 60
	// maxSessions is far above what one server can hold and fits any int.
	maxSessions = 1 << 30

	maxGreetingLines = 20
	// maxGreetingLine is in characters, as for all texts that a service may
	// show to the user.
	maxGreetingLine = 200
)

// actions are the words of Rule.Allow.
func actions() []string {
	return []string{"list", "read", "write", "append", "overwrite", "delete", "mkdir", "rmdir", "rename", "mtime"}
}

// apply checks g and writes it into p. The error is a *memberError.
func (g grant) apply(p *Principal) error {
	var err error
	if p.Home, err = cleanPath(g.Home); err != nil {
		return &memberError{"home", err}
	}
	if p.Root, err = cleanPath(g.Root); err != nil {
		return &memberError{"root", err}
	}
	for i, r := range g.Permissions {
		if err := r.check(); err != nil {
			return &memberError{fmt.Sprintf("permissions[%d]", i), err}
		}
	}
	if err := g.Limits.apply(&p.Limits); err != nil {
		return err
	}
	p.Permissions, p.Vars = g.Permissions, g.Vars
	p.Greeting = cleanGreeting(g.Greeting)
	return nil
}

// memberError says which member is wrong. Its text never holds the value.
type memberError struct {
	member string // as a path from the user's object: limits.sessions, permissions[0]
	err    error
}

func (e *memberError) Error() string { return e.member + ": " + e.err.Error() }

func (e *memberError) Unwrap() error { return e.err }

var errPath = errors.New("not an absolute path")

// cleanPath makes p absolute and clean; nothing is the root. Text that steps
// out of the root by ".." is an error: it is no one's honest intention.
func cleanPath(p string) (string, error) {
	if p == "" {
		return "/", nil
	}
	if p[0] != '/' || len(p) > maxPath || !printable(p) || slices.Contains(strings.Split(p, "/"), "..") {
		return "", errPath
	}
	return path.Clean(p), nil
}

func (r Rule) check() error {
	if !strings.HasPrefix(r.Path, "/") || len(r.Path) > maxPath || !printable(r.Path) {
		return errors.New("path: not an absolute pattern")
	}
	for seg := range strings.SplitSeq(r.Path[1:], "/") {
		switch {
		case r.Path == "/":
		case seg == "" || seg == "." || seg == "..":
			return errors.New("path: empty, . or .. segment")
		case strings.Contains(seg, "**") && seg != "**":
			return errors.New("path: ** must be a whole segment")
		}
	}
	for _, a := range r.Allow {
		if !slices.Contains(actions(), a) {
			return errors.New("allow: unknown action")
		}
	}
	return nil
}

func (g grantLimits) apply(l *Limits) error {
	for _, m := range []struct {
		name     string
		val, max int64
	}{
		{"sessions", g.Sessions, maxSessions},
		{"idle_seconds", g.IdleSeconds, maxSeconds},
		{"bytes_per_second", g.BytesPerSecond, 1 << 62},
		{"max_file_bytes", g.MaxFileBytes, 1<<63 - 1},
	} {
		if m.val < 0 || m.val > m.max {
			return &memberError{"limits." + m.name, errors.New("out of range")}
		}
	}
	*l = Limits{
		Sessions:       int(g.Sessions),
		Idle:           time.Duration(g.IdleSeconds) * time.Second,
		BytesPerSecond: g.BytesPerSecond,
		MaxFileBytes:   g.MaxFileBytes,
	}
	return nil
}

// cleanGreeting keeps the printable text of the first lines of s.
func cleanGreeting(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = cleanLine(line, maxGreetingLine); line != "" {
			lines = append(lines, line)
		}
		if len(lines) == maxGreetingLines {
			break
		}
	}
	return strings.Join(lines, "\n")
}

// cleanLine makes one printable line of at most limit characters of s.
func cleanLine(s string, limit int) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case limit == 0:
			return strings.TrimSpace(b.String())
		case r == utf8.RuneError:
			continue
		case unicode.IsSpace(r):
			r = ' '
		case !unicode.IsPrint(r):
			continue
		}
		b.WriteRune(r)
		limit--
	}
	return strings.TrimSpace(b.String())
}

// printable reports whether s is valid UTF-8 without control characters.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
